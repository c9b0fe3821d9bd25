/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <malloc.h>
#include <string.h>

#include <glib.h>
#include <spice/vd_agent.h>

#include "mock-spice.h"
#include "wire/agent.h"

static struct {
	unsigned pointers, configs, n, answers;
	unsigned display;
	uint32_t x, y, buttons;
	struct spice_accel_monitor monitors[AGENT_MAX_MONITORS];
} seen;

static void on_pointer(void *opaque, unsigned display, uint32_t x, uint32_t y, uint32_t buttons)
{
	seen.pointers++;
	seen.display = display;
	seen.x = x;
	seen.y = y;
	seen.buttons = buttons;
}

static void on_monitors(void *opaque, const struct spice_accel_monitor *monitors, unsigned n)
{
	seen.configs++;
	seen.n = n;
	memcpy(seen.monitors, monitors, n * sizeof monitors[0]);
}

static void on_answer(void *opaque)
{
	seen.answers++;
}

static const struct agent_ops ops = { on_pointer, on_monitors, on_answer };

static struct agent *make(void)
{
	struct agent *a;

	memset(&seen, 0, sizeof seen);
	mock_spice_reset();
	g_assert_cmpint(agent_create(&a, NULL, &ops, NULL), ==, 0);
	g_assert_cmpint(agent_attach(a), ==, 0);
	g_assert_true(agent_attached(a));
	g_assert_cmpstr(mock_spice.device->subtype, ==, "vdagent");
	return a;
}

/* A message of the client, in chunks of `piece` bytes. */
static void append(GByteArray *out, uint32_t port, uint32_t type, const void *data, uint32_t size,
		uint32_t piece)
{
	VDAgentMessage header = { .protocol = VD_AGENT_PROTOCOL, .type = type, .size = size };
	g_autoptr(GByteArray) whole = g_byte_array_new();

	g_byte_array_append(whole, (guint8 *)&header, sizeof header);
	g_byte_array_append(whole, data, size);
	for (uint32_t at = 0; at < whole->len; at += piece) {
		VDIChunkHeader chunk = { .port = port, .size = MIN(piece, whole->len - at) };

		g_byte_array_append(out, (guint8 *)&chunk, sizeof chunk);
		g_byte_array_append(out, whole->data + at, chunk.size);
	}
}

static void test_mouse(void)
{
	VDAgentMouseState state = { .x = 640, .y = 360,
		.buttons = VD_AGENT_LBUTTON_MASK | VD_AGENT_UBUTTON_MASK, .display_id = 2 };

	for (uint32_t piece = 1; piece <= 40; piece++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		struct agent *a = make();

		append(bytes, VDP_SERVER_PORT, VD_AGENT_MOUSE_STATE, &state, sizeof state, piece);
		append(bytes, VDP_CLIENT_PORT, VD_AGENT_MOUSE_STATE, &state, sizeof state, piece);
		for (guint at = 0; at < bytes->len; at += piece)
			mock_spice_write(bytes->data + at, MIN(piece, bytes->len - at));
		g_assert_cmpuint(seen.pointers, ==, 2);
		g_assert_cmpuint(seen.display, ==, 2);
		g_assert_cmpuint(seen.x, ==, 640);
		g_assert_cmpuint(seen.y, ==, 360);
		g_assert_cmphex(seen.buttons, ==,
				SPICE_ACCEL_BUTTON_LEFT | SPICE_ACCEL_BUTTON_WHEEL_UP);
		agent_destroy(a);
		g_assert_cmpuint(mock_spice.removed, ==, 1);
	}
}

/* The two senders' chunks may come mixed. */
static void test_mixed_ports(void)
{
	VDAgentMouseState one = { .x = 1 }, two = { .x = 2 };
	g_autoptr(GByteArray) a_bytes = g_byte_array_new(), b_bytes = g_byte_array_new();
	struct agent *a = make();
	const guint step = sizeof(VDIChunkHeader) + 4;

	append(a_bytes, VDP_CLIENT_PORT, VD_AGENT_MOUSE_STATE, &one, sizeof one, 4);
	append(b_bytes, VDP_SERVER_PORT, VD_AGENT_MOUSE_STATE, &two, sizeof two, 4);
	for (guint at = 0; at < a_bytes->len; at += step) {
		mock_spice_write(a_bytes->data + at, MIN(step, a_bytes->len - at));
		mock_spice_write(b_bytes->data + at, MIN(step, b_bytes->len - at));
	}
	g_assert_cmpuint(seen.pointers, ==, 2);
	g_assert_cmpuint(seen.x, ==, 2);
	agent_destroy(a);
}

