/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include <glib.h>
#include <spice/enums.h>
#include <spice/protocol.h>
#include <spice/stream-device.h>

#include "mock-spice.h"
#include "wire/stream-port.h"

static struct {
	unsigned starts, stops, asked, refused;
	uint32_t codecs;
	char text[256];
	unsigned done;
	const uint8_t *memory; /* of the packet that came back last */
} seen;

static void on_start(void *opaque, uint32_t codecs)
{
	seen.starts++;
	seen.codecs = codecs;
}

static void on_stop(void *opaque)
{
	seen.stops++;
}

static void on_asked(void *opaque)
{
	seen.asked++;
}

static void on_refused(void *opaque, const char *text)
{
	seen.refused++;
	g_strlcpy(seen.text, text, sizeof seen.text);
}

static void on_done(void *opaque, struct packet *packet)
{
	seen.done++;
	seen.memory = packet->data;
	packet_finish(packet);
}

static const struct stream_port_ops ops = { on_start, on_stop, on_asked, on_refused, on_done };

static struct stream_port *make(void)
{
	struct stream_port *p = NULL;

	memset(&seen, 0, sizeof seen);
	mock_spice_reset();
	g_assert_cmpint(stream_port_create(&p, NULL, &ops, NULL), ==, 0);
	g_assert_cmpstr(mock_spice.device->subtype, ==, "port");
	g_assert_cmpstr(mock_spice.device->portname, ==, "org.spice-space.stream.0");
	g_assert_cmpint(mock_spice.last_event, ==, SPICE_PORT_EVENT_OPENED);
	return p;
}

static void destroy(struct stream_port *p)
{
	stream_port_destroy(p);
	/* removal with a client connected crashes libspice-server otherwise */
	g_assert_cmpint(mock_spice.last_event, ==, SPICE_PORT_EVENT_CLOSED);
	g_assert_cmpuint(mock_spice.removed, ==, 1);
}

static size_t message(uint8_t *out, uint16_t type, const void *body, uint32_t size)
{
	StreamDevHeader header = { .protocol_version = STREAM_DEVICE_PROTOCOL, .type = type,
		.size = size };

	memcpy(out, &header, sizeof header);
	memcpy(out + sizeof header, body, size);
	return sizeof header + size;
}

static void start_stop(const char *codecs)
{
	uint8_t body[256], bytes[300];

	body[0] = (uint8_t)strlen(codecs);
	memcpy(body + 1, codecs, body[0]);
	mock_spice_write(bytes, message(bytes, STREAM_TYPE_START_STOP, body, 1u + body[0]));
}

/* One whole message of the device, read in pieces. */
static uint16_t read_message(GByteArray *body, size_t piece)
{
	g_autofree uint8_t *bytes = g_malloc(piece);
	StreamDevHeader header;
	size_t want = sizeof header;

	g_byte_array_set_size(body, 0);
	while (body->len < want) {
		size_t n = mock_spice_read(bytes, MIN(piece, want - body->len));

		if (!n)
			return 0;
		g_byte_array_append(body, bytes, (guint)n);
		if (body->len == sizeof header) {
			memcpy(&header, body->data, sizeof header);
			g_assert_cmpuint(header.protocol_version, ==, STREAM_DEVICE_PROTOCOL);
			want += header.size;
		}
	}
	memcpy(&header, body->data, sizeof header);
	g_byte_array_remove_range(body, 0, sizeof header);
	return header.type;
}

static void put(struct stream_port *p, const char *text)
{
	struct packet packet = { 0 };

	g_assert_cmpint(packet_append(&packet, text, strlen(text)), ==, 0);
	stream_port_put(p, &packet);
	g_assert_null(packet.data);
}

