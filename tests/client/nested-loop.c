/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A module for GTK (GTK_MODULES) that soon runs a main loop inside the program's and never
 * leaves that, as a library does that waits for an answer; makes the file "$NESTED_MARK" then. */
#include <glib.h>

void gtk_module_init(int *argc, char ***argv);

static gboolean run_for_ever(gpointer data)
{
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);

	g_file_set_contents(g_getenv("NESTED_MARK"), "", 0, NULL);
	for (;;)
		g_main_loop_run(loop);
	return G_SOURCE_REMOVE;
}

void gtk_module_init(int *argc, char ***argv)
{
	g_timeout_add(200, run_for_ever, NULL);
}
