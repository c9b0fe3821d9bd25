/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "options/options.h"

static char *write_file(const char *text)
{
	char *path = NULL;
	int fd = g_file_open_tmp("options-XXXXXX", &path, NULL);

	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static int load(struct spice_accel_options *o, const char *text, char **why)
{
	g_autofree char *path = write_file(text);
	int ret = spice_accel_options_load(o, path, why);

	unlink(path);
	return ret;
}

static void test_defaults(void)
{
	struct spice_accel_options *o = spice_accel_options_create();

	g_assert_nonnull(o);
	g_assert_cmpint(spice_accel_options_mode(o), ==, SPICE_ACCEL_OFF);
	g_assert_cmpuint(o->fps, ==, 60);
	g_assert_cmpstr(o->encoder, ==, "auto");
	spice_accel_options_destroy(o);
	spice_accel_options_destroy(NULL);
}

/* The table speaks the truth: each default is a value, and so are the ends of ranges. */
static void test_table(void)
{
	struct spice_accel_options *o = spice_accel_options_create();

	g_assert_cmpuint(spice_accel_option_count(), >=, 8);
	g_assert_null(spice_accel_option_info(spice_accel_option_count()));
	g_assert_null(spice_accel_option_info(SIZE_MAX));
	for (size_t i = 0; i < spice_accel_option_count(); i++) {
		const struct spice_accel_option_info *info = spice_accel_option_info(i);
		g_autofree char *long_name = g_strconcat("accel-", info->name, NULL);
		g_auto(GStrv) ends = g_strsplit(info->values, "-", 2);

		g_assert_true(info->help[0] && info->values[0]);
		g_assert_cmpint(spice_accel_options_set(o, long_name, info->initial, NULL), ==, 0);
		if (!g_ascii_isdigit(info->values[0]))
			continue;
		for (int end = 0; end < 2; end++) {
			g_autofree char *beyond = g_strdup_printf("%ld",
					strtol(ends[end], NULL, 10) + (end ? 1 : -1));

			g_assert_cmpint(spice_accel_options_set(o, info->name, ends[end], NULL),
					==, 0);
			g_assert_cmpint(spice_accel_options_set(o, info->name, beyond, NULL),
					==, -EINVAL);
		}
	}
	spice_accel_options_destroy(o);
}

static void test_modes(void)
{
	struct spice_accel_options *o = spice_accel_options_create();

	g_assert_cmpint(spice_accel_options_set(o, "accel", "on", NULL), ==, 0);
	g_assert_cmpint(spice_accel_options_mode(o), ==, SPICE_ACCEL_ON);
	g_assert_cmpint(spice_accel_options_set(o, "mode", "auto", NULL), ==, 0);
	g_assert_cmpint(spice_accel_options_mode(o), ==, SPICE_ACCEL_AUTO);
	g_assert_cmpint(spice_accel_options_set(o, "mode", "no", NULL), ==, 0);
	g_assert_cmpint(spice_accel_options_mode(o), ==, SPICE_ACCEL_OFF);
	spice_accel_options_destroy(o);
}

static void test_refuses(void)
{
	static const char *const bad[][2] = {
		{ "mode", "maybe" }, { "mode", "" }, { "encoder", "" }, { "encoder", "cuda" },
		{ "encoder", "fake,,fake" }, { "encoder", "fake," }, { "encoder", "auto,fake" },
		{ "encoder", "fake,fake" },
		{ "fps", "" }, { "fps", "0" }, { "fps", "241" }, { "fps", "-1" }, { "fps", "60x" },
		{ "fps", "6 0" }, { "fps", "99999999999999999999" }, { "fps", "1e2" },
		{ "bitrate", "0x1000" }, { "preset", "" }, { "preset", "ultra" },
		{ "preset", "ultrafast|superfast" }, { "preset", "placebo" },
		{ "render-node", "" }, { "render-node", "renderD128" },
	};
	struct spice_accel_options *o = spice_accel_options_create();

	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
		char *why = NULL;

		g_test_message("%s=%s", bad[i][0], bad[i][1]);
		g_assert_cmpint(spice_accel_options_set(o, bad[i][0], bad[i][1], &why),
				==, -EINVAL);
		g_assert_nonnull(strstr(why, bad[i][0]));
		free(why);
	}
	g_assert_cmpint(spice_accel_options_set(o, "colour", "red", NULL), ==, -ENOENT);
	g_assert_cmpint(spice_accel_options_set(o, "", "", NULL), ==, -ENOENT);
	g_assert_cmpstr(o->encoder, ==, "auto");
	g_assert_cmpuint(o->fps, ==, 60);
	spice_accel_options_destroy(o);
}

