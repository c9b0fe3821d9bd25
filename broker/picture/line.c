/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/line.h"

#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "picture/trust.h"

struct line {
	struct addrinfo *addresses, *next;
	char *name; /* "host:port", for messages */
	int fd;
	gboolean connected, shaken;
	SSL_CTX *context;
	SSL *ssl; /* NULL: TCP alone */
	char *subject;
	gboolean wants_write;
};

static gboolean fail(const struct line *l, const char *why, GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: %s", l->name, why);
	return FALSE;
}

/* The next address of the host; the last one's failure is the host's. */
static gboolean connect_next(struct line *l, GError **error)
{
	int cause = ENOENT;

	while (l->next) {
		const struct addrinfo *a = l->next;

		l->next = a->ai_next;
		if (l->fd >= 0)
			close(l->fd);
		l->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (l->fd >= 0 && (connect(l->fd, a->ai_addr, a->ai_addrlen) == 0 ||
				errno == EINPROGRESS))
			return TRUE;
		cause = errno;
	}
	return fail(l, g_strerror(cause), error);
}

static gboolean look_up(struct line *l, const struct line_target *t, GError **error)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	g_autofree char *port = g_strdup_printf("%d", t->port);
	int e = getaddrinfo(t->host, port, &hints, &l->addresses);

	if (e)
		return fail(l, gai_strerror(e), error);
	l->next = l->addresses;
	return connect_next(l, error);
}

struct line *line_new(const struct line_target *t, GError **error)
{
	g_autoptr(auto_line) l = g_new0(struct line, 1);

	l->fd = -1;
	l->name = g_strdup_printf("%s:%d", t->host, t->port);
	l->subject = g_strdup(t->subject);
	if (t->tls) {
		l->context = trust_context(t->ca, error);
		l->ssl = l->context ? trust_session(l->context, t->host, t->subject, error) : NULL;
		if (!l->ssl)
			return NULL;
	}
	return look_up(l, t, error) ? g_steal_pointer(&l) : NULL;
}

void line_free(struct line *l)
{
	if (!l)
		return;
	SSL_free(l->ssl);
	SSL_CTX_free(l->context);
	if (l->addresses)
		freeaddrinfo(l->addresses);
	if (l->fd >= 0)
		close(l->fd);
	g_free(l->subject);
	g_free(l->name);
	g_free(l);
}

void line_poll(const struct line *l, gboolean want_write, GPollFD *fd)
{
	fd->fd = l->fd;
	fd->events = G_IO_IN;
	if (!l->connected || l->wants_write || (l->shaken && want_write))
		fd->events |= G_IO_OUT;
	fd->revents = 0;
}

/* ------------------------------------------------------------- TCP */

static gboolean finish_connect(struct line *l, GError **error)
{
	int cause = 0;
	socklen_t size = sizeof(cause);
	struct pollfd p = { .fd = l->fd, .events = POLLOUT };

	if (poll(&p, 1, 0) < 1)
		return TRUE;
	if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &cause, &size) || cause)
		return l->next ? connect_next(l, error) : fail(l, g_strerror(cause), error);
	l->connected = TRUE;
	if (l->ssl && SSL_set_fd(l->ssl, l->fd) != 1)
		return fail(l, "no TLS on this socket", error);
	l->shaken = !l->ssl;
	return TRUE;
}

static gboolean may_wait(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static gboolean tcp_send(struct line *l, GByteArray *out, GError **error)
{
	gssize n = out->len ? send(l->fd, out->data, out->len, MSG_NOSIGNAL) : 0;

	if (n > 0)
		g_byte_array_remove_range(out, 0, (guint)n);
	return n >= 0 || may_wait() || fail(l, g_strerror(errno), error);
}

static gboolean tcp_receive(struct line *l, guint8 *in, gsize size, gsize *got, GError **error)
{
	gssize n = recv(l->fd, in, size, 0);

	if (n == 0)
		return fail(l, "the server closed the connection", error);
	*got = n > 0 ? (gsize)n : 0;
	return n > 0 || may_wait() || fail(l, g_strerror(errno), error);
}

/* ------------------------------------------------------------- TLS */

static gboolean tls_may_wait(struct line *l, int result, GError **error)
{
	int cause = SSL_get_error(l->ssl, result);
	char text[256] = "the server closed the connection";

	l->wants_write = cause == SSL_ERROR_WANT_WRITE;
	if (l->wants_write || cause == SSL_ERROR_WANT_READ)
		return TRUE;
	if (SSL_get_verify_result(l->ssl) != X509_V_OK)
		g_strlcpy(text, X509_verify_cert_error_string(SSL_get_verify_result(l->ssl)),
				sizeof(text));
	else if (cause == SSL_ERROR_SSL)
		ERR_error_string_n(ERR_peek_error(), text, sizeof(text));
	ERR_clear_error();
	return fail(l, text, error);
}

static gboolean shake_hands(struct line *l, GError **error)
{
	int result = SSL_connect(l->ssl);

	if (result != 1)
		return tls_may_wait(l, result, error);
	l->wants_write = FALSE;
	l->shaken = trust_is_expected(l->ssl, l->subject);
	return l->shaken || fail(l, "its certificate has another subject", error);
}

static gboolean tls_send(struct line *l, GByteArray *out, GError **error)
{
	int n = out->len ? SSL_write(l->ssl, out->data, (int)MIN(out->len, G_MAXINT)) : 1;

	if (n <= 0)
		return tls_may_wait(l, n, error);
	if (out->len)
		g_byte_array_remove_range(out, 0, (guint)n);
	return TRUE;
}

static gboolean tls_receive(struct line *l, guint8 *in, gsize size, gsize *got, GError **error)
{
	int n = SSL_read(l->ssl, in, (int)MIN(size, G_MAXINT));

	*got = n > 0 ? (gsize)n : 0;
	return n > 0 || tls_may_wait(l, n, error);
}

gboolean line_step(struct line *l, GByteArray *out, guint8 *in, gsize size, gsize *n,
		GError **error)
{
	*n = 0;
	if (!l->connected && !finish_connect(l, error))
		return FALSE;
	if (l->connected && !l->shaken && !shake_hands(l, error))
		return FALSE;
	if (!l->shaken)
		return TRUE;
	if (l->ssl)
		return tls_send(l, out, error) && tls_receive(l, in, size, n, error);
	return tcp_send(l, out, error) && tcp_receive(l, in, size, n, error);
}
