/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TARGET_H
#define OSVDI_TARGET_H

#include <gio/gio.h>

/*
 * A desktop to connect to, and the wishes that came with it: from a URI, from a .vv file,
 * or from osvdi-broker. A string that was not given is NULL; a number is 0.
 */
enum target_kind {
	TARGET_TCP,
	TARGET_UNIX,
	TARGET_WEBSOCKET,
	TARGET_NAME, /* a desktop's name, to be resolved by osvdi-broker */
};

struct proxy;

enum target_bool {
	TARGET_UNSET = -1,
	TARGET_NO = 0,
	TARGET_YES = 1,
};

struct target {
	enum target_kind kind;
	char *label; /* for people: never holds a secret */
	char *key;   /* name of its settings, the same each time the desktop is opened */

	char *host;
	int port, tls_port; /* 0 if there is none */
	char *unix_path;
	char *url;  /* ws:// or wss://, holds a secret token */
	char *name; /* TARGET_NAME */

	char *username, *password;
	char *ca;           /* PEM */
	char *ca_file;      /* path */
	char *host_subject;
	char *tls_ciphers;
	struct proxy *proxy;
	GStrv secure_channels, disable_channels, disable_effects;
	int color_depth; /* bits, or 0 */

	char *title; /* "%d" is replaced by the number of the display */
	enum target_bool fullscreen, usbredir, usb_autoshare, smartcard;
	char *usb_filter;
	GHashTable *hotkeys; /* action -> key combination, or NULL */

	char *server_uuid;  /* that the server must report */
	gint64 expires;     /* Unix time in seconds at which the url expires, or 0 */
	gint64 ends;        /* the same, at which the desktop is taken back, or 0 */
	char *ws_ca;        /* PEM: authority to trust for wss besides the system's */
	char *resolve_name; /* the name to ask osvdi-broker for a fresh url; may equal name */
	gboolean of_file;     /* read from a connection file */
	gboolean delete_file; /* the file is for one session, and to be deleted */
	GStrv notes;        /* for the user: parts of the file that were not understood, or NULL */
	GStrv remarks;      /* the same, but of no use to most users */
};

struct target *target_new(enum target_kind kind);
void target_free(struct target *target);

/**
 * Reads an address that a person typed: spice://, spice+tls://, spice+unix://,
 * spice+ws://, spice+wss:// or HOST:PORT. Any other text without "://" is the name of a
 * desktop. Blanks at both ends are ignored.
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT with a sentence for the user.
 */
struct target *target_from_uri(const char *uri, GError **error);

/* Whether the password was made for one session. Then no user knows another password. */
static inline gboolean target_is_one_time(const struct target *target)
{
	return target->delete_file && target->password;
}

static inline void target_autofree(struct target **target)
{
	target_free(*target);
}
#define target_auto __attribute__((cleanup(target_autofree))) struct target *

#endif
