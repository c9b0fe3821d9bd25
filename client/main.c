/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app.h"
#include "media/gst-plugins.h"
#include "base/glib-types.h"

#include <glib/gi18n.h>
#include <gst/gst.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <stdlib.h>
#include <spice-client.h>
#include <string.h>

/* Loads the decoder's libraries while the connection is being made. */
static gpointer warm_up(gpointer data)
{
	g_autoptr(GstElement) element = gst_element_factory_make("avdec_h264", NULL);

	if (element)
		gst_object_ref_sink(element);
	return NULL;
}

/* Said with the password of the proxy in it. */
static void drop_proxy_login(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	if (!strstr(message, "(with proxy "))
		g_log_default_handler(domain, level, message, data);
}

/* Said by SpiceDisplay of each new connection, and by SPICE of a tunnel whose
 * own report is the better one. */
static void drop_known_noise(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	if (!strstr(message, "code should not be reached") && !strstr(message, "incomplete link header"))
		g_log_default_handler(domain, level, message, data);
}

/* spice-gtk would read the variable by itself, print what it does not understand, and
 * connect without the proxy. */
static void take_proxy(struct options *options)
{
	options->environment_proxy = g_strdup(g_getenv("SPICE_PROXY"));
	g_unsetenv("SPICE_PROXY");
}

static void set_verbosity(const struct options *options)
{
	if (options->debug) {
		g_setenv("G_MESSAGES_DEBUG", "all", FALSE);
		spice_util_set_debug(TRUE);
		g_log_set_handler("GSpice", G_LOG_LEVEL_DEBUG, drop_proxy_login, NULL);
	} else if (options->verbose) {
		g_setenv("G_MESSAGES_DEBUG", G_LOG_DOMAIN, FALSE);
	}
	if (!options->debug)
		g_log_set_handler("GSpice", G_LOG_LEVEL_WARNING, drop_known_noise, NULL);
}

/* What exit() has torn down, a thread that loads a library would set up again: GLib
 * aborts then. */
static int end_with(int status, GThread *warming)
{
	g_thread_join(warming);
	return status;
}

int main(int argc, char **argv)
{
	static struct options options;
	g_autoptr(GError) error = NULL;
	const char *localedir;
	GThread *warming;

	setlocale(LC_ALL, "");
	localedir = g_getenv("OSVDI_LOCALEDIR");
	bindtextdomain(GETTEXT_PACKAGE, localedir && *localedir ? localedir : LOCALEDIR);
	bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
	textdomain(GETTEXT_PACKAGE);
	g_set_prgname("osvdi-viewer");
	if (!options_parse(&options, &argc, &argv, &error)) {
		g_printerr("osvdi-viewer: %s\n", error->message);
		return EXIT_FAILURE;
	}
	take_proxy(&options);
	set_verbosity(&options);
	if (g_file_test(USB_ACCESS, G_FILE_TEST_IS_EXECUTABLE))
		g_setenv("SPICE_USB_ACL_BINARY", USB_ACCESS, FALSE);
	if (!options.decoder) /* it may name any */
		gst_plugins_limit();
	glib_types_register();
	gst_init(NULL, NULL); /* with one thread: GLib's table of value conversions has no lock */
	warming = g_thread_new("warm-up", warm_up, NULL);
	if (!gtk_init_check(NULL, NULL)) {
		g_printerr("osvdi-viewer: %s\n", _("cannot open a display (X11 or Wayland)"));
		return end_with(EXIT_FAILURE, warming);
	}
	return end_with(app_run(&options), warming);
}
