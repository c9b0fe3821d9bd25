/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

static void put_who(struct audit_line *line, struct relay *relay)
{
	const struct ticket *ticket = relay->request.ticket;

	audit_text(line, "from", relay->peer);
	if (!ticket)
		return;
	audit_text(line, "session", ticket->session);
	audit_text(line, "desktop", ticket->desktop);
	audit_text(line, "user", ticket->user);
}

void record_opened(struct relay *relay)
{
	struct metrics *m = &relay->gateway->metrics;
	struct audit_line *line = audit_begin(relay->gateway->audit, "opened");

	put_who(line, relay);
	audit_text(line, "by", relay->request.connect ? "connect" : "websocket");
	audit_text(line, "way", ticket_way_name(relay->request.ticket->way));
	audit_end(line);
	m->channels++;
	if (relay->request.connect)
		m->opened_connect++;
	else
		m->opened_websocket++;
}

void record_refused(struct relay *relay, enum refusal refusal)
{
	struct audit_line *line;

	relay->gateway->metrics.refused[refusal]++;
	/* A balancer's look at whether we live, for one, says nothing. */
	if (refusal == REFUSE_PEER && !relay->input->len)
		return;
	line = audit_begin(relay->gateway->audit, "refused");
	put_who(line, relay);
	audit_text(line, "reason", refusal_name(refusal));
	audit_end(line);
}

void record_ended(struct relay *relay)
{
	struct metrics *m = &relay->gateway->metrics;
	struct audit_line *line = audit_begin(relay->gateway->audit, "ended");

	put_who(line, relay);
	audit_text(line, "channel", relay->linked ? channel_name(relay->channel.channel_type) :
			"silent");
	audit_text(line, "cause", cause_name(relay->cause));
	audit_number(line, "up_bytes", relay->up_bytes);
	audit_number(line, "down_bytes", relay->down_bytes);
	audit_number(line, "seconds", (guint64)(
			(loop_now_us(relay->gateway->loop) - relay->since_us) / G_USEC_PER_SEC));
	audit_end(line);
	m->ended[relay->cause]++;
	m->channels--;
	m->up_bytes += relay->up_bytes;
	m->down_bytes += relay->down_bytes;
	if (relay->cause == END_REVOKED)
		m->revoked++;
}
