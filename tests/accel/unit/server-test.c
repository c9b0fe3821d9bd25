/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The public calls of a server, on the real libspice-server without viewers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "host-glib.h"

struct stage {
	SpiceServer *spice;
	char *folder, *socket;
	struct spice_accel_options *options;
	struct spice_accel_host_ops ops;
};

static void pointer(void *host, unsigned head, uint32_t x, uint32_t y, uint32_t buttons)
{
}

static void never(void *host, const struct spice_accel_monitor *monitors, unsigned n)
{
	g_assert_not_reached();
}

static void open_stage(struct stage *s)
{
	memset(s, 0, sizeof *s);
	s->folder = g_dir_make_tmp("server-XXXXXX", NULL);
	s->socket = g_build_filename(s->folder, "socket", NULL);
	s->spice = spice_server_new();
	spice_server_set_addr(s->spice, s->socket, SPICE_ADDR_FLAG_UNIX_ONLY);
	spice_server_set_noauth(s->spice);
	g_assert_cmpint(spice_server_init(s->spice, host_glib_core()), ==, 0);
	s->options = spice_accel_options_create();
	g_assert_cmpint(spice_accel_options_set(s->options, "encoder", "fake", NULL), ==, 0);
	host_glib_fill_ops(&s->ops);
	s->ops.size = sizeof s->ops;
	s->ops.pointer = pointer;
}

static void close_stage(struct stage *s)
{
	spice_server_destroy(s->spice);
	spice_accel_options_destroy(s->options);
	g_unlink(s->socket);
	g_rmdir(s->folder);
	g_free(s->socket);
	g_free(s->folder);
}

static void test_life(void)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = 64,
		.height = 48, .fourcc = DRM_FORMAT_XRGB8888, .stride = 256 };
	struct spice_accel_display *heads[16], *more;
	struct spice_accel_server *server = NULL;
	struct spice_accel_frame *frame;
	struct stage s;
	unsigned n = 0;
	char *text;

	open_stage(&s);
	g_assert_cmpint(spice_accel_server_create(&server, s.spice, s.options, &s.ops, NULL),
			==, 0);
	while (n < 16 && spice_accel_display_create(&heads[n], server) == 0)
		n++;
	g_assert_cmpuint(n, ==, 16); /* that clients know */
	g_assert_cmpint(spice_accel_display_create(&more, server), ==, -ENOSPC);
	params.data = g_malloc0(256 * 48);
	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	spice_accel_display_submit(heads[0], frame, NULL, 0, 0);
	spice_accel_frame_unref(frame);
	spice_accel_display_submit(heads[1], NULL, NULL, 0, 0);
	g_assert_cmpint(spice_accel_display_cursor_set(heads[0], 300, 1, 0, 0, params.data),
			==, -EINVAL);
	g_assert_cmpint(spice_accel_display_cursor_set(heads[0], 8, 8, 8, 0, params.data),
			==, -EINVAL);
	g_assert_cmpint(spice_accel_display_cursor_set(heads[0], 8, 8, 7, 7, params.data), ==, 0);
	g_assert_cmpint(spice_accel_display_cursor_set(heads[0], 0, 0, 0, 0, NULL), ==, 0);
	spice_accel_display_cursor_move(heads[0], -5, 5);
	spice_accel_server_guest_agent(server, true);
	spice_accel_server_guest_agent(server, false);
	spice_accel_server_pointer_absolute(server, false);
	spice_accel_server_running(server, false);
	text = spice_accel_server_status(server, SPICE_ACCEL_STATUS_JSON);
	g_assert_nonnull(strstr(text, "\"last_input\":0.000"));
	free(text);
	spice_accel_server_input(server);
	text = spice_accel_server_status(server, SPICE_ACCEL_STATUS_JSON);
	g_assert_nonnull(strstr(text, "\"width\":64"));
	g_assert_nonnull(strstr(text, "\"pointer\":\"relative\""));
	g_assert_nonnull(strstr(text, "\"running\":false"));
	g_assert_null(strstr(text, "\"last_input\":0.000"));
	free(text);
	spice_accel_server_destroy(server);
	spice_accel_server_destroy(NULL);
	g_free((void *)params.data);
	close_stage(&s);
}

static void test_refuses(void)
{
	struct spice_accel_server *server = NULL;
	struct spice_accel_host_ops ops;
	struct stage s;

	open_stage(&s);
	ops = s.ops;
	ops.size = 8;
	g_assert_cmpint(spice_accel_server_create(&server, s.spice, s.options, &ops, NULL),
			==, -EINVAL);
	ops = s.ops;
	ops.pointer = NULL;
	g_assert_cmpint(spice_accel_server_create(&server, s.spice, s.options, &ops, NULL),
			==, -EINVAL);
	g_assert_null(server);
	close_stage(&s);
}

/* A host built when the operations ended earlier: what it has not is not called. */
static void test_older_host(void)
{
	size_t size = offsetof(struct spice_accel_host_ops, monitors);
	struct spice_accel_server *server = NULL;
	struct spice_accel_display *head;
	struct spice_accel_host_ops *ops;
	struct stage s;

	open_stage(&s);
	s.ops.size = size;
	s.ops.monitors = never;
	ops = malloc(size); /* a read beyond is an error for the sanitizer */
	memcpy(ops, &s.ops, size);
	g_assert_cmpint(spice_accel_server_create(&server, s.spice, s.options, ops, NULL), ==, 0);
	free(ops);
	g_assert_cmpint(spice_accel_display_create(&head, server), ==, 0);
	spice_accel_display_submit(head, NULL, NULL, 0, 0);
	for (int i = 0; i < 50; i++)
		g_main_context_iteration(NULL, FALSE);
	spice_accel_server_destroy(server);
	close_stage(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/server/life", test_life);
	g_test_add_func("/server/refuses", test_refuses);
	g_test_add_func("/server/older-host", test_older_host);
	return g_test_run();
}
