/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "base/options.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>

static void add_main(GOptionContext *context, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "full-screen", 'f', 0, G_OPTION_ARG_NONE, &o->fullscreen,
				N_("Open in full screen mode"), NULL },
		{ "kiosk", 'k', 0, G_OPTION_ARG_NONE, &o->kiosk,
				N_("Full screen without any way out of the session"), NULL },
		{ "kiosk-quit", 0, 0, G_OPTION_ARG_STRING, &o->kiosk_quit,
				N_("When to quit in kiosk mode"), "never|on-disconnect" },
		{ "title", 't', 0, G_OPTION_ARG_STRING, &o->title, N_("Set the window title"),
				N_("TITLE") },
		{ "hotkeys", 'H', 0, G_OPTION_ARG_STRING, &o->hotkeys,
				N_("Keys that work while the desktop has the keyboard"),
				"ACTION=KEY[+KEY][,…]" },
		{ "keymap", 'K', 0, G_OPTION_ARG_STRING, &o->keymap,
				N_("Remap or block keys, e.g. "
						"F1=SHIFT+CTRL+F1,1=SHIFT+F1,ALT_L=Void"),
				"KEY=[KEY[+KEY]],…" },
		{ "auto-resize", 0, 0, G_OPTION_ARG_STRING, &o->auto_resize,
				N_("Resize the desktop with the window"), "never|always" },
		{ "sync-locks", 0, 0, G_OPTION_ARG_STRING, &o->sync_locks,
				N_("Keep Caps Lock and Num Lock alike here and in the desktop"),
				"never|always" },
		{ "cursor", 0, 0, G_OPTION_ARG_STRING, &o->cursor, N_("Who draws the pointer"),
				"auto|local" },
		{ "zoom", 'z', 0, G_OPTION_ARG_INT, &o->zoom,
				N_("Zoom level in percent (10-400); without it the picture fits "
						"the window"),
				N_("ZOOM") },
		{ "shared", 's', 0, G_OPTION_ARG_NONE, &o->shared,
				N_("Share the session with other viewers (SPICE servers decide "
						"this themselves)"),
				NULL },
		{ "vv-fd", 0, 0, G_OPTION_ARG_INT, &o->vv_fd,
				N_("Read the connection file from this open file descriptor"),
				"FD" },
		{ "decoder", 0, 0, G_OPTION_ARG_STRING, &o->decoder,
				N_("Video decoders to use, in this order"), N_("ELEMENT[,…]") },
		{ "present", 0, 0, G_OPTION_ARG_STRING, &o->present,
				N_("How pictures get on the screen"), "auto|x11|gl|cairo" },
		{ "max-fps", 0, 0, G_OPTION_ARG_INT, &o->max_fps,
				N_("Ask the server for at most this many frames a second"), "FPS" },
		{ "max-kbps", 0, 0, G_OPTION_ARG_INT, &o->max_kbps,
				N_("Ask the server for at most this many kbit/s of video"),
				"KBPS" },
		{ "stats", 0, 0, G_OPTION_ARG_NONE, &o->stats_overlay,
				N_("Show statistics over the picture"), NULL },
		{ "stats-file", 0, 0, G_OPTION_ARG_FILENAME, &o->stats_file,
				N_("Append a JSON line a frame to this file"), N_("FILE") },
		{ "no-reconnect", 0, 0, G_OPTION_ARG_NONE, &o->no_reconnect,
				N_("End when the connection breaks"), NULL },
		{ "broker", 0, 0, G_OPTION_ARG_FILENAME, &o->broker,
				N_("Program that finds desktops by name"), "osvdi-broker" },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &o->verbose, N_("Say what is going on"),
				NULL },
		{ "debug", 0, 0, G_OPTION_ARG_NONE, &o->debug, N_("Print debugging information"),
				NULL },
		{ NULL },
	};

	g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
}

