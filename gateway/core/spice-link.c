/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spice-link.h"

#include <spice/protocol.h>
#include <string.h>

G_STATIC_ASSERT(LINK_REFUSAL_BYTES >= sizeof(SpiceLinkHeader) + sizeof(SpiceLinkReply));

static gboolean header_read(SpiceLinkHeader *header, const guint8 *data)
{
	memcpy(header, data, sizeof *header);
	header->size = GUINT32_FROM_LE(header->size);
	return header->magic == SPICE_MAGIC &&
			GUINT32_FROM_LE(header->major_version) == SPICE_VERSION_MAJOR;
}

/* The bytes of capabilities must be in the message, neither before their place nor past its end. */
static gboolean caps_fit(const SpiceLinkMess *mess, guint32 size)
{
	guint64 offset = GUINT32_FROM_LE(mess->caps_offset);
	guint64 words = (guint64)GUINT32_FROM_LE(mess->num_common_caps) +
			GUINT32_FROM_LE(mess->num_channel_caps);

	return (offset >= sizeof *mess || !words) && offset + words * 4 <= size;
}

enum link_result link_parse(struct link *link, const guint8 *data, gsize size)
{
	SpiceLinkHeader header;
	SpiceLinkMess mess;

	/* The first bytes tell whether a client speaks SPICE. */
	if (memcmp(data, "REDQ", MIN(size, 4)) != 0)
		return LINK_BAD;
	if (size < sizeof header)
		return LINK_MORE;
	if (!header_read(&header, data) || header.size < sizeof mess ||
			header.size > LINK_MAX_BYTES - sizeof header)
		return LINK_BAD;
	if (size < sizeof header + header.size)
		return LINK_MORE;
	memcpy(&mess, data + sizeof header, sizeof mess);
	if (!caps_fit(&mess, header.size))
		return LINK_BAD;
	*link = (struct link){
		.connection_id = GUINT32_FROM_LE(mess.connection_id),
		.channel_type = mess.channel_type,
		.channel_id = mess.channel_id,
		.size = sizeof header + header.size,
	};
	return LINK_OK;
}

gsize link_refusal(guint8 out[LINK_REFUSAL_BYTES])
{
	SpiceLinkHeader header = {
		.magic = SPICE_MAGIC,
		.major_version = GUINT32_TO_LE(SPICE_VERSION_MAJOR),
		.minor_version = GUINT32_TO_LE(SPICE_VERSION_MINOR),
		.size = GUINT32_TO_LE(sizeof(SpiceLinkReply)),
	};
	SpiceLinkReply reply = {
		.error = GUINT32_TO_LE(SPICE_LINK_ERR_PERMISSION_DENIED),
		.caps_offset = GUINT32_TO_LE(sizeof(SpiceLinkReply)),
	};

	memcpy(out, &header, sizeof header);
	memcpy(out + sizeof header, &reply, sizeof reply);
	return sizeof header + sizeof reply;
}

gboolean link_is_new_session(const struct link *link)
{
	return link->channel_type == SPICE_CHANNEL_MAIN && link->connection_id == 0;
}

/* Copies up to what is missing; returns how many bytes. */
static gsize fill(guint8 *out, guint *have, guint need, const guint8 *data, gsize size)
{
	gsize n = MIN(size, need - *have);

	memcpy(out + *have, data, n);
	*have += (guint)n;
	return n;
}

static guint32 word_at(const guint8 *bytes)
{
	guint32 word;

	memcpy(&word, bytes, sizeof word);
	return GUINT32_FROM_LE(word);
}

static void begin_skip(struct link_reply *reply)
{
	SpiceLinkHeader header;

	if (!header_read(&header, reply->bytes) || header.size < 4 || header.size > LINK_MAX_BYTES)
		reply->lost = TRUE;
	else
		reply->skip = header.size - 4;
}

static enum link_state judge(const struct link_reply *reply)
{
	if (reply->lost)
		return LINK_UNKNOWN;
	if (reply->have < sizeof reply->bytes)
		return LINK_WAITING;
	if (word_at(reply->bytes + 16) != SPICE_LINK_ERR_OK)
		return LINK_DENIED;
	if (reply->have_result < sizeof reply->result)
		return LINK_WAITING;
	return word_at(reply->result) == SPICE_LINK_ERR_OK ? LINK_ACCEPTED : LINK_DENIED;
}

enum link_state link_reply_follow(struct link_reply *reply, const guint8 *data, gsize size)
{
	gsize n;

	if (judge(reply) != LINK_WAITING)
		return judge(reply);
	if (reply->have < sizeof reply->bytes) {
		n = fill(reply->bytes, &reply->have, sizeof reply->bytes, data, size);
		data += n;
		size -= n;
		if (reply->have == sizeof reply->bytes)
			begin_skip(reply);
	}
	n = MIN(size, reply->skip);
	reply->skip -= n;
	if (!reply->lost && reply->have == sizeof reply->bytes && !reply->skip)
		fill(reply->result, &reply->have_result, sizeof reply->result, data + n, size - n);
	return judge(reply);
}
