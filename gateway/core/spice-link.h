/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_SPICE_LINK_H
#define OSVDI_GATEWAY_SPICE_LINK_H

#include <glib.h>

/* The first words of a SPICE channel, the only ones that the gateway reads. */

#define LINK_MAX_BYTES 4096
#define LINK_REFUSAL_BYTES 194

/* Which desktop end is asked for what. */
struct link {
	guint32 connection_id; /* 0: a new session */
	guint8 channel_type, channel_id;
	gsize size; /* bytes of the whole message */
};

enum link_result {
	LINK_MORE,
	LINK_OK,
	LINK_BAD,
};

enum link_result link_parse(struct link *link, const guint8 *data, gsize size);

/** SPICE's own answer to a channel that is not allowed. Returns its size. */
gsize link_refusal(guint8 out[LINK_REFUSAL_BYTES]);

/** Whether a message asks for a new session, which ends the one before. */
gboolean link_is_new_session(const struct link *link);

/* Follows the desktop's answer as the answer passes. */
struct link_reply {
	guint8 bytes[20], result[4];
	guint have, have_result;
	guint64 skip;
	gboolean lost; /* no SPICE: nothing is known any more */
};

enum link_state {
	LINK_WAITING,
	LINK_ACCEPTED, /* the password was right, or none was needed */
	LINK_DENIED,
	LINK_UNKNOWN, /* it does not speak as SPICE does */
};

/** Takes the next bytes of the desktop. */
enum link_state link_reply_follow(struct link_reply *reply, const guint8 *data, gsize size);

#endif
