/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_OPTIONS_H
#define OSVDI_OPTIONS_H

#include <glib.h>

/* The command line. Lives as long as the process. */
struct options {
	char *argument; /* URI, file, "-", name, or NULL */
	int vv_fd;      /* -1 if not given */
	char *title;
	gboolean fullscreen, kiosk, shared, verbose, debug;
	char *kiosk_quit;  /* "never", "on-disconnect" */
	char *hotkeys, *keymap;
	char *auto_resize; /* "never", "always" */
	char *sync_locks;  /* "never", "always" */
	char *cursor;      /* "local", "auto" */
	int zoom;          /* percent; 0: fit the window */
	char *decoder;     /* names of decoder elements, in order */
	char *present;     /* "auto", "x11", "gl", "cairo" */
	char *stats_file;
	gboolean stats_overlay, no_reconnect;
	int max_fps, max_kbps;
	char *broker;      /* the program that finds desktops */
	char *screenshot_dir;
	char *environment_proxy; /* SPICE_PROXY, or NULL */

	/* the same as remote-viewer's --spice-... options */
	char *secure_channels, *disable_effects, *ca_file, *host_subject;
	gboolean disable_audio, smartcard, disable_usbredir;
	char *smartcard_certificates, *smartcard_db;
	char *usb_auto_filter, *usb_connect_filter;
	GStrv share_cd;
	int cache_size, glz_window_size;
	char *shared_dir, *preferred_compression;
	gboolean shared_dir_ro;
};

/**
 * Parses the command line and removes the options from it. With --help or --version the
 * program ends here.
 *
 * Errors: FALSE with a sentence for the user.
 */
gboolean options_parse(struct options *options, int *argc, char ***argv, GError **error);

#endif
