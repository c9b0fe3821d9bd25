/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PICTURE_TALK_H
#define OSVDI_BROKER_PICTURE_TALK_H

#include <glib.h>

/*
 * osvdi-common's channel with a password and with errors in words. From bytes to bytes: no
 * socket is in here. The server is not trusted.
 */
struct talk_handler {
	/** The channel may send messages now. caps: the server's for this type of channel. */
	void (*open)(void *data, guint32 caps);
	void (*message)(void *data, guint16 type, const guint8 *body, gsize size);
	void *data;
};

struct talk;
typedef struct talk auto_talk;

/**
 * type: SPICE_CHANNEL_MAIN...; session: 0 for a new one; caps: ours for this type. The
 * password may be NULL. Owner: the caller, by talk_free().
 */
struct talk *talk_new(guint8 type, guint32 session, guint32 caps, const char *password,
		const struct talk_handler *handler);
void talk_free(struct talk *talk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_talk, talk_free)

/**
 * Take bytes from the server.
 * Errors: BROKER_ERROR_SERVICE: the server refuses, or does not speak SPICE;
 *         BROKER_ERROR_AUTH: it wants another password;
 *         BROKER_ERROR_USAGE: the password is too long.
 */
gboolean talk_feed(struct talk *talk, const guint8 *bytes, gsize n, GError **error);

/** Bytes for the server; the caller removes what it has sent. Borrowed. */
GByteArray *talk_output(struct talk *talk);

/** Send a message, once the channel is open. */
void talk_send(struct talk *talk, guint16 type, const guint8 *body, gsize size);

#endif
