/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include <glib.h>
#include <spice/protocol.h>

#include "mock-spice.h"
#include "frame/packet.h"
#include "wire/ext-port.h"

static struct {
	unsigned connected, disconnected, acks, keys, preferences, monitors, answers;
} seen;

static void on_connected(void *opaque, const struct osvdi_client_hello *hello)
{
	seen.connected++;
}

static void on_disconnected(void *opaque)
{
	seen.disconnected++;
}

static void on_ack(void *opaque, const struct osvdi_ack *ack)
{
	seen.acks++;
}

static void on_key_frame(void *opaque, uint32_t display)
{
	seen.keys++;
}

static void on_preferences(void *opaque, const struct osvdi_preferences *wish)
{
	seen.preferences++;
}

static void on_monitors(void *opaque, const struct osvdi_monitors *monitors)
{
	g_assert_cmpuint(monitors->n, ==, 2);
	g_assert_cmpuint(monitors->sizes[1].width, ==, 1600);
	seen.monitors++;
}

static void on_answer(void *opaque)
{
	seen.answers++;
}

static const struct ext_port_ops ops = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.ack = on_ack,
	.key_frame = on_key_frame,
	.preferences = on_preferences,
	.monitors = on_monitors,
	.answer = on_answer,
};

static struct ext_port *make(void)
{
	struct ext_port *p;

	memset(&seen, 0, sizeof seen);
	mock_spice_reset();
	g_assert_cmpint(ext_port_create(&p, NULL, 60, &ops, NULL), ==, 0);
	g_assert_cmpstr(mock_spice.device->portname, ==, "org.osvdi.accel.0");
	return p;
}

static void say_hello(void)
{
	struct osvdi_client_hello hello = { .version = 1, .caps = OSVDI_CAP_ACK };
	uint8_t bytes[64];

	mock_spice_write(bytes, osvdi_write_client_hello(bytes, &hello));
}

static void hang_up(void)
{
	const SpiceCharDeviceInterface *i = (const void *)mock_spice.device->base.sif;

	i->state(mock_spice.device, 0);
}

static void test_greets(void)
{
	struct ext_port *p = make();
	struct osvdi_msg_header header = { 0 };
	struct osvdi_server_hello hello = { 0 };
	uint8_t out[100];
	size_t n;

	g_assert_cmpuint(mock_spice_read(out, sizeof out), ==, 0); /* the client speaks first */
	say_hello();
	g_assert_cmpuint(seen.connected, ==, 1);
	n = mock_spice_read(out, sizeof out);
	g_assert_cmpint(osvdi_msg_peek(out, n, OSVDI_ACCEL_MAX_FROM_SERVER, &header), ==, 1);
	g_assert_cmpuint(header.type, ==, OSVDI_MSG_SERVER_HELLO);
	g_assert_true(osvdi_read_server_hello(out + OSVDI_MSG_HEADER_SIZE, header.size, &hello));
	g_assert_cmpuint(hello.version, ==, OSVDI_ACCEL_VERSION);
	g_assert_cmpuint(hello.max_fps_mhz, ==, 60000);
	g_assert_cmpuint(hello.caps, ==, OSVDI_CAP_ACK | OSVDI_CAP_TILES);
	ext_port_destroy(p);
	g_assert_cmpint(mock_spice.last_event, ==, SPICE_PORT_EVENT_CLOSED);
}

static void test_pong(void)
{
	struct osvdi_ping ping = { 5, 12345 };
	struct ext_port *p = make();
	struct osvdi_pong pong;
	uint8_t bytes[100], out[100];

	say_hello();
	mock_spice_read(out, sizeof out);
	mock_spice_write(bytes, osvdi_write_ping(bytes, &ping));
	/* never read from while it is written to */
	g_assert_cmpuint(mock_spice.wakeups, ==, 0);
	g_assert_cmpuint(seen.answers, ==, 2);
	ext_port_flush(p);
	g_assert_cmpuint(mock_spice.wakeups, ==, 1);
	g_assert_cmpuint(mock_spice_read(out, sizeof out), ==,
			OSVDI_MSG_HEADER_SIZE + OSVDI_PONG_SIZE);
	g_assert_true(osvdi_read_pong(out + OSVDI_MSG_HEADER_SIZE, OSVDI_PONG_SIZE, &pong));
	g_assert_cmpuint(pong.id, ==, 5);
	g_assert_cmpuint(pong.ping_time_us, ==, 12345);
	g_assert_cmpuint(pong.time_us, >, 0);
	ext_port_destroy(p);
}

static void make_message(struct packet *packet, const char *text)
{
	g_assert_cmpint(packet_append(packet, text, strlen(text)), ==, 0);
}

