/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-accel-protocol.h>
#include <osvdi-common/channel.h>
#include <osvdi-common/memory.h>

/* Numbers of SPICE's protocol. */
#define MAGIC "REDQ"
#define MAJOR 2u
#define MINOR 2u
#define LINK_HEADER_SIZE 16u /* magic, major, minor, size of what follows */
#define LINK_FIXED_SIZE 18u  /* connection, type, id, numbers of capabilities, their offset */
#define REPLY_FIXED_SIZE (4u + CHANNEL_KEY_SIZE + 12u)
#define REPLY_MAX_SIZE 4096u
#define RESULT_SIZE 4u
#define MESSAGE_HEADER_SIZE 6u /* u16 type, u32 size */

#define CAP_AUTH_SELECTION (1u << 0)
#define CAP_AUTH_SPICE (1u << 1)
#define CAP_MINI_HEADER (1u << 3)
#define AUTH_SPICE 1u

enum {
	RESULT_OK = 0,
	RESULT_NOT_SPICE = 2,
	RESULT_BAD_VERSION = 4,
	RESULT_NEEDS_TLS = 5,
	RESULT_DENIED = 7,
};

enum {
	MSG_SET_ACK = 3,
	MSG_PING = 4,
	MSGC_ACK_SYNC = 1,
	MSGC_ACK = 2,
	MSGC_PONG = 3,
};
#define PONG_SIZE 12u /* u32 id, u64 time; a ping has bytes behind them */

void channel_init(struct channel *channel, const struct channel_ops *ops, void *opaque)
{
	memset(channel, 0, sizeof *channel);
	channel->ops = ops;
	channel->opaque = opaque;
}

void channel_finish(struct channel *channel)
{
	free(channel->data);
	channel->data = NULL;
	channel->size = channel->capacity = 0;
	channel->state = CHANNEL_CLOSED;
}

/* ---- to the server ------------------------------------------------------- */

void channel_start(struct channel *channel, const struct channel_offer *offer)
{
	uint8_t message[LINK_HEADER_SIZE + LINK_FIXED_SIZE + 8] = MAGIC;
	uint8_t *p = message + LINK_HEADER_SIZE;

	osvdi_put32(message + 4, MAJOR);
	osvdi_put32(message + 8, MINOR);
	osvdi_put32(message + 12, LINK_FIXED_SIZE + 8);
	osvdi_put32(p, offer->connection);
	p[4] = offer->type;
	p[5] = offer->id;
	osvdi_put32(p + 6, 1);
	osvdi_put32(p + 10, 1);
	osvdi_put32(p + 14, LINK_FIXED_SIZE);
	osvdi_put32(p + 18, CAP_AUTH_SELECTION | CAP_AUTH_SPICE | CAP_MINI_HEADER);
	osvdi_put32(p + 22, offer->caps);
	channel->state = CHANNEL_LINKING;
	channel->size = 0;
	channel->caps = channel->window = channel->left = 0;
	channel->ops->send(channel->opaque, message, sizeof message);
}

uint32_t channel_caps(const struct channel *channel)
{
	return channel->caps;
}

bool channel_login(struct channel *channel, const uint8_t *ticket)
{
	uint8_t message[4 + CHANNEL_TICKET_SIZE];
	size_t skip = channel->selects ? 0 : 4;

	if (channel->state != CHANNEL_LOGIN)
		return false;
	osvdi_put32(message, AUTH_SPICE);
	memcpy(message + 4, ticket, CHANNEL_TICKET_SIZE);
	channel->state = CHANNEL_JUDGED;
	channel->ops->send(channel->opaque, message + skip, sizeof message - skip);
	return true;
}

bool channel_send(struct channel *channel, uint16_t type, const uint8_t *payload, size_t size)
{
	uint8_t message[MESSAGE_HEADER_SIZE + CHANNEL_MAX_SEND];

	if (channel->state != CHANNEL_OPEN || size > CHANNEL_MAX_SEND)
		return false;
	osvdi_put16(message, type);
	osvdi_put32(message + 2, (uint32_t)size);
	if (size)
		memcpy(message + MESSAGE_HEADER_SIZE, payload, size);
	channel->ops->send(channel->opaque, message, MESSAGE_HEADER_SIZE + size);
	return true;
}

