/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

#include <string.h>

static void tell_channel(struct relay *relay, const char *event)
{
	struct audit_line *line = audit_begin(relay->gateway->audit, event);

	audit_text(line, "session", relay->request.ticket->session);
	audit_text(line, "from", relay->peer);
	audit_text(line, "channel", channel_name(relay->channel.channel_type));
	audit_number(line, "id", relay->channel.channel_id);
	audit_end(line);
}

static gboolean refuse_channel(struct relay *relay)
{
	guint8 bytes[WS_HEADER_MAX_BYTES + LINK_REFUSAL_BYTES];
	gsize n = link_refusal(bytes + WS_HEADER_MAX_BYTES);

	tell_channel(relay, "channel-refused");
	side_send(&relay->client, bytes + WS_HEADER_MAX_BYTES, n);
	relay_end(relay, END_CHANNEL);
	return FALSE;
}

static gboolean pass_link(struct relay *relay)
{
	guint8 bytes[WS_HEADER_MAX_BYTES + LINK_MAX_BYTES];
	guint size = relay->input->len;

	tell_channel(relay, "channel");
	relay->linked = TRUE;
	member_speaks(&relay->member, link_is_new_session(&relay->channel));
	memcpy(bytes + WS_HEADER_MAX_BYTES, relay->input->data, size);
	g_clear_pointer(&relay->input, g_byte_array_unref);
	if (side_send(&relay->desk, bytes + WS_HEADER_MAX_BYTES, size))
		return TRUE;
	relay_end(relay, END_BROKEN);
	return FALSE;
}

gboolean guard_client(struct relay *relay, guint8 *data, gsize size)
{
	gsize taken = MIN(size, LINK_MAX_BYTES - relay->input->len);
	enum link_result result;

	g_byte_array_append(relay->input, data, (guint)taken);
	result = link_parse(&relay->channel, relay->input->data, relay->input->len);
	if (result == LINK_MORE && relay->input->len < LINK_MAX_BYTES)
		return TRUE;
	if (result != LINK_OK) {
		relay_end(relay, END_NOT_SPICE);
		return FALSE;
	}
	if (!channel_is_allowed(relay->channels, relay->channel.channel_type))
		return refuse_channel(relay);
	if (!pass_link(relay))
		return FALSE;
	if (taken == size || side_send(&relay->desk, data + taken, size - taken))
		return TRUE;
	relay_end(relay, END_BROKEN);
	return FALSE;
}

void guard_desk(struct relay *relay, const guint8 *data, gsize size)
{
	if (relay->reply_state != LINK_WAITING)
		return;
	relay->reply_state = link_reply_follow(&relay->reply, data, size);
	if (relay->reply_state == LINK_WAITING)
		return;
	if (relay->reply_state == LINK_DENIED)
		tell_channel(relay, "desktop-refused");
	member_answered(&relay->member, relay->reply_state == LINK_ACCEPTED);
}