struct monitors_message {
	VDAgentMonitorsConfig config;
	VDAgentMonConfig monitors[20];
};

static void test_monitors(void)
{
	struct monitors_message m = { .config.num_of_monitors = 2,
		.monitors = { { .width = 1280, .height = 720 },
			{ .width = 800, .height = 600, .x = 1280, .y = -5 } } };
	uint32_t size = sizeof(VDAgentMonitorsConfig) + 2 * sizeof(VDAgentMonConfig);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct agent *a = make();
	VDAgentReply reply;
	uint8_t out[200];
	size_t n;

	append(bytes, VDP_CLIENT_PORT, VD_AGENT_MONITORS_CONFIG, &m, size, 1000);
	mock_spice_write(bytes->data, bytes->len);
	g_assert_cmpuint(seen.n, ==, 2);
	g_assert_cmpuint(seen.monitors[0].width, ==, 1280);
	g_assert_cmpuint(seen.monitors[1].height, ==, 600);
	g_assert_cmpint(seen.monitors[1].x, ==, 1280);
	g_assert_cmpint(seen.monitors[1].y, ==, -5);
	n = mock_spice_read(out, sizeof out);
	g_assert_cmpuint(n, ==, sizeof(VDIChunkHeader) + sizeof(VDAgentMessage) + sizeof reply);
	memcpy(&reply, out + sizeof(VDIChunkHeader) + sizeof(VDAgentMessage), sizeof reply);
	g_assert_cmpuint(reply.type, ==, VD_AGENT_MONITORS_CONFIG);
	g_assert_cmpuint(reply.error, ==, VD_AGENT_SUCCESS);
	agent_destroy(a);
}

/* Counts that the bytes do not hold, and more heads than anyone has. */
static void test_parse_monitors(void)
{
	struct spice_accel_monitor out[AGENT_MAX_MONITORS];
	struct monitors_message m = { .config.num_of_monitors = UINT32_MAX };

	g_assert_cmpuint(agent_parse_monitors(&m, 0, out), ==, 0);
	g_assert_cmpuint(agent_parse_monitors(&m, sizeof m.config - 1, out), ==, 0);
	g_assert_cmpuint(agent_parse_monitors(&m, sizeof m.config, out), ==, 0);
	g_assert_cmpuint(agent_parse_monitors(&m, sizeof m.config + sizeof(VDAgentMonConfig) + 3,
			out), ==, 1);
	g_assert_cmpuint(agent_parse_monitors(&m, sizeof m, out), ==, AGENT_MAX_MONITORS);
	m.config.num_of_monitors = 0;
	g_assert_cmpuint(agent_parse_monitors(&m, sizeof m, out), ==, 0);
}

static void test_capabilities(void)
{
	uint32_t announce[2] = { 1, 0 }, caps;
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct agent *a = make();
	uint8_t out[200];
	size_t n = 0;

	append(bytes, VDP_CLIENT_PORT, VD_AGENT_ANNOUNCE_CAPABILITIES, announce,
			sizeof announce, 1000);
	mock_spice_write(bytes->data, bytes->len);
	while (mock_spice_read(out + n, 1)) /* a byte at a time */
		n++;
	g_assert_cmpuint(n, ==, sizeof(VDIChunkHeader) + sizeof(VDAgentMessage) + 8);
	memcpy(&caps, out + n - 4, 4);
	g_assert_true(caps & 1u << VD_AGENT_CAP_MOUSE_STATE);
	g_assert_false(caps & 1u << VD_AGENT_CAP_CLIPBOARD_BY_DEMAND);
	announce[0] = 0; /* an answer wants no answer */
	g_byte_array_set_size(bytes, 0);
	append(bytes, VDP_CLIENT_PORT, VD_AGENT_ANNOUNCE_CAPABILITIES, announce,
			sizeof announce, 1000);
	mock_spice_write(bytes->data, bytes->len);
	g_assert_cmpuint(mock_spice_read(out, sizeof out), ==, 0);
	agent_destroy(a);
}

