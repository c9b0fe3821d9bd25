/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Preloaded, this makes timers of whole seconds ten times as fast in libraries that make
 * them as sources: libsoup's pings, and nothing else of the viewer's. */
#include <glib.h>

GSource *g_timeout_source_new_seconds(guint interval)
{
	return g_timeout_source_new(interval * 100);
}
