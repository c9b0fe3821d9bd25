/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/h264.h>

uint32_t h264_read(struct h264_reader *reader, unsigned bits)
{
	uint32_t value = 0;

	while (bits--) {
		uint32_t bit = 0;

		if (reader->at < reader->bits) {
			bit = reader->data[reader->at / 8] >> (7 - reader->at % 8) & 1u;
			reader->at++;
		} else {
			reader->overrun = true;
		}
		value = value << 1 | bit;
	}
	return value;
}

uint32_t h264_read_ue(struct h264_reader *reader)
{
	unsigned zeros = 0;

	while (zeros < 32 && !h264_read(reader, 1)) {
		if (reader->overrun)
			return 0;
		zeros++;
	}
	if (zeros == 32) {
		reader->overrun = true;
		return 0;
	}
	return (uint32_t)((UINT64_C(1) << zeros) - 1 + h264_read(reader, zeros));
}

int32_t h264_read_se(struct h264_reader *reader)
{
	uint32_t k = h264_read_ue(reader);

	return k & 1 ? (int32_t)(k / 2 + 1) : -(int32_t)(k / 2);
}

void h264_write(struct h264_writer *writer, uint32_t value, unsigned bits)
{
	while (bits--) {
		if (writer->at >= writer->capacity * 8) {
			writer->overrun = true;
			return;
		}
		uint8_t *byte = &writer->data[writer->at / 8];
		unsigned shift = 7 - writer->at % 8;

		*byte = (uint8_t)((*byte & ~(1u << shift)) | (value >> bits & 1u) << shift);
		writer->at++;
	}
}

void h264_write_ue(struct h264_writer *writer, uint32_t value)
{
	unsigned length = 0;

	while (((uint64_t)value + 1) >> (length + 1))
		length++;
	h264_write(writer, 0, length);
	h264_write(writer, 1, 1);
	h264_write(writer, (uint32_t)(value + 1 - (UINT64_C(1) << length)), length);
}

void h264_write_se(struct h264_writer *writer, int32_t value)
{
	h264_write_ue(writer, value > 0 ? (uint32_t)value * 2 - 1 : (uint32_t)-value * 2);
}

size_t h264_write_trailing(struct h264_writer *writer)
{
	h264_write(writer, 1, 1);
	while (writer->at % 8 && !writer->overrun)
		h264_write(writer, 0, 1);
	return writer->at / 8;
}

size_t h264_unescape(uint8_t *out, size_t capacity, const uint8_t *nal, size_t size)
{
	size_t n = 0, zeros = 0;

	for (size_t i = 0; i < size && n < capacity; i++) {
		if (zeros >= 2 && nal[i] == 3) {
			zeros = 0;
			continue;
		}
		zeros = nal[i] == 0 ? zeros + 1 : 0;
		out[n++] = nal[i];
	}
	return n;
}

size_t h264_escape(uint8_t *out, size_t capacity, const uint8_t *rbsp, size_t size)
{
	size_t n = 0, zeros = 0;

	for (size_t i = 0; i < size; i++) {
		bool escape = zeros >= 2 && rbsp[i] <= 3;

		if (n + escape >= capacity)
			return 0;
		if (escape) {
			out[n++] = 3;
			zeros = 0;
		}
		zeros = rbsp[i] == 0 ? zeros + 1 : 0;
		out[n++] = rbsp[i];
	}
	return n;
}

static bool start_code(const uint8_t *p)
{
	return p[0] == 0 && p[1] == 0 && p[2] == 1;
}

bool h264_next_nal(const uint8_t *data, size_t size, size_t *at, const uint8_t **nal,
		size_t *nal_size)
{
	size_t i = *at, end;

	while (i + 3 < size && !start_code(data + i))
		i++;
	if (i + 3 >= size)
		return false;
	i += 3;
	for (end = i; end < size; end++)
		if (end + 3 <= size && start_code(data + end))
			break;
	*at = end;
	while (end > i + 1 && data[end - 1] == 0)
		end--;
	*nal = data + i;
	*nal_size = end - i;
	return true;
}
