/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* A parameter set that can be read can be rewritten, and says what it has to. */
#include <stdlib.h>

#include <osvdi-common/sps.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sps *before, const struct sps *after, unsigned changes)
{
	if (after->columns != before->columns || after->frame_num_bits != before->frame_num_bits)
		abort();
	if (changes & SPS_NO_CROPPING ? after->width != before->columns * 16 :
			after->width != before->width)
		abort();
	if (changes & SPS_NO_REORDER && after->restriction.max_num_reorder_frames)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[2 * SPS_MAX_BYTES];
	struct sps sps, again;
	unsigned changes;

	if (!sps_read(&sps, data, size))
		return 0;
	for (changes = 0; changes < 4; changes++) {
		size_t n = sps_rewrite(out, sizeof out, data, size, changes);

		/* One that was as long as may be has no room to grow. */
		if (!n && size < SPS_MAX_BYTES / 2)
			abort();
		if (n && n <= SPS_MAX_BYTES && !sps_read(&again, out, n))
			abort();
		if (n && n <= SPS_MAX_BYTES)
			check(&sps, &again, changes);
	}
	return 0;
}
