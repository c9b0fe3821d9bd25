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

enum target_bool {
	TARGET_UNSET = -1,
	TARGET_NO = 0,
	TARGET_YES = 1,
};

struct target {
	enum target_kind kind;
	char *label; /* for people: never holds a secret */

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
	char *proxy;
	GStrv secure_channels, disable_channels, disable_effects;
	int color_depth; /* 16, 32 or 0 */

	char *title;
	enum target_bool fullscreen, usbredir, usb_autoshare, smartcard;
	char *usb_filter;
	GHashTable *hotkeys; /* action -> key combination, or NULL */

	char *server_uuid;  /* that the server must report */
	gint64 expires;     /* Unix time, s, after which url is no longer good; 0 */
	char *ws_ca;        /* PEM, to trust for wss besides the system's */
	char *resolve_name; /* what to ask osvdi-broker for a fresh url; may equal name */
	GStrv notes;        /* for the user: what was left out of a file, or NULL */
};

struct target *target_new(enum target_kind kind);
void target_free(struct target *target);

/**
 * Reads spice://, spice+tls://, spice+unix://, spice+ws://, spice+wss:// or a
 * desktop's name (anything without "://").
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT with a sentence for the user.
 */
struct target *target_from_uri(const char *uri, GError **error);

/* Overwrites and frees a secret. */
void secret_free(char *secret);

static inline void target_autofree(struct target **target)
{
	target_free(*target);
}
#define target_auto __attribute__((cleanup(target_autofree))) struct target *

#endif
