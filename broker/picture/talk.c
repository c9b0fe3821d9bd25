/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/talk.h"

#include <osvdi-common/channel.h>
#include <string.h>

#include "base/error.h"
#include "picture/ticket.h"

struct talk {
	struct channel channel;
	struct talk_handler handler;
	char *password;
	GByteArray *out;
	GError *no_ticket; /* why the password could not be sealed */
};

G_STATIC_ASSERT(TICKET_BYTES == CHANNEL_TICKET_SIZE);

static void on_send(void *opaque, const uint8_t *data, size_t size)
{
	struct talk *t = opaque;

	g_byte_array_append(t->out, data, (guint)size);
}

static void on_key(void *opaque, const uint8_t *key)
{
	struct talk *t = opaque;
	guint8 ticket[TICKET_BYTES];

	if (ticket_seal(key, CHANNEL_KEY_SIZE, t->password, ticket, &t->no_ticket))
		channel_login(&t->channel, ticket);
}

static void on_open(void *opaque)
{
	struct talk *t = opaque;

	t->handler.open(t->handler.data, channel_caps(&t->channel));
}

static bool on_message(void *opaque, uint16_t type, const uint8_t *payload, size_t size)
{
	struct talk *t = opaque;

	t->handler.message(t->handler.data, type, payload, size);
	return true;
}

static const struct channel_ops ops = { on_send, on_key, on_open, on_message };

struct talk *talk_new(guint8 type, guint32 session, guint32 caps, const char *password,
		const struct talk_handler *handler)
{
	const struct channel_offer offer = { session, type, 0, caps };
	struct talk *t = g_new0(struct talk, 1);

	t->handler = *handler;
	t->password = g_strdup(password ? password : "");
	t->out = g_byte_array_new();
	channel_init(&t->channel, &ops, t);
	channel_start(&t->channel, &offer);
	return t;
}

void talk_free(struct talk *t)
{
	if (!t)
		return;
	channel_finish(&t->channel);
	explicit_bzero(t->password, strlen(t->password));
	g_free(t->password);
	g_byte_array_unref(t->out);
	g_clear_error(&t->no_ticket);
	g_free(t);
}

GByteArray *talk_output(struct talk *t)
{
	return t->out;
}

void talk_send(struct talk *t, guint16 type, const guint8 *body, gsize size)
{
	channel_send(&t->channel, type, body, size);
}

static const char *in_words(enum channel_error e)
{
	switch (e) {
	case CHANNEL_NOT_SPICE:
		return "does not speak SPICE";
	case CHANNEL_BAD_VERSION:
		return "speaks another version of SPICE, or is older than 2010";
	case CHANNEL_NEEDS_TLS:
		return "wants TLS for this channel";
	case CHANNEL_DENIED:
		return "wants another password";
	case CHANNEL_REFUSED:
		return "refuses the channel";
	case CHANNEL_TOO_LONG:
		return "sends a message that is larger than any screen";
	case CHANNEL_NO_MEMORY:
		return "sends more than there is memory for";
	default:
		return "sends bytes that cannot be";
	}
}

gboolean talk_feed(struct talk *t, const guint8 *bytes, gsize n, GError **error)
{
	enum channel_error e = channel_feed(&t->channel, bytes, n);

	if (t->no_ticket) {
		g_propagate_error(error, g_steal_pointer(&t->no_ticket));
		return FALSE;
	}
	if (e == CHANNEL_OK)
		return TRUE;
	g_set_error(error, BROKER_ERROR,
			e == CHANNEL_DENIED ? BROKER_ERROR_AUTH : BROKER_ERROR_SERVICE,
			"the SPICE server %s", in_words(e));
	return FALSE;
}
