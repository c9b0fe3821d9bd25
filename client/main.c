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

/* Drops a debug message that holds the password of the proxy. */
static void drop_proxy_login(
		const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	if (!strstr(message, "(with proxy "))
		g_log_default_handler(domain, level, message, data);
}

/* Drops two warnings: SpiceDisplay writes one for each new connection, and SPICE writes one
 * for a failed tunnel, which reports its failure better itself. */
static void drop_known_noise(
		const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	if (!strstr(message, "code should not be reached") &&
			!strstr(message, "incomplete link header"))
		g_log_default_handler(domain, level, message, data);
}

/* Hides SPICE_PROXY from spice-gtk. If spice-gtk did not understand the value, it would
 * print the value and connect without the proxy. */
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

/* Waits for the warm-up thread: if it loaded a library while exit() tears things down, GLib
 * would abort. */
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
	if (!options.decoder) /* --decoder may name any plug-in */
		gst_plugins_limit();
	glib_types_register();
	gst_init(NULL, NULL); /* before other threads: GLib's table of conversions has no lock */
	warming = g_thread_new("warm-up", warm_up, NULL);
	if (!gtk_init_check(NULL, NULL)) {
		g_printerr("osvdi-viewer: %s\n", _("cannot open a display (X11 or Wayland)"));
		return end_with(EXIT_FAILURE, warming);
	}
	return end_with(app_run(&options), warming);
}
