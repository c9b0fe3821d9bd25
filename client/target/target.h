/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TARGET_H
#define OSVDI_TARGET_H

#include <gio/gio.h>

/*
 * What to connect to and what its giver asked for: from a URI, from a .vv
 * file, or from osvdi-broker. Strings may be NULL, numbers 0: not said.
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
	char *key;   /* of its settings: the same each time it is opened */

	char *host;
	int port, tls_port; /* 0: none */
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

	char *title; /* "%d" stands for the number of the display */
	enum target_bool fullscreen, usbredir, usb_autoshare, smartcard;
	char *usb_filter;
	GHashTable *hotkeys; /* action -> key combination, or NULL */

	char *server_uuid;  /* that the server must report */
	gint64 expires;     /* Unix time, s, after which url is no longer good; 0 */
	char *ws_ca;        /* PEM, to trust for wss besides the system's */
	char *resolve_name; /* what to ask osvdi-broker for a fresh url; may equal name */
	gboolean of_file;     /* of a connection file */
	gboolean delete_file; /* which is for one session */
	GStrv notes;        /* for the user: what of a file was not understood, or NULL */
	GStrv remarks;      /* likewise, but of no use to most people */
};

struct target *target_new(enum target_kind kind);
void target_free(struct target *target);

/**
 * Reads what a person gives: spice://, spice+tls://, spice+unix://,
 * spice+ws://, spice+wss://, HOST:PORT, or a desktop's name (all else without
 * "://"). Blanks around do not count.
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT with a sentence for the user.
 */
struct target *target_from_uri(const char *uri, GError **error);

/* Whether what lets us in was made for one session: nobody knows another password. */
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
