/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_BITS_H
#define SOFT_VA_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads bits from the highest of each byte on; 0 past the end. */
struct bit_reader {
	const uint8_t *data;
	size_t n_bits;
	size_t pos; /* bits */
	bool overrun;
};

uint32_t read_bits(struct bit_reader *r, unsigned int n); /* n <= 32 */
uint32_t read_ue(struct bit_reader *r); /* 9.1 of Rec. ITU-T H.264 */
int32_t read_se(struct bit_reader *r);

/** Appends bits; failed when the memory is full. */
struct bit_writer {
	uint8_t *data;
	size_t capacity; /* bytes */
	size_t pos; /* bits */
	bool failed;
};

void write_bits(struct bit_writer *w, uint32_t value, unsigned int n); /* n <= 32 */
void write_ue(struct bit_writer *w, uint32_t value);
void write_se(struct bit_writer *w, int32_t value);

/** Copies n bits of r. */
void copy_bits(struct bit_writer *w, struct bit_reader *r, size_t n);

/** 7.3.2.11: a one, then zeros up to a whole byte. */
void write_trailing(struct bit_writer *w);

#endif
