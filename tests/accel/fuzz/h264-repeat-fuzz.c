/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Slices whose frame_num is moved on: any NAL units in any order. */
#include <stdlib.h>

#include "encode/h264/h264-bits.h"
#include "encode/h264/h264-repeat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct h264_repeat repeat = { 0 };
	struct packet out = { 0 };
	const uint8_t *nal;
	size_t at = 0, n;

	while (h264_next_nal(data, size, &at, &nal, &n)) {
		size_t before = out.size;

		if (h264_repeat_copy(&repeat, &out, nal, n) == 0 &&
				(out.size < before + n || out.size > before + n + n / 2 + 5))
			abort(); /* an escape for every two bytes at most */
		if (repeat.usable && repeat.frame_num_bits > 16)
			abort();
		h264_repeat_append(&repeat, &out);
	}
	packet_finish(&out);
	return 0;
}
