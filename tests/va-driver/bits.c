/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bits.h"

uint32_t read_bits(struct bit_reader *r, unsigned int n)
{
	uint32_t value = 0;

	while (n-- > 0) {
		value <<= 1;
		if (r->pos >= r->n_bits) {
			r->overrun = true;
			continue;
		}
		value |= r->data[r->pos / 8] >> (7 - r->pos % 8) & 1;
		r->pos++;
	}
	return value;
}

uint32_t read_ue(struct bit_reader *r)
{
	unsigned int zeros = 0;

	while (!r->overrun && !read_bits(r, 1)) {
		if (++zeros > 31) {
			r->overrun = true;
			return 0;
		}
	}
	return zeros ? (1u << zeros) - 1 + read_bits(r, zeros) : 0;
}

int32_t read_se(struct bit_reader *r)
{
	uint32_t k = read_ue(r);

	return k & 1 ? (int32_t)(k / 2 + 1) : -(int32_t)(k / 2);
}

void write_bits(struct bit_writer *w, uint32_t value, unsigned int n)
{
	while (n-- > 0) {
		if (w->pos / 8 >= w->capacity) {
			w->failed = true;
			return;
		}
		if (w->pos % 8 == 0)
			w->data[w->pos / 8] = 0;
		w->data[w->pos / 8] |= (uint8_t)((value >> n & 1) << (7 - w->pos % 8));
		w->pos++;
	}
}

void write_ue(struct bit_writer *w, uint32_t value)
{
	unsigned int bits = 0;

	while ((uint64_t)value + 1 >= UINT64_C(2) << bits)
		bits++;
	write_bits(w, 0, bits);
	write_bits(w, 1, 1);
	write_bits(w, value + 1 - (1u << bits), bits);
}

void write_se(struct bit_writer *w, int32_t value)
{
	write_ue(w, value > 0 ? (uint32_t)value * 2 - 1 : (uint32_t)-value * 2);
}

/* Eight bits at any position of both. */
static void copy_byte(struct bit_writer *w, struct bit_reader *r)
{
	const uint8_t *in = r->data + r->pos / 8;
	uint8_t *out = w->data + w->pos / 8;
	unsigned int in_shift = r->pos % 8, out_shift = w->pos % 8;
	uint8_t byte = in[0];

	if (in_shift)
		byte = (uint8_t)(in[0] << in_shift | in[1] >> (8 - in_shift));
	if (out_shift) {
		out[0] = (uint8_t)((out[0] & ~(0xff >> out_shift)) | byte >> out_shift);
		out[1] = (uint8_t)(byte << (8 - out_shift));
	} else {
		out[0] = byte;
	}
	r->pos += 8;
	w->pos += 8;
}

void copy_bits(struct bit_writer *w, struct bit_reader *r, size_t n)
{
	while (n >= 8 && r->pos + 8 <= r->n_bits && w->pos / 8 + 2 <= w->capacity) {
		copy_byte(w, r);
		n -= 8;
	}
	while (n > 0) {
		unsigned int step = n < 32 ? (unsigned int)n : 32;

		write_bits(w, read_bits(r, step), step);
		n -= step;
	}
}

void write_trailing(struct bit_writer *w)
{
	write_bits(w, 1, 1);
	while (w->pos % 8)
		write_bits(w, 0, 1);
}
