/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_STREAM_H
#define OSVDI_GATEWAY_STREAM_H

#include <glib.h>
#include <openssl/ssl.h>

#define STREAM_AGAIN -1
#define STREAM_ERROR -2

/* A connection that never blocks, with TLS or without. */
struct stream {
	int fd; /* -1: closed */
	SSL *ssl;
	guint32 read_needs, write_needs; /* EPOLLIN or EPOLLOUT: for this the call waits that
					 * said STREAM_AGAIN */
};

void stream_init(struct stream *stream, int fd);
/** The context is that of a server or a client. */
gboolean stream_start_tls(struct stream *stream, SSL_CTX *context, gboolean server);
/** 1: done. */
int stream_handshake(struct stream *stream);

/** Bytes, 0 at the end, STREAM_AGAIN or STREAM_ERROR. */
gssize stream_read(struct stream *stream, void *data, gsize size);
/** The next call after STREAM_AGAIN must give the same bytes, and may give more. */
gssize stream_write(struct stream *stream, const void *data, gsize size);
/** Whether bytes were received that epoll does not know about. */
gboolean stream_pending(const struct stream *stream);

/** Tells the peer that nothing more comes. */
void stream_shutdown(struct stream *stream);
void stream_close(struct stream *stream);

/* ---- TCP ----------------------------------------------------------------- */

/** No delay, small queues, and an end of connections that are dead. */
void stream_tune(int fd);
/** Also little that is received and not read: a desktop must feel a slow client. */
void stream_tune_desk(int fd);
/** The peer's "ADDRESS PORT", or "unix". Owner: caller. */
char *stream_peer(int fd);

/**
 * Listen at "ADDRESS:PORT", "[IPv6]:PORT" or "unix:PATH". Returns the descriptor, or
 * -1. port: which it became, for port 0.
 */
int stream_listen(const char *where, guint mode, guint *port, GError **error);

#endif
