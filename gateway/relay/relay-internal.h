/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_RELAY_INTERNAL_H
#define OSVDI_GATEWAY_RELAY_INTERNAL_H

/*
 * One client's connection and the desktop's. The files of this folder; each calls
 * only those below it:
 *
 *   gateway.c  what all connections share
 *   relay.c    a connection begins; its events and its time
 *   hello.c    STATE_PROXY to STATE_HEAD: who is it, and is the ticket good
 *   desk.c     STATE_RESOLVE to STATE_DESK_UPGRADE: the way to the desktop
 *   pump.c     STATE_OPEN: moving bytes
 *   guard.c    the link messages, as they pass
 *   end.c      states and ends
 *   record.c   what the record and the metrics get
 *   side.c     writing to one side
 */
#include "admit.h"
#include "core/proxy-header.h"
#include "core/spice-link.h"
#include "core/ws-frame.h"
#include "gateway.h"
#include "net/stream.h"
#include "policy/sessions.h"

#define CHUNK_BYTES 65536

enum state {
	STATE_PROXY,        /* waits for the PROXY header */
	STATE_TLS,          /* the client's handshake */
	STATE_HEAD,
	STATE_RESOLVE,
	STATE_CONNECT,
	STATE_DESK_TLS,
	STATE_DESK_UPGRADE,
	STATE_OPEN,
	STATE_CLOSING,      /* last bytes are written */
	STATE_DEAD,
};

enum codec {
	CODEC_RAW,
	CODEC_WS_SERVER, /* the peer is a WebSocket client */
	CODEC_WS_CLIENT,
};

struct side {
	struct watch watch; /* first: events find the side by it */
	struct relay *relay;
	struct stream stream;
	enum codec codec;
	struct ws_decoder decoder;
	guint8 *out; /* not taken by the peer yet; NULL: nothing */
	gsize out_at, out_length, out_size;
	gboolean ended;        /* nothing more comes from the peer */
	gboolean paused;       /* not read, since the other side has not taken all */
	gint64 heard_us, moved_us, pinged_us;
};

struct relay {
	struct gateway *gateway;
	void (*ready)(struct watch *watch, guint32 events); /* of its sides */
	GList link; /* in gateway->young, or gateway->open */
	enum state state;
	gboolean greeting; /* no ticket has let it in yet */
	gboolean shut;     /* STATE_CLOSING: the client was told the end */
	struct side client, desk;
	char *peer; /* for the record */
	gint64 since_us, deadline_us;

	/* until it is open */
	GByteArray *input; /* PROXY header, HTTP head, then the link message */
	GArray *addresses; /* struct address */
	guint next_address;
	gboolean any_allowed;
	struct lookup *lookup;
	GByteArray *answer; /* of the desktop's WebSocket */
	struct request request;
	char *head;         /* the answer that lets it in, once the desktop is reached */
	char *expect;       /* Sec-WebSocket-Accept of the desktop's side */

	gboolean joined;
	struct member member;
	guint32 channels; /* that the ticket allows */
	gboolean linked;
	struct link channel;
	struct link_reply reply;
	enum link_state reply_state;
	enum cause cause;
	guint64 up_bytes, down_bytes;
};

struct listener {
	struct watch watch;
	struct gateway *gateway;
};

struct gateway {
	const struct config *config;
	struct loop *loop;
	struct resolver *resolver;
	struct sessions *sessions;
	struct keys *keys;
	struct audit *audit;
	struct metrics metrics;
	SSL_CTX *tls;            /* of our own port, or NULL */
	GHashTable *authorities; /* name: SSL_CTX */
	GPtrArray *listeners;
	GQueue open, young; /* struct relay: those of STATE_OPEN, all others */
	gint64 next_second_us;
	gboolean draining;
	gint64 drain_end_us;
	guint8 *scratch; /* CHUNK_BYTES, and room for a frame's header in front */
};

/* relay.c */
void relay_accept(struct gateway *gateway, int fd);
void relay_tick(struct relay *relay);

/* end.c */
void relay_set_state(struct relay *relay, enum state state, gint64 seconds);
void relay_refuse(struct relay *relay, enum refusal refusal);
void relay_end(struct relay *relay, enum cause cause);
void relay_step_closing(struct relay *relay);
void relay_die(struct relay *relay);

/* record.c */
void record_opened(struct relay *relay);
void record_refused(struct relay *relay, enum refusal refusal);
void record_ended(struct relay *relay);

/* hello.c */
void hello_step(struct relay *relay);

/* desk.c */
void desk_start(struct relay *relay);
void desk_step(struct relay *relay);
void desk_hang_up(struct relay *relay);

/* pump.c */
void pump_open(struct relay *relay, const guint8 *extra, gsize extra_size, const guint8 *desk_extra,
		gsize desk_extra_size);
void pump_step(struct side *side, guint32 events);
void pump_tick(struct relay *relay);

/* guard.c: FALSE: the relay ends */
gboolean guard_client(struct relay *relay, guint8 *data, gsize size);
void guard_desk(struct relay *relay, const guint8 *data, gsize size);

/* side.c */
void side_init(struct side *side, struct relay *relay, int fd);
gboolean side_write(struct side *side, const void *data, gsize size); /* FALSE: broken */
gboolean side_flush(struct side *side);
/* data: WS_HEADER_MAX_BYTES in front of it are overwritten */
gboolean side_send(struct side *side, guint8 *data, gsize size);
gboolean side_control(struct side *side, enum ws_opcode opcode, const void *data, gsize size);
void side_close(struct side *side);
void side_watch(struct side *side, gboolean in);

#endif
