/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Access units: our SEI is searched by viewers, other encoders' are taken apart here. */
#include <stdlib.h>

#include <osvdi-accel-protocol.h>

#include "encode/h264/h264-au.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct damage damage = { .n = 1, .rects = { { 1, 2, 3, 4 } } };
	struct encode_request request = { .damage = &damage, .number = 42 };
	struct h264_headers headers = { 0 };
	struct osvdi_frame_info info;
	struct packet out = { 0 };

	if (osvdi_find_frame_info(data, size, &info) && info.n_rects > OSVDI_FRAME_MAX_RECTS)
		abort();
	for (int i = 0; i < 2; i++) { /* again with the parameter sets kept */
		packet_reset(&out);
		h264_append_unit(&out, data, size, &request, &headers);
		osvdi_find_frame_info(out.data, out.size, &info);
	}
	packet_finish(&out);
	h264_headers_finish(&headers);
	return 0;
}
