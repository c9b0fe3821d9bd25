/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/style.h"

#include <gtk/gtk.h>

/* Uses the theme's colours where the theme has a name for them. The theme cannot know what
 * lies over the picture. */
static const char css[] =
		".osvdi-surround, .osvdi-surround viewport { background-color: #000; }"
		".osvdi-stats { background-color: #000; color: #9f9; font-family: monospace; "
		"font-size: 9pt; }"
		".osvdi-banner { background-color: @theme_bg_color; color: @theme_fg_color; }"
		".osvdi-banner label { caret-color: transparent; }"
		".osvdi-bar { background-color: @theme_bg_color; color: @theme_fg_color; border: "
		"1px solid @borders; }"
		".osvdi-heading { font-weight: bold; }"
		".osvdi-title { font-weight: bold; font-size: 130%; }";

void style_load(void)
{
	static gboolean loaded;
	g_autoptr(GtkCssProvider) provider = NULL;

	if (loaded)
		return;
	loaded = TRUE;
	provider = gtk_css_provider_new();
	gtk_css_provider_load_from_data(provider, css, -1, NULL);
	gtk_style_context_add_provider_for_screen(gdk_screen_get_default(),
			GTK_STYLE_PROVIDER(provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}
