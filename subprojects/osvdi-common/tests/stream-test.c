/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Framing at a viewer's end; the server's end is in tests/accel/unit/ext-messages-test.c. */
#include <osvdi-common/stream.h>

#include "check.h"

struct seen {
	unsigned hellos, pongs, tiles, copies;
	struct osvdi_server_hello hello;
	struct osvdi_pong pong;
	size_t bytes;
	bool refuse;
};

static void on_hello(void *opaque, const struct osvdi_server_hello *hello)
{
	struct seen *seen = opaque;

	seen->hellos++;
	seen->hello = *hello;
}

static void on_pong(void *opaque, const struct osvdi_pong *pong)
{
	struct seen *seen = opaque;

	seen->pongs++;
	seen->pong = *pong;
}

static bool on_tiles(void *opaque, const struct osvdi_tiles *tiles, size_t bytes)
{
	struct seen *seen = opaque;

	seen->tiles++;
	seen->bytes += bytes;
	CHECK_EQUAL(tiles->data[tiles->data_size - 1], 9);
	return !seen->refuse;
}

static bool on_copy(void *opaque, const struct osvdi_copy *copy, size_t bytes)
{
	struct seen *seen = opaque;

	seen->copies++;
	seen->bytes += bytes;
	CHECK_EQUAL(copy->from_y, 7);
	return !seen->refuse;
}

static const struct stream_viewer_ops ops = { on_hello, on_pong, on_tiles, on_copy };

static size_t write_hello(uint8_t *out)
{
	struct osvdi_server_hello hello = { 1, OSVDI_CAP_ACK, 60000, 77 };

	return osvdi_write_server_hello(out, &hello);
}

static size_t write_tiles(uint8_t *out)
{
	struct osvdi_tiles tiles = { .n_rects = 1, .data_size = 3, .rects = { { 1, 2, 3, 4 } } };
	size_t n = osvdi_write_tiles(out, &tiles);

	out[n] = out[n + 1] = 0;
	out[n + 2] = 9;
	return n + 3;
}

static size_t write_copy(uint8_t *out)
{
	struct osvdi_copy copy = { .to = { 1, 2, 3, 4 }, .from_y = 7 };

	return osvdi_write_copy(out, &copy);
}

static size_t write_conversation(uint8_t *out)
{
	struct osvdi_pong pong = { 5, 100, 200 };
	size_t n = write_hello(out);

	/* A type and bytes of a later version. */
	n += osvdi_msg_begin(out + n, 900, 3);
	n += 3;
	n += osvdi_write_pong(out + n, &pong);
	n += write_tiles(out + n);
	return n + write_copy(out + n);
}

static void test_pieces(void)
{
	uint8_t bytes[512] = { 0 };
	size_t size = write_conversation(bytes), piece, at;

	for (piece = 1; piece <= size; piece++) {
		struct stream stream = { 0 };
		struct seen seen = { 0 };

		for (at = 0; at < size; at += piece)
			CHECK_EQUAL(stream_feed_viewer(&stream, bytes + at, size - at < piece ?
					size - at : piece, &ops, &seen), STREAM_OK);
		CHECK(seen.hellos == 1 && seen.hello.time_us == 77);
		CHECK(seen.pongs == 1 && seen.pong.ping_time_us == 100);
		CHECK(seen.tiles == 1 && seen.copies == 1);
		CHECK_EQUAL(seen.bytes, 8 + 40 + 8 + 3 + 8 + 44);
		CHECK_EQUAL(stream.size, 0);
		stream_finish(&stream);
	}
}

/* Fed in one go and byte by byte; nothing is believed afterwards. */
static void refuse(const uint8_t *bytes, size_t size, bool greet, enum stream_error why)
{
	for (size_t piece = 1; piece <= size; piece += size > 1 ? size - 1 : 1) {
		enum stream_error error = STREAM_OK;
		struct stream stream = { 0 };
		struct seen seen = { .refuse = true };
		uint8_t hello[64];
		size_t n = write_hello(hello);

		if (greet)
			CHECK_EQUAL(stream_feed_viewer(&stream, hello, n, &ops, &seen), STREAM_OK);
		for (size_t at = 0; at < size && !error; at += piece)
			error = stream_feed_viewer(&stream, bytes + at, size - at < piece ?
					size - at : piece, &ops, &seen);
		CHECK_EQUAL(error, why);
		CHECK_EQUAL(stream_feed_viewer(&stream, hello, n, &ops, &seen), STREAM_BROKEN);
		CHECK_EQUAL(seen.hellos, greet);
		stream_finish(&stream);
	}
}