/* ---- the handshake ------------------------------------------------------- */

static enum channel_error judge(uint32_t result)
{
	switch (result) {
	case RESULT_OK:
		return CHANNEL_OK;
	case RESULT_NOT_SPICE:
		return CHANNEL_NOT_SPICE;
	case RESULT_BAD_VERSION:
		return CHANNEL_BAD_VERSION;
	case RESULT_NEEDS_TLS:
		return CHANNEL_NEEDS_TLS;
	case RESULT_DENIED:
		return CHANNEL_DENIED;
	default:
		return CHANNEL_REFUSED;
	}
}

/* The first words of the server's common capabilities, and behind them of those for this type
 * of channel; false: they lie outside the answer. */
static bool read_caps(const uint8_t *reply, size_t size, uint32_t *common, uint32_t *own)
{
	uint32_t n_common = osvdi_get32(reply + 4 + CHANNEL_KEY_SIZE);
	uint32_t n_own = osvdi_get32(reply + 8 + CHANNEL_KEY_SIZE);
	uint32_t offset = osvdi_get32(reply + 12 + CHANNEL_KEY_SIZE);

	*common = *own = 0;
	if (!n_common && !n_own)
		return true;
	if (offset > size || n_common > (size - offset) / 4 ||
			n_own > (size - offset) / 4 - n_common)
		return false;
	if (n_common)
		*common = osvdi_get32(reply + offset);
	if (n_own)
		*own = osvdi_get32(reply + offset + 4 * n_common);
	return true;
}

static enum channel_error take_reply(struct channel *channel, const uint8_t *reply, size_t size)
{
	enum channel_error error;
	uint32_t caps;

	if (size < 4)
		return CHANNEL_DAMAGED;
	error = judge(osvdi_get32(reply));
	if (error != CHANNEL_OK)
		return error;
	if (size < REPLY_FIXED_SIZE || !read_caps(reply, size, &caps, &channel->caps))
		return CHANNEL_DAMAGED;
	if (!(caps & CAP_MINI_HEADER))
		return CHANNEL_BAD_VERSION;
	channel->selects = caps & CAP_AUTH_SELECTION;
	channel->state = CHANNEL_LOGIN;
	channel->ops->key(channel->opaque, reply + 4);
	return CHANNEL_OK;
}

static enum channel_error take_result(struct channel *channel, const uint8_t *data)
{
	enum channel_error error = judge(osvdi_get32(data));

	if (error != CHANNEL_OK)
		return error;
	channel->state = CHANNEL_OPEN;
	channel->ops->open(channel->opaque);
	return CHANNEL_OK;
}

/* ---- messages ------------------------------------------------------------ */

static void count_message(struct channel *channel)
{
	if (!channel->window || --channel->left)
		return;
	channel->left = channel->window;
	channel_send(channel, MSGC_ACK, NULL, 0);
}

static enum channel_error set_window(struct channel *channel, const uint8_t *payload, size_t size)
{
	if (size < 8)
		return CHANNEL_DAMAGED;
	channel->window = channel->left = osvdi_get32(payload + 4);
	channel_send(channel, MSGC_ACK_SYNC, payload, 4);
	return CHANNEL_OK;
}

static enum channel_error take_message(struct channel *channel, const uint8_t *data, size_t size)
{
	uint16_t type = osvdi_get16(data);
	const uint8_t *payload = data + MESSAGE_HEADER_SIZE;

	size -= MESSAGE_HEADER_SIZE;
	count_message(channel);
	if (type == MSG_SET_ACK)
		return set_window(channel, payload, size);
	if (type == MSG_PING) {
		if (size < PONG_SIZE)
			return CHANNEL_DAMAGED;
		channel_send(channel, MSGC_PONG, payload, PONG_SIZE);
		return CHANNEL_OK;
	}
	return channel->ops->message(channel->opaque, type, payload, size) ? CHANNEL_OK :
			CHANNEL_DAMAGED;
}