/* A message's memory is taken when nothing waits before it, and copied when something does. */
static void test_send(void)
{
	struct packet first = { 0 }, second = { 0 };
	struct ext_port *p = make();
	const uint8_t *memory;
	uint8_t out[100];

	make_message(&first, "first");
	g_assert_false(ext_port_send(p, &first)); /* nobody is there */
	g_assert_cmpuint(first.size, ==, 5);
	say_hello();
	mock_spice_read(out, sizeof out);
	memory = first.data;
	g_assert_true(ext_port_send(p, &first));
	g_assert_true(first.data != memory);
	make_message(&second, "second");
	g_assert_true(ext_port_send(p, &second));
	g_assert_cmpuint(mock_spice_read(out, 3), ==, 3);
	g_assert_cmpuint(mock_spice_read(out + 3, sizeof out - 3), ==, 8);
	g_assert_cmpmem(out, 11, "firstsecond", 11);
	g_assert_cmpuint(mock_spice_read(out, sizeof out), ==, 0);
	packet_finish(&first);
	packet_finish(&second);
	ext_port_destroy(p);
}

static void test_passes_on(void)
{
	struct osvdi_ack ack = { 0 };
	struct osvdi_key_frame key = { 1 };
	struct osvdi_preferences wish = { 0 };
	struct osvdi_monitors monitors = { .n = 2, .sizes = { { 800, 600 }, { 1600, 900 } } };
	struct ext_port *p = make();
	uint8_t bytes[200];
	size_t n;

	say_hello();
	n = osvdi_write_ack(bytes, &ack);
	n += osvdi_write_key_frame(bytes + n, &key);
	n += osvdi_write_preferences(bytes + n, &wish);
	n += osvdi_write_monitors(bytes + n, &monitors);
	mock_spice_write(bytes, n);
	g_assert_cmpuint(seen.acks, ==, 1);
	g_assert_cmpuint(seen.keys, ==, 1);
	g_assert_cmpuint(seen.preferences, ==, 1);
	g_assert_cmpuint(seen.monitors, ==, 1);
	monitors.sizes[0].width = OSVDI_MONITORS_MAX_EDGE + 1;
	mock_spice_write(bytes, osvdi_write_monitors(bytes, &monitors));
	g_assert_cmpuint(seen.monitors, ==, 1);
	g_assert_cmpuint(seen.disconnected, ==, 1);
	ext_port_destroy(p);
}

/* A protocol error makes a stock viewer of it, once, until it connects again. */
static void test_breaks(void)
{
	struct ext_port *p = make();
	uint8_t bytes[100] = { 0 }, out[200];

	say_hello();
	osvdi_msg_begin(bytes, OSVDI_MSG_ACK, UINT32_MAX);
	mock_spice_write(bytes, 100);
	g_assert_cmpuint(seen.disconnected, ==, 1);
	say_hello();
	mock_spice_write(bytes, 100);
	g_assert_cmpuint(seen.connected, ==, 1);
	hang_up();
	g_assert_cmpuint(seen.disconnected, ==, 1);
	say_hello();
	g_assert_cmpuint(seen.connected, ==, 2);
	g_assert_cmpuint(mock_spice_read(out, sizeof out), >, 0);
	hang_up();
	g_assert_cmpuint(seen.disconnected, ==, 2);
	g_assert_cmpuint(mock_spice_read(out, sizeof out), ==, 0);
	ext_port_destroy(p);
}

/* A hello cut off by a lost connection is no part of the next one's. */
static void test_half_a_hello(void)
{
	struct osvdi_client_hello hello = { .version = 1, .caps = OSVDI_CAP_ACK };
	struct ext_port *p = make();
	uint8_t bytes[64];
	size_t n = osvdi_write_client_hello(bytes, &hello);

	mock_spice_write(bytes, n - 5);
	hang_up();
	g_assert_cmpuint(seen.disconnected, ==, 0);
	say_hello();
	g_assert_cmpuint(seen.connected, ==, 1);
	ext_port_destroy(p);
}

static void test_flood(void)
{
	struct osvdi_ping ping = { 0 };
	struct ext_port *p = make();
	uint8_t bytes[64], out[4096];
	size_t n = osvdi_write_ping(bytes, &ping), got, total = 0;

	say_hello();
	for (int i = 0; i < 100000; i++)
		mock_spice_write(bytes, n);
	g_assert_cmpuint(seen.disconnected, ==, 1);
	while ((got = mock_spice_read(out, sizeof out)) > 0)
		total += got;
	g_assert_cmpuint(total, <, 100000);
	ext_port_destroy(p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ext-port/send", test_send);
	g_test_add_func("/ext-port/greets", test_greets);
	g_test_add_func("/ext-port/pong", test_pong);
	g_test_add_func("/ext-port/passes-on", test_passes_on);
	g_test_add_func("/ext-port/breaks", test_breaks);
	g_test_add_func("/ext-port/half-a-hello", test_half_a_hello);
	g_test_add_func("/ext-port/flood", test_flood);
	return g_test_run();
}