/* The memory of a frame comes back: when it was read, replaced or dropped. */
static void test_memory(void)
{
	g_autoptr(GByteArray) body = g_byte_array_new();
	struct stream_port *p = make();
	struct packet packet = { 0 };
	const uint8_t *memory;

	g_assert_cmpint(packet_append(&packet, "frame", 5), ==, 0);
	memory = packet.data;
	start_stop("\x01\x03");
	stream_port_put(p, &packet);
	g_assert_cmpuint(seen.done, ==, 0);
	g_assert_cmpint(read_message(body, 100), ==, STREAM_TYPE_DATA);
	g_assert_cmpuint(seen.done, ==, 1);
	g_assert_true(seen.memory == memory);
	put(p, "one");
	put(p, "newer"); /* replaces it */
	g_assert_cmpuint(seen.done, ==, 2);
	stream_port_set_format(p, 320, 200, SPICE_VIDEO_CODEC_TYPE_H264); /* drops it */
	g_assert_cmpuint(seen.done, ==, 3);
	g_assert_cmpint(read_message(body, 100), ==, STREAM_TYPE_FORMAT);
	g_assert_cmpuint(seen.done, ==, 3); /* which was no frame */
	destroy(p);
}

static void test_start_stop(void)
{
	struct stream_port *p = make();

	start_stop("\x01\x03");
	g_assert_cmpuint(seen.starts, ==, 1);
	g_assert_cmphex(seen.codecs, ==,
			1u << SPICE_VIDEO_CODEC_TYPE_MJPEG | 1u << SPICE_VIDEO_CODEC_TYPE_H264);
	start_stop("");
	g_assert_cmpuint(seen.stops, ==, 1);
	start_stop("\x03\xff\x20"); /* codecs that no bit stands for */
	g_assert_cmphex(seen.codecs, ==, 1u << SPICE_VIDEO_CODEC_TYPE_H264);
	destroy(p);
}

static void test_split_messages(void)
{
	uint8_t bytes[600];
	size_t size = message(bytes, STREAM_TYPE_CAPABILITIES, "xy", 2);

	size += message(bytes + size, STREAM_TYPE_START_STOP, "\x01\x03", 2);
	size += message(bytes + size, STREAM_TYPE_NOTIFY_ERROR, "\0\0\0\0no room", 12);
	size += message(bytes + size, STREAM_TYPE_START_STOP, "\0", 1);
	for (size_t piece = 1; piece <= size; piece++) {
		struct stream_port *p = make();

		for (size_t at = 0; at < size; at += piece)
			g_assert_cmpint(mock_spice_write(bytes + at, MIN(piece, size - at)), ==,
					(int)MIN(piece, size - at));
		g_assert_cmpuint(seen.starts, ==, 1);
		g_assert_cmpuint(seen.stops, ==, 1);
		g_assert_cmpuint(seen.refused, ==, 1);
		g_assert_cmpstr(seen.text, ==, "no room\0");
		destroy(p);
	}
}

static void test_hostile_messages(void)
{
	static const char long_text[1000] = { [0 ... 998] = 'x' };
	struct stream_port *p = make();
	uint8_t bytes[5000];

	mock_spice_write(bytes, message(bytes, STREAM_TYPE_START_STOP, "", 0));
	mock_spice_write(bytes, message(bytes, STREAM_TYPE_START_STOP, "\x05\x03", 2));
	g_assert_cmpuint(seen.starts + seen.stops, ==, 0);
	mock_spice_write(bytes, message(bytes, STREAM_TYPE_NOTIFY_ERROR, "", 0));
	mock_spice_write(bytes,
			message(bytes, STREAM_TYPE_NOTIFY_ERROR, long_text, sizeof long_text));
	g_assert_cmpuint(seen.refused, ==, 2);
	g_assert_cmpuint(strlen(seen.text), <, 128);
	message(bytes, STREAM_TYPE_DATA, "", 0);
	memset(bytes + 4, 0xff, 4); /* a size of 4 GiB */
	g_assert_cmpint(mock_spice_write(bytes, 8), ==, 8);
	destroy(p);
}