/* ---- framing ------------------------------------------------------------- */

static enum channel_error measure_reply(const uint8_t *data, size_t size, size_t *total)
{
	*total = LINK_HEADER_SIZE;
	if (memcmp(data, MAGIC, size < 4 ? size : 4) != 0)
		return CHANNEL_NOT_SPICE;
	if (size < LINK_HEADER_SIZE)
		return CHANNEL_OK;
	if (osvdi_get32(data + 4) != MAJOR)
		return CHANNEL_BAD_VERSION;
	*total += osvdi_get32(data + 12);
	return *total > LINK_HEADER_SIZE + REPLY_MAX_SIZE || *total < LINK_HEADER_SIZE ?
			CHANNEL_DAMAGED : CHANNEL_OK;
}

static enum channel_error measure_message(const uint8_t *data, size_t size, size_t *total)
{
	*total = MESSAGE_HEADER_SIZE;
	if (size < MESSAGE_HEADER_SIZE)
		return CHANNEL_OK;
	if (osvdi_get32(data + 2) > CHANNEL_MAX_MESSAGE)
		return CHANNEL_TOO_LONG;
	*total += osvdi_get32(data + 2);
	return CHANNEL_OK;
}

/* How many bytes the next part has, as far as its front tells. */
static enum channel_error measure(const struct channel *channel, const uint8_t *data, size_t size,
		size_t *total)
{
	switch (channel->state) {
	case CHANNEL_LINKING:
		return measure_reply(data, size, total);
	case CHANNEL_JUDGED:
		*total = RESULT_SIZE;
		return CHANNEL_OK;
	case CHANNEL_OPEN:
		return measure_message(data, size, total);
	default:
		return CHANNEL_DAMAGED; /* nobody asked the server for anything */
	}
}

static enum channel_error take(struct channel *channel, const uint8_t *data, size_t size)
{
	switch (channel->state) {
	case CHANNEL_LINKING:
		return take_reply(channel, data + LINK_HEADER_SIZE, size - LINK_HEADER_SIZE);
	case CHANNEL_JUDGED:
		return take_result(channel, data);
	default:
		return take_message(channel, data, size);
	}
}

static bool keep(struct channel *channel, const uint8_t *data, size_t size)
{
	size_t capacity = channel->capacity ? channel->capacity : 4096;
	uint8_t *more;

	while (capacity - channel->size < size)
		capacity *= 2;
	if (capacity != channel->capacity) {
		more = realloc(channel->data, capacity);
		if (!more)
			return false;
		channel->data = more;
		channel->capacity = capacity;
	}
	memcpy(channel->data + channel->size, data, size);
	channel->size += size;
	return true;
}

/* One step: takes a part that is whole, or keeps bytes. *used: of data. */
static enum channel_error step(struct channel *channel, const uint8_t *data, size_t size,
		size_t *used)
{
	bool kept = channel->size > 0;
	const uint8_t *front = kept ? channel->data : data;
	size_t have = kept ? channel->size : size, total;
	enum channel_error error = measure(channel, front, have, &total);

	*used = 0;
	if (error != CHANNEL_OK)
		return error;
	if (have < total) {
		*used = !kept ? size : size < total - have ? size : total - have;
		return keep(channel, data, *used) ? CHANNEL_OK : CHANNEL_NO_MEMORY;
	}
	*used = kept ? 0 : total;
	channel->size = 0;
	return take(channel, front, total);
}

enum channel_error channel_feed(struct channel *channel, const uint8_t *data, size_t size)
{
	enum channel_error error;
	size_t used;

	if (channel->state == CHANNEL_ENDED)
		return CHANNEL_BROKEN;
	while (size || channel->size) {
		size_t before = channel->size;

		error = step(channel, data, size, &used);
		if (error != CHANNEL_OK) {
			channel->state = CHANNEL_ENDED;
			return error;
		}
		if (!used && channel->size == before)
			return CHANNEL_OK; /* the rest has to come first */
		data += used;
		size -= used;
	}
	return CHANNEL_OK;
}