static void test_refused(void)
{
	static const struct {
		uint16_t type;
		uint32_t size;
	} short_ones[] = {
		{ OSVDI_MSG_SERVER_HELLO, OSVDI_SERVER_HELLO_SIZE - 1 },
		{ OSVDI_MSG_PONG, OSVDI_PONG_SIZE - 1 },
		{ OSVDI_MSG_TILES, OSVDI_TILES_FIXED_SIZE - 1 },
		{ OSVDI_MSG_COPY, OSVDI_COPY_SIZE - 1 },
	};
	struct osvdi_pong pong = { 5, 100, 200 };
	uint8_t bytes[128] = { 0 };
	unsigned i;

	for (i = 0; i < sizeof short_ones / sizeof short_ones[0]; i++) {
		osvdi_msg_begin(bytes, short_ones[i].type, short_ones[i].size);
		refuse(bytes, OSVDI_MSG_HEADER_SIZE + short_ones[i].size, true, STREAM_TOO_SHORT);
	}
	refuse(bytes, osvdi_write_pong(bytes, &pong), false, STREAM_TOO_EARLY);
	refuse(bytes, osvdi_msg_begin(bytes, 900, 0), false, STREAM_TOO_EARLY);
	refuse(bytes, osvdi_msg_begin(bytes, OSVDI_MSG_SERVER_HELLO,
			OSVDI_ACCEL_MAX_FROM_SERVER + 1), false, STREAM_TOO_LONG);
	refuse(bytes, osvdi_msg_begin(bytes, 900, UINT32_MAX), true, STREAM_TOO_LONG);
	refuse(bytes, write_tiles(bytes), true, STREAM_DAMAGED);
	refuse(bytes, write_copy(bytes), true, STREAM_DAMAGED);
}

/* A header that announces much costs little until the bytes are there. */
static void test_memory(void)
{
	struct stream stream = { 0 };
	struct seen seen = { 0 };
	uint8_t bytes[64];

	CHECK_EQUAL(stream_feed_viewer(&stream, bytes, write_hello(bytes), &ops, &seen), STREAM_OK);
	osvdi_msg_begin(bytes, 900, OSVDI_ACCEL_MAX_FROM_SERVER);
	CHECK_EQUAL(stream_feed_viewer(&stream, bytes, OSVDI_MSG_HEADER_SIZE + 1, &ops, &seen),
			STREAM_OK);
	CHECK(stream.capacity <= 256);
	stream_reset(&stream);
	CHECK_EQUAL(stream_feed_viewer(&stream, bytes, write_hello(bytes), &ops, &seen), STREAM_OK);
	CHECK_EQUAL(seen.hellos, 2);
	stream_finish(&stream);
}

/* Another display's instance takes what follows a whole message. */
static void test_join(void)
{
	uint8_t bytes[512] = { 0 };
	size_t first = write_hello(bytes), size = first + write_tiles(bytes + first);

	for (size_t at = 0; at <= size; at++) {
		struct stream stream = { 0 }, other = { 0 };
		struct seen seen = { 0 }, others = { 0 };

		stream_feed_viewer(&stream, bytes, at, &ops, &seen);
		CHECK_EQUAL(stream_whole(&stream), at == 0 || at == first || at == size);
		if (stream_whole(&stream) && at) {
			stream_join(&other);
			CHECK_EQUAL(stream_feed_viewer(&other, bytes + at, size - at, &ops,
					&others), STREAM_OK);
			CHECK_EQUAL(others.tiles, at == first);
			CHECK_EQUAL(others.hellos, 0);
		}
		stream_finish(&stream);
		stream_finish(&other);
	}
}

static void test_broken_is_not_whole(void)
{
	struct stream stream = { 0 };
	struct seen seen = { 0 };
	uint8_t bytes[64];

	stream_feed_viewer(&stream, bytes, osvdi_msg_begin(bytes, 900, 0), &ops, &seen);
	CHECK(!stream_whole(&stream));
	stream_finish(&stream);
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "messages in pieces of every size", test_pieces },
		{ "what ends the extension", test_refused },
		{ "memory follows what has come", test_memory },
		{ "another reader joins between messages", test_join },
		{ "nobody joins what is broken", test_broken_is_not_whole },
	};

	return check_run(cases, sizeof cases / sizeof cases[0]);
}