static void test_file(void)
{
	struct spice_accel_options *o = spice_accel_options_create();
	char *why = NULL;

	g_assert_cmpint(load(o, "# host\n[spice-accel]\nmode=auto\nfps=30\nencoder=fake\n\n"
			"[other]\nx=1\n", &why), ==, 0);
	g_assert_null(why);
	g_assert_cmpint(spice_accel_options_mode(o), ==, SPICE_ACCEL_AUTO);
	g_assert_cmpuint(o->fps, ==, 30);
	g_assert_cmpstr(o->encoder, ==, "fake");
	g_assert_cmpint(load(o, "[spice-accel]\n", NULL), ==, 0);
	g_assert_cmpuint(o->fps, ==, 30);
	spice_accel_options_destroy(o);
}

static void test_bad_files(void)
{
	static const char *const bad[] = {
		"", "mode=on\n", "[spice-accel\nmode=on\n", "[other]\nmode=on\n",
		"[spice-accel]\nmode=perhaps\n", "[spice-accel]\ncolour=red\n",
		"[spice-accel]\nmode=\\q\n", "[spice-accel]\nfps=\xff\xfe\n",
		"[spice-accel]\nnonsense\n",
	};
	struct spice_accel_options *o = spice_accel_options_create();
	char *why = NULL;

	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_test_message("file %u", i);
		g_assert_cmpint(load(o, bad[i], &why), ==, -EINVAL);
		g_assert_nonnull(strstr(why, "options-")); /* the file's name */
		free(why);
		g_assert_cmpint(load(o, bad[i], NULL), ==, -EINVAL);
	}
	g_assert_cmpint(spice_accel_options_load(o, "/nonexistent/spice-accel.conf", &why),
			==, -ENOENT);
	g_assert_nonnull(strstr(why, "/nonexistent/spice-accel.conf"));
	free(why);
	g_assert_cmpint(spice_accel_options_load(o, "/", &why), ==, -EINVAL);
	free(why);
	spice_accel_options_destroy(o);
}

/* A path that is too long is refused, not cut. */
static void test_long_path(void)
{
	struct spice_accel_options *o = spice_accel_options_create();
	char path[RENDER_NODE_SIZE + 1];

	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[RENDER_NODE_SIZE] = 0;
	g_assert_cmpint(spice_accel_options_set(o, "render-node", path, NULL), ==, -EINVAL);
	path[RENDER_NODE_SIZE - 1] = 0;
	g_assert_cmpint(spice_accel_options_set(o, "render-node", path, NULL), ==, 0);
	g_assert_cmpstr(o->render_node, ==, path);
	spice_accel_options_destroy(o);
}

static void test_encoders(void)
{
	struct spice_accel_options *o = spice_accel_options_create();
	struct encoder_info encoders[ENCODERS_MAX], mjpeg;
	unsigned n = options_encoders(o, encoders);

	/* "auto" never takes one for tests */
	for (unsigned i = 0; i < n; i++)
		g_assert_false(encoders[i].caps & ENCODER_TEST);
	g_assert_cmpint(spice_accel_options_set(o, "encoder", "fake", NULL), ==, 0);
	n = options_encoders(o, encoders);
	g_assert_cmpstr(encoders[0].name, ==, "fake");
	if (encoder_info_find("mjpeg", &mjpeg)) { /* for viewers without H.264 */
		g_assert_cmpuint(n, ==, 2);
		g_assert_cmpuint(encoders[1].id, ==, mjpeg.id);
	} else {
		g_assert_cmpuint(n, ==, 1);
	}
	spice_accel_options_destroy(o);
}

static void test_copy(void)
{
	struct spice_accel_options *o = spice_accel_options_create(), *copy;

	g_assert_cmpint(spice_accel_options_set(o, "encoder", "fake", NULL), ==, 0);
	copy = options_copy(o);
	spice_accel_options_destroy(o);
	g_assert_cmpstr(copy->encoder, ==, "fake");
	g_assert_cmpuint(copy->fps, ==, 60);
	spice_accel_options_destroy(copy);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/options/long-path", test_long_path);
	g_test_add_func("/options/defaults", test_defaults);
	g_test_add_func("/options/table", test_table);
	g_test_add_func("/options/modes", test_modes);
	g_test_add_func("/options/refuses", test_refuses);
	g_test_add_func("/options/file", test_file);
	g_test_add_func("/options/bad-files", test_bad_files);
	g_test_add_func("/options/encoders", test_encoders);
	g_test_add_func("/options/copy", test_copy);
	return g_test_run();
}
