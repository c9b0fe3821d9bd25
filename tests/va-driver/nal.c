/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "h264.h"

size_t nal_start_code(const uint8_t *data, size_t size)
{
	if (size >= 3 && !data[0] && !data[1] && data[2] == 1)
		return 3;
	if (size >= 4 && !data[0] && !data[1] && !data[2] && data[3] == 1)
		return 4;
	return 0;
}

size_t nal_next(const uint8_t *data, size_t size, size_t from)
{
	/* Inside a start code of four bytes the last three look like one. */
	size_t i = from + nal_start_code(data + from, size - from);

	if (i == from)
		i++;
	for (; i + 3 <= size; i++) {
		if (nal_start_code(data + i, size - i))
			return i;
	}
	return size;
}

size_t nal_count(const uint8_t *data, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i = nal_next(data, size, i))
		n += nal_start_code(data + i, size - i) != 0;
	return n;
}

size_t nal_unescape(const uint8_t *data, size_t size, uint8_t *out)
{
	size_t n = 0, zeros = 0;

	for (size_t i = 0; i < size; i++) {
		if (zeros >= 2 && data[i] == 3) {
			zeros = 0;
			continue;
		}
		zeros = data[i] ? 0 : zeros + 1;
		out[n++] = data[i];
	}
	return n;
}

size_t nal_escape(const uint8_t *data, size_t size, uint8_t *out)
{
	size_t n = 0, zeros = 0;

	for (size_t i = 0; i < size; i++) {
		if (zeros >= 2 && data[i] <= 3) {
			out[n++] = 3;
			zeros = 0;
		}
		zeros = data[i] ? 0 : zeros + 1;
		out[n++] = data[i];
	}
	return n;
}