static void add_spice(GOptionContext *context, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "spice-secure-channels", 0, 0, G_OPTION_ARG_STRING, &o->secure_channels,
				N_("Channels that must be encrypted"), "main,display,…,all" },
		{ "spice-disable-effects", 0, 0, G_OPTION_ARG_STRING, &o->disable_effects,
				N_("Desktop effects to switch off in the guest"),
				"wallpaper,font-smooth,animation,all" },
		{ "spice-ca-file", 0, 0, G_OPTION_ARG_FILENAME, &o->ca_file,
				N_("Certificates of the authorities to trust"), N_("FILE") },
		{ "spice-host-subject", 0, 0, G_OPTION_ARG_STRING, &o->host_subject,
				N_("Subject that the server's certificate must have"),
				N_("SUBJECT") },
		{ "spice-disable-audio", 0, 0, G_OPTION_ARG_NONE, &o->disable_audio, N_("No sound"),
				NULL },
		{ "spice-smartcard", 0, 0, G_OPTION_ARG_NONE, &o->smartcard,
				N_("Give the desktop the smartcard"), NULL },
		{ "spice-smartcard-certificates", 0, 0, G_OPTION_ARG_STRING,
				&o->smartcard_certificates,
				N_("Certificates of a software smartcard"), N_("CERTIFICATES") },
		{ "spice-smartcard-db", 0, 0, G_OPTION_ARG_STRING, &o->smartcard_db,
				N_("Certificate database of a software smartcard"), N_("PATH") },
		{ "spice-disable-usbredir", 0, 0, G_OPTION_ARG_NONE, &o->disable_usbredir,
				N_("No USB redirection"), NULL },
		{ "spice-usbredir-auto-redirect-filter", 0, 0, G_OPTION_ARG_STRING,
				&o->usb_auto_filter, N_("USB devices to redirect when plugged in"),
				N_("FILTER") },
		{ "spice-usbredir-redirect-on-connect", 0, 0, G_OPTION_ARG_STRING,
				&o->usb_connect_filter, N_("USB devices to redirect on connecting"),
				N_("FILTER") },
		{ "spice-share-cd", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->share_cd,
				N_("ISO image or CD drive to share (repeatable)"), N_("FILE") },
		{ "spice-cache-size", 0, 0, G_OPTION_ARG_INT, &o->cache_size,
				N_("Image cache size (deprecated)"), N_("BYTES") },
		{ "spice-glz-window-size", 0, 0, G_OPTION_ARG_INT, &o->glz_window_size,
				N_("Glz history size (deprecated)"), N_("BYTES") },
		{ "spice-shared-dir", 0, 0, G_OPTION_ARG_FILENAME, &o->shared_dir,
				N_("Folder to share with the desktop"), N_("DIR") },
		{ "spice-shared-dir-ro", 0, 0, G_OPTION_ARG_NONE, &o->shared_dir_ro,
				N_("Share the folder for reading only"), NULL },
		{ "spice-preferred-compression", 0, 0, G_OPTION_ARG_STRING,
				&o->preferred_compression, N_("Image compression to ask for"),
				"auto-glz,auto-lz,quic,glz,lz,lz4,off" },
		{ NULL }
	};
	GOptionGroup *group = g_option_group_new(
			"spice", _("SPICE options:"), _("Show SPICE options"), NULL, NULL);

	g_option_group_set_translation_domain(group, GETTEXT_PACKAGE);
	g_option_group_add_entries(group, entries);
	g_option_context_add_group(context, group);
}

static gboolean one_of(
		const char *option, const char *value, const char *const *allowed, GError **error)
{
	g_autofree char *list = NULL;

	if (!value || g_strv_contains(allowed, value))
		return TRUE;
	list = g_strjoinv(", ", (char **)allowed);
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--%s takes one of: %s"),
			option, list);
	return FALSE;
}

static gboolean check(const struct options *o, GError **error)
{
	if (o->zoom && (o->zoom < 10 || o->zoom > 400)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				_("--zoom takes 10 to 400"));
		return FALSE;
	}
	return one_of("kiosk-quit", o->kiosk_quit,
			       (const char *const[]){ "never", "on-disconnect", NULL }, error) &&
			one_of("auto-resize", o->auto_resize,
					(const char *const[]){ "never", "always", NULL }, error) &&
			one_of("sync-locks", o->sync_locks,
					(const char *const[]){ "never", "always", NULL }, error) &&
			one_of("cursor", o->cursor, (const char *const[]){ "auto", "local", NULL },
					error) &&
			one_of("present", o->present,
					(const char *const[]){ "auto", "x11", "gl", "cairo", NULL },
					error);
}

gboolean options_parse(struct options *options, int *argc, char ***argv, GError **error)
{
	g_autoptr(GOptionContext)
			context = g_option_context_new(_("[FILE.vv | - | URI | DESKTOP]"));
	g_auto(GStrv) rest = NULL;
	gboolean version = FALSE;
	const GOptionEntry extra[] = {
		{ "version", 'V', 0, G_OPTION_ARG_NONE, &version, N_("Show the version"), NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, NULL, NULL },
		{ NULL }
	};

	options->vv_fd = -1;
	g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
	g_option_context_set_summary(context, _("Shows a desktop by SPICE."));
	add_main(context, options);
	g_option_context_add_main_entries(context, extra, GETTEXT_PACKAGE);
	add_spice(context, options);
	g_option_context_add_group(context, gtk_get_option_group(FALSE));
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	if (version) {
		printf("osvdi-viewer %s\n", PACKAGE_VERSION);
		exit(EXIT_SUCCESS);
	}
	if (rest && rest[0] && rest[1]) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				_("more than one desktop named"));
		return FALSE;
	}
	options->argument = rest && rest[0] ? g_strdup(rest[0]) : NULL;
	return check(options, error);
}