/* Messages that are not for us, too long or too short ones: passed over. */
static void test_hostile(void)
{
	VDAgentMouseState state = { .x = 9 };
	g_autofree uint8_t *big = g_malloc0(100000);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	VDIChunkHeader empty = { .port = VDP_CLIENT_PORT, .size = 0 };
	struct agent *a = make();

	append(bytes, VDP_CLIENT_PORT, VD_AGENT_CLIPBOARD, big, 100000, 2048);
	append(bytes, VDP_CLIENT_PORT, VD_AGENT_MOUSE_STATE, "x", 1, 2048);
	append(bytes, VDP_CLIENT_PORT, VD_AGENT_MONITORS_CONFIG, "x", 1, 2048);
	append(bytes, VDP_CLIENT_PORT, VD_AGENT_ANNOUNCE_CAPABILITIES, "", 0, 2048);
	append(bytes, VDP_CLIENT_PORT, 4711, "abc", 3, 2048);
	append(bytes, 99, VD_AGENT_MOUSE_STATE, &state, sizeof state, 2048);
	g_byte_array_append(bytes, (guint8 *)&empty, sizeof empty);
	mock_spice_write(bytes->data, bytes->len);
	g_assert_cmpuint(seen.pointers + seen.configs, ==, 0);
	/* and the stream is still in step */
	g_byte_array_set_size(bytes, 0);
	append(bytes, VDP_CLIENT_PORT, VD_AGENT_MOUSE_STATE, &state, sizeof state, 2048);
	mock_spice_write(bytes->data, bytes->len);
	g_assert_cmpuint(seen.x, ==, 9);
	agent_destroy(a);
}

/* A client that asks and asks but reads nothing gets no memory of ours. */
static void test_flood(void)
{
	uint32_t announce[2] = { 1, 0 };
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct agent *a = make();
	uint8_t out[4096];
	size_t n, total = 0;

	append(bytes, VDP_CLIENT_PORT, VD_AGENT_ANNOUNCE_CAPABILITIES, announce,
			sizeof announce, 1000);
	for (int i = 0; i < 100000; i++)
		mock_spice_write(bytes->data, bytes->len);
	g_assert_cmpuint(seen.answers, >, 0);
	g_assert_cmpuint(mock_spice.wakeups, ==, 0); /* never from a write */
	while ((n = mock_spice_read(out, sizeof out)) > 0)
		total += n;
	g_assert_cmpuint(total, >, 0);
	g_assert_cmpuint(total, <, 100000);
	/* it answers again once that was read */
	mock_spice_write(bytes->data, bytes->len);
	g_assert_cmpuint(mock_spice_read(out, sizeof out), >, 0);
	agent_destroy(a);
}

/* Nor one that reads a little, but never all. */
static void test_slow_reader(void)
{
	uint32_t announce[2] = { 1, 0 };
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct agent *a = make();
	size_t before = mallinfo2().uordblks;
	uint8_t out[36];

	append(bytes, VDP_CLIENT_PORT, VD_AGENT_ANNOUNCE_CAPABILITIES, announce,
			sizeof announce, 1000);
	mock_spice_write(bytes->data, bytes->len);
	for (int i = 0; i < 200000; i++) {
		mock_spice_write(bytes->data, bytes->len);
		g_assert_cmpuint(mock_spice_read(out, sizeof out), ==, sizeof out);
	}
	g_assert_cmpuint(mallinfo2().uordblks, <, before + 1000000);
	agent_destroy(a);
}

/* After a hand-over to the guest's agent and back nothing old is left. */
static void test_attach_again(void)
{
	VDAgentMouseState state = { .x = 5 };
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct agent *a = make();

	append(bytes, VDP_CLIENT_PORT, VD_AGENT_MOUSE_STATE, &state, sizeof state, 1000);
	mock_spice_write(bytes->data, bytes->len - 3);
	agent_detach(a);
	agent_detach(a);
	g_assert_false(agent_attached(a));
	g_assert_cmpuint(mock_spice.removed, ==, 1);
	g_assert_cmpint(agent_attach(a), ==, 0);
	g_assert_cmpint(agent_attach(a), ==, 0);
	g_assert_cmpuint(mock_spice.added, ==, 2);
	mock_spice_write(bytes->data, bytes->len);
	g_assert_cmpuint(seen.pointers, ==, 1);
	agent_detach(a);
	mock_spice.refuse = -1;
	g_assert_cmpint(agent_attach(a), ==, -EIO);
	g_assert_false(agent_attached(a));
	agent_destroy(a);
	agent_destroy(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent/mouse", test_mouse);
	g_test_add_func("/agent/mixed-ports", test_mixed_ports);
	g_test_add_func("/agent/monitors", test_monitors);
	g_test_add_func("/agent/parse-monitors", test_parse_monitors);
	g_test_add_func("/agent/capabilities", test_capabilities);
	g_test_add_func("/agent/hostile", test_hostile);
	g_test_add_func("/agent/flood", test_flood);
	g_test_add_func("/agent/slow-reader", test_slow_reader);
	g_test_add_func("/agent/attach-again", test_attach_again);
	return g_test_run();
}
