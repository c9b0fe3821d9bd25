/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kinds.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib.h>

#ifdef GL_DOUBLE
#include "gl-double.h"
#endif

enum kind kind;

struct kind_test {
	enum kind kind;
	void (*run)(void);
};

static bool is_there(enum kind of)
{
	bool have = of == MEMORY || of == MAPPED;

#ifdef GL_DOUBLE
	if (!have) {
		have = gl_double_open();
		gl_double_close(); /* the test opens its own */
		gl_double_ways(of != COPIED, of == COPIED);
	}
#endif
	return have;
}

static void run_one(gconstpointer data)
{
	const struct kind_test *test = data;

	kind = test->kind;
	if (is_there(kind))
		test->run();
	else
		g_test_skip("no OpenGL here");
}

void kinds_add(const char *path, enum kind of, void (*run)(void))
{
	struct kind_test *test = g_new(struct kind_test, 1);

	test->kind = of;
	test->run = run;
	g_test_add_data_func_full(path, test, run_one, g_free);
}

void *kinds_screen(size_t bytes, int *fd)
{
	void *screen;

	*fd = memfd_create("screen", MFD_CLOEXEC);
	g_assert_cmpint(ftruncate(*fd, (off_t)bytes), ==, 0);
	screen = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	g_assert_true(screen != MAP_FAILED);
	return screen;
}
