/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_TICKET_H
#define OSVDI_GATEWAY_TICKET_H

#include <glib.h>

#define TICKET_VERSION 1
#define TICKET_MAX_CHANNELS 256

/* How the gateway reaches the desktop. */
enum ticket_way {
	WAY_TCP, /* SPICE's plain port */
	WAY_TLS, /* SPICE's TLS port: authority and subject */
	WAY_WS,  /* a WebSocket of nova-spicehtml5proxy */
	WAY_WSS,
};

/*
 * Who may open which desktop, and how. Its text has a line "NAME VALUE" for each
 * field; gateway/README.md documents them.
 */
struct ticket {
	char *session;   /* 32 hexadecimal digits, in lower case */
	char *desktop;   /* its id: letters, digits, "-" and "." */
	char *user;      /* for the records */
	enum ticket_way way;
	char *host;
	guint port;
	char *path;      /* WAY_WS, WAY_WSS: with its query, which may hold a token; else NULL */
	char *authority; /* WAY_TLS, WAY_WSS: its name in the gateway's configuration */
	char *subject;   /* WAY_TLS: of the desktop's certificate, or NULL: its host */
	gint64 issued, use_by, expires; /* seconds since 1970 */
	char *browser;   /* browser_digest() of its cookie; or NULL: any client */
	gboolean once;   /* no new session once the first has ended */
	guint32 channels; /* bits of channel types that may be opened */
	guint max_channels;
};

/** Every field is checked; one that is missing, unknown or there twice is an error. */
struct ticket *ticket_parse(const char *text, gsize size, GError **error);

/** Whether all fields are what ticket_parse() would take. */
gboolean ticket_check(const struct ticket *ticket, GError **error);

/** Owner: caller, use ticket_text_free(): it may hold a token. */
char *ticket_format(const struct ticket *ticket);
void ticket_text_free(char *text);

struct ticket *ticket_new(void);
void ticket_free(struct ticket *ticket);

const char *ticket_way_name(enum ticket_way way);
gboolean ticket_way_parse(const char *text, enum ticket_way *way);

/** Names of channel types ("main", "display", ...), parted by commas; "all" is each of them. */
gboolean channels_parse(const char *text, guint32 *channels);
char *channels_format(guint32 channels);
const char *channel_name(guint type); /* "?" where there is no such type */
gboolean channel_is_allowed(guint32 channels, guint type);

#endif
