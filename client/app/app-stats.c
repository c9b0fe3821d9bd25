/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"

#include <glib/gi18n.h>

static char *describe(struct app *app, OsvdiWindow *window)
{
	struct stats_summary s;
	g_autoptr(GString) text = g_string_new(NULL);

	stats_read(app->stats, osvdi_view_get_channel_id(osvdi_window_get_view(window)), &s);
	if (!s.total) {
		g_string_append(text, _("classic drawing (no video stream)"));
		return g_string_free(g_steal_pointer(&text), FALSE);
	}
	g_string_append_printf(text, "%dx%d  %s  %s → %s\n", s.width, s.height, s.codec, s.decoder,
			s.presenter);
	g_string_append_printf(text, _("%.1f pictures/s, %.1f dropped, %.2f Mbit/s\n"), s.fps,
			s.dropped_fps, s.kbps / 1e3);
	g_string_append_printf(
			text, _("decode %.1f ms, show %.1f ms\n"), s.decode_ms, s.present_ms);
	if (s.latency_ms >= 0)
		g_string_append_printf(text, _("source to screen %.1f ms\n"), s.latency_ms);
	if (app->extension)
		g_string_append_printf(text, _("%s, %.1f lossless updates/s\n"),
				s.exact ? _("pixel-exact") : _("not pixel-exact"), s.tiles_per_s);
	g_string_append_printf(text, _("extension %s, %.0f pictures, %.0f dropped"),
			app->extension ? _("yes") : _("no"), (double)s.total,
			(double)s.total_dropped);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

gboolean app_update_stats(gpointer data)
{
	struct app *app = data;
	GPtrArray *windows = app->show_stats && app->displays ?
			displays_get_windows(app->displays) :
			NULL;
	guint i;

	for (i = 0; windows && i < windows->len; i++) {
		g_autofree char *text = describe(app, windows->pdata[i]);

		osvdi_window_set_stats(windows->pdata[i], text);
	}
	return G_SOURCE_CONTINUE;
}
