/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void stream_init(struct stream *stream, int fd)
{
	*stream = (struct stream){ .fd = fd, .read_needs = EPOLLIN, .write_needs = EPOLLOUT };
}

gboolean stream_start_tls(struct stream *stream, SSL_CTX *context, gboolean server)
{
	stream->ssl = SSL_new(context);
	if (!stream->ssl || !SSL_set_fd(stream->ssl, stream->fd))
		return FALSE;
	SSL_set_mode(stream->ssl,
			SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					SSL_MODE_RELEASE_BUFFERS);
	if (server)
		SSL_set_accept_state(stream->ssl);
	else
		SSL_set_connect_state(stream->ssl);
	return TRUE;
}

/* The meaning of a call of OpenSSL that did not succeed. */
static gssize judge(struct stream *stream, int result, guint32 *needs)
{
	switch (SSL_get_error(stream->ssl, result)) {
	case SSL_ERROR_WANT_READ: *needs = EPOLLIN; return STREAM_AGAIN;
	case SSL_ERROR_WANT_WRITE: *needs = EPOLLOUT; return STREAM_AGAIN;
	case SSL_ERROR_ZERO_RETURN: return 0;
	default: return STREAM_ERROR;
	}
}

int stream_handshake(struct stream *stream)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(stream->ssl);
	if (result == 1)
		return 1;
	return judge(stream, result, &stream->read_needs) == STREAM_AGAIN ? STREAM_AGAIN :
			STREAM_ERROR;
}

static gssize plain_result(gssize n)
{
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? STREAM_AGAIN : STREAM_ERROR;
}

gssize stream_read(struct stream *stream, void *data, gsize size)
{
	int n;

	stream->read_needs = EPOLLIN;
	if (!stream->ssl)
		return plain_result(recv(stream->fd, data, size, MSG_DONTWAIT));
	ERR_clear_error();
	n = SSL_read(stream->ssl, data, (int)MIN(size, G_MAXINT));
	return n > 0 ? n : judge(stream, n, &stream->read_needs);
}

gssize stream_write(struct stream *stream, const void *data, gsize size)
{
	gssize n;

	stream->write_needs = EPOLLOUT;
	if (!stream->ssl)
		return plain_result(send(stream->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL));
	ERR_clear_error();
	n = SSL_write(stream->ssl, data, (int)MIN(size, G_MAXINT));
	if (n > 0)
		return n;
	n = judge(stream, (int)n, &stream->write_needs);
	return n == STREAM_AGAIN ? n : STREAM_ERROR;
}

gboolean stream_pending(const struct stream *stream)
{
	return stream->ssl && SSL_has_pending(stream->ssl);
}

void stream_shutdown(struct stream *stream)
{
	if (stream->fd < 0)
		return;
	ERR_clear_error();
	if (stream->ssl && SSL_is_init_finished(stream->ssl))
		SSL_shutdown(stream->ssl);
	shutdown(stream->fd, SHUT_WR);
}

void stream_close(struct stream *stream)
{
	if (stream->ssl)
		SSL_free(stream->ssl);
	if (stream->fd >= 0)
		close(stream->fd);
	stream->ssl = NULL;
	stream->fd = -1;
}
