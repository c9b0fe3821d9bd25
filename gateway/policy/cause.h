/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_CAUSE_H
#define OSVDI_GATEWAY_CAUSE_H

#include <glib.h>

/* Why a connection is not let in. */
enum refusal {
	REFUSE_NOTHING,
	REFUSE_HEAD,    /* not HTTP as it must be */
	REFUSE_METHOD,
	REFUSE_PATH,
	REFUSE_UPGRADE, /* no WebSocket, or not version 13 */
	REFUSE_PROTOCOL, /* the subprotocol "binary" is not offered */
	REFUSE_ORIGIN,
	REFUSE_NO_TICKET,
	REFUSE_TICKET,  /* not sealed with our keys, or not understood */
	REFUSE_BROWSER, /* the ticket is another browser's */
	REFUSE_EARLY,   /* issued in the future */
	REFUSE_LATE,    /* past its first use */
	REFUSE_EXPIRED,
	REFUSE_LIFE,    /* longer than the configuration allows */
	REFUSE_REVOKED,
	REFUSE_USED,
	REFUSE_FULL,    /* too many channels of the ticket */
	REFUSE_DESKTOP, /* CONNECT names another desktop than the ticket */
	REFUSE_TARGET,  /* in no network of the configuration */
	REFUSE_AUTHORITY, /* the configuration has no such authority */
	REFUSE_UNREACHABLE,
	REFUSE_UNTRUSTED, /* the desktop's certificate */
	REFUSE_BUSY,
	REFUSE_DRAINING,
	REFUSE_TIMEOUT,
	REFUSE_PEER,    /* no PROXY header, no TLS, or gone before its request */
	REFUSE_GONE,    /* while the desktop was connected to */
	REFUSALS,
};

const char *refusal_name(enum refusal refusal);
guint refusal_status(enum refusal refusal); /* of HTTP; 0: no answer */

/* Why a connection that was let in ends. */
enum cause {
	END_CLIENT,  /* the client closed it */
	END_DESKTOP, /* the desktop did */
	END_TAKEN,   /* another viewer has the desktop now */
	END_EXPIRED,
	END_REVOKED,
	END_CHANNEL, /* not allowed by the ticket */
	END_NOT_SPICE,
	END_FRAME,   /* no WebSocket frame, or one that is not for us */
	END_TEXT,    /* a WebSocket message of text */
	END_SILENT,  /* no link message in time */
	END_STALLED, /* took nothing for too long */
	END_DEAD,    /* answered no ping */
	END_DRAIN,   /* the gateway stops */
	END_BROKEN,  /* an error of the network */
	CAUSES,
};

const char *cause_name(enum cause cause);
guint16 cause_code(enum cause cause); /* of the WebSocket's close */

#endif
