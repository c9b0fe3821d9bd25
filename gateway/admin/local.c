/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "local.h"

#include "net/stream.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUESTION_MAX_BYTES 4096
#define PEERS_MAX 32

struct local {
	struct watch watch;
	struct loop *loop;
	local_answer answer;
	gpointer data;
	GQueue peers; /* struct peer */
};

struct peer {
	struct watch watch;
	struct local *local;
	struct stream stream;
	GList link;
	GString *question;
	char *answer;
	gsize at;
};

static void peer_free(gpointer data)
{
	struct peer *peer = data;

	g_string_free(peer->question, TRUE);
	g_free(peer->answer);
	g_free(peer);
}

static void peer_end(struct peer *peer)
{
	loop_unwatch(peer->local->loop, &peer->watch);
	stream_close(&peer->stream);
	g_queue_unlink(&peer->local->peers, &peer->link);
	loop_defer(peer->local->loop, peer_free, peer);
}

static void write_answer(struct peer *peer)
{
	while (peer->answer[peer->at]) {
		gssize n = stream_write(&peer->stream, peer->answer + peer->at,
				strlen(peer->answer + peer->at));

		if (n == STREAM_AGAIN) {
			loop_watch(peer->local->loop, &peer->watch, EPOLLOUT);
			return;
		}
		if (n < 0)
			break;
		peer->at += (gsize)n;
	}
	stream_shutdown(&peer->stream);
	peer_end(peer);
}

static void read_question(struct peer *peer)
{
	char bytes[1024];
	gssize n = stream_read(&peer->stream, bytes, sizeof bytes);

	if (n == STREAM_AGAIN)
		return;
	if (n <= 0 || peer->question->len + (gsize)n > QUESTION_MAX_BYTES) {
		peer_end(peer);
		return;
	}
	g_string_append_len(peer->question, bytes, n);
	peer->answer = peer->local->answer(peer->question->str, peer->question->len,
			peer->local->data);
	if (peer->answer)
		write_answer(peer);
}

static void on_peer(struct watch *watch, guint32 events)
{
	struct peer *peer = (struct peer *)watch;

	if (peer->answer)
		write_answer(peer);
	else
		read_question(peer);
}

/* The oldest makes room: one that asks nothing must not shut out who does. */
static void make_room(struct local *local)
{
	if (local->peers.length >= PEERS_MAX)
		peer_end(local->peers.head->data);
}

static void on_accept(struct watch *watch, guint32 events)
{
	struct local *local = (struct local *)watch;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct peer *peer;

	if (fd < 0)
		return;
	make_room(local);
	peer = g_new0(struct peer, 1);
	peer->local = local;
	peer->link.data = peer;
	peer->question = g_string_new(NULL);
	stream_init(&peer->stream, fd);
	peer->watch = (struct watch){ .fd = fd, .ready = on_peer };
	g_queue_push_tail_link(&local->peers, &peer->link);
	loop_watch(local->loop, &peer->watch, EPOLLIN);
}

struct local *local_new(struct loop *loop, const char *where, local_answer answer, gpointer data,
		GError **error)
{
	int fd = stream_listen(where, 0660, NULL, error);
	struct local *local;

	if (fd < 0)
		return NULL;
	local = g_new0(struct local, 1);
	local->loop = loop;
	local->answer = answer;
	local->data = data;
	local->watch = (struct watch){ .fd = fd, .ready = on_accept };
	loop_watch(loop, &local->watch, EPOLLIN);
	return local;
}

void local_free(struct local *local)
{
	if (!local)
		return;
	while (local->peers.head)
		peer_end(local->peers.head->data);
	loop_unwatch(local->loop, &local->watch);
	close(local->watch.fd);
	g_free(local);
}
