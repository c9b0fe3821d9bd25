/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "frame/packet.h"

static void test_appends(void)
{
	struct packet p = { 0 };
	g_autoptr(GByteArray) want = g_byte_array_new();

	for (int i = 0; i < 2000; i++) {
		guint8 data[97];
		gsize n = (gsize)g_test_rand_int_range(0, sizeof data);

		memset(data, i, sizeof data);
		g_assert_cmpint(packet_append(&p, data, n), ==, 0);
		g_byte_array_append(want, data, (guint)n);
	}
	g_assert_cmpmem(p.data, p.size, want->data, want->len);
	g_assert_cmpuint(p.capacity, >=, p.size);
	packet_finish(&p);
	g_assert_null(p.data);
	g_assert_cmpuint(p.size, ==, 0);
	g_assert_cmpuint(p.capacity, ==, 0);
}

static void test_reserve(void)
{
	struct packet p = { 0 };
	uint8_t *to;

	g_assert_cmpint(packet_append(&p, "ab", 2), ==, 0);
	to = packet_reserve(&p, 1000);
	g_assert_true(to == p.data + 2);
	memset(to, 'x', 1000);
	g_assert_cmpuint(p.size, ==, 2);
	packet_finish(&p);
}

static void test_reset_keeps_memory(void)
{
	struct packet p = { 0 };
	uint8_t *data;

	g_assert_cmpint(packet_append(&p, "abc", 3), ==, 0);
	data = p.data;
	p.key = true;
	p.frame = 9;
	p.qp = 30;
	packet_reset(&p);
	g_assert_true(p.data == data && p.size == 0 && !p.key && p.frame == 0 && p.qp == -1);
	packet_finish(&p);
	packet_finish(&p);
}

static void test_drop(void)
{
	struct packet p = { 0 };

	packet_drop(&p, 0);
	g_assert_cmpint(packet_append(&p, "abcdef", 6), ==, 0);
	packet_drop(&p, 4);
	g_assert_cmpmem(p.data, p.size, "ef", 2);
	packet_drop(&p, 2);
	g_assert_cmpuint(p.size, ==, 0);
	packet_finish(&p);
}

/* A size that cannot be had leaves the packet whole. */
static void test_out_of_memory(void)
{
	struct packet p = { 0 };

	g_assert_cmpint(packet_append(&p, "abc", 3), ==, 0);
	g_assert_null(packet_reserve(&p, SIZE_MAX / 2));
	g_assert_null(packet_reserve(&p, SIZE_MAX - 1));
	g_assert_cmpmem(p.data, p.size, "abc", 3);
	packet_finish(&p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/packet/appends", test_appends);
	g_test_add_func("/packet/reserve", test_reserve);
	g_test_add_func("/packet/reset-keeps-memory", test_reset_keeps_memory);
	g_test_add_func("/packet/drop", test_drop);
	g_test_add_func("/packet/out-of-memory", test_out_of_memory);
	return g_test_run();
}