/* The order on the wire, in pieces of every size; frames only when asked for. */
static void test_order(void)
{
	static const uint32_t shape[4] = { 1, 2, 3, 4 };
	g_autoptr(GByteArray) body = g_byte_array_new();

	for (size_t piece = 1; piece < 80; piece++) {
		struct stream_port *p = make();
		StreamMsgFormat format;
		StreamMsgCursorMove move;
		uint8_t byte;

		start_stop("\x03");
		g_assert_false(stream_port_wants_frame(p));
		put(p, "a frame");
		g_assert_true(stream_port_full(p));
		stream_port_cursor_move(p, 5, -6);
		stream_port_cursor_move(p, 7, -8);
		g_assert_cmpint(stream_port_cursor_set(p, 2, 2, 1, 0, shape), ==, 0);
		g_assert_cmpint(stream_port_cursor_set(p, 2, 2, 1, 1, shape), ==, 0);
		stream_port_set_format(p, 640, 480, SPICE_VIDEO_CODEC_TYPE_H264);
		g_assert_false(stream_port_full(p)); /* of the format before */
		put(p, "new frame");
		g_assert_cmpuint(read_message(body, piece), ==, STREAM_TYPE_FORMAT);
		g_assert_cmpuint(body->len, ==, sizeof format);
		memcpy(&format, body->data, sizeof format);
		g_assert_cmpuint(format.width, ==, 640);
		g_assert_cmpuint(format.codec, ==, SPICE_VIDEO_CODEC_TYPE_H264);
		g_assert_cmpuint(read_message(body, piece), ==, STREAM_TYPE_CURSOR_SET);
		g_assert_cmpuint(body->len, ==, sizeof(StreamMsgCursorSet) + 16);
		g_assert_cmpuint(read_message(body, piece), ==, STREAM_TYPE_CURSOR_MOVE);
		memcpy(&move, body->data, sizeof move);
		g_assert_cmpint(move.x, ==, 7);
		g_assert_cmpint(move.y, ==, -8);
		g_assert_cmpuint(read_message(body, piece), ==, STREAM_TYPE_DATA);
		g_assert_cmpmem(body->data, body->len, "new frame", 9);
		g_assert_false(stream_port_full(p));
		g_assert_cmpuint(seen.asked, ==, 0);
		g_assert_cmpuint(mock_spice_read(&byte, 1), ==, 0);
		g_assert_cmpuint(seen.asked, ==, 1);
		g_assert_true(stream_port_wants_frame(p));
		g_assert_cmpuint(mock_spice_read(&byte, 1), ==, 0);
		g_assert_cmpuint(seen.asked, ==, 1); /* once */
		destroy(p);
	}
}

/* START_STOP: what was not sent yet is gone, a frame half sent is finished. */
static void test_restart(void)
{
	g_autoptr(GByteArray) body = g_byte_array_new();
	struct stream_port *p = make();
	uint8_t part[10];

	start_stop("\x03");
	put(p, "old");
	start_stop("\x01");
	g_assert_false(stream_port_full(p));
	g_assert_cmpuint(read_message(body, 100), ==, 0);
	put(p, "half sent");
	g_assert_cmpuint(mock_spice_read(part, sizeof part), ==, sizeof part);
	start_stop("\x01");
	g_assert_true(stream_port_full(p));
	g_assert_cmpuint(mock_spice_read(part, sizeof part), ==, 7);
	g_assert_cmpmem(part, 7, "lf sent", 7);
	destroy(p);
}

static void test_refused(void)
{
	struct stream_port *p = NULL;

	mock_spice_reset();
	mock_spice.refuse = -1;
	g_assert_cmpint(stream_port_create(&p, NULL, &ops, NULL), ==, -EIO);
	g_assert_null(p);
	stream_port_destroy(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stream-port/memory", test_memory);
	g_test_add_func("/stream-port/start-stop", test_start_stop);
	g_test_add_func("/stream-port/split-messages", test_split_messages);
	g_test_add_func("/stream-port/hostile-messages", test_hostile_messages);
	g_test_add_func("/stream-port/order", test_order);
	g_test_add_func("/stream-port/restart", test_restart);
	g_test_add_func("/stream-port/refused", test_refused);
	return g_test_run();
}
