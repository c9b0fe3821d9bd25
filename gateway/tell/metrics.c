/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "metrics.h"

static void head(GString *out, const char *name, const char *type, const char *help)
{
	g_string_append_printf(out, "# HELP osvdi_gateway_%s %s\n# TYPE osvdi_gateway_%s %s\n",
			name, help, name, type);
}

static void one(GString *out, const char *name, const char *type, const char *help, guint64 value)
{
	head(out, name, type, help);
	g_string_append_printf(out, "osvdi_gateway_%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void labelled(GString *out, const char *name, const char *label, const char *value,
		guint64 number)
{
	g_string_append_printf(out, "osvdi_gateway_%s{%s=\"%s\"} %" G_GUINT64_FORMAT "\n", name,
			label, value, number);
}

static void write_causes(GString *out, const struct metrics *m)
{
	head(out, "refused_total", "counter", "Connections that were not let in.");
	for (guint i = 1; i < REFUSALS; i++)
		labelled(out, "refused_total", "reason", refusal_name((enum refusal)i),
				m->refused[i]);
	head(out, "ended_total", "counter", "Channels that were let in and have ended.");
	for (guint i = 0; i < CAUSES; i++)
		labelled(out, "ended_total", "cause", cause_name((enum cause)i), m->ended[i]);
	head(out, "opened_total", "counter", "Channels that were let in.");
	labelled(out, "opened_total", "by", "websocket", m->opened_websocket);
	labelled(out, "opened_total", "by", "connect", m->opened_connect);
	head(out, "bytes_total", "counter", "Bytes that were passed on, without frames.");
	labelled(out, "bytes_total", "to", "desktop", m->up_bytes);
	labelled(out, "bytes_total", "to", "client", m->down_bytes);
}

char *metrics_format(const struct metrics *m)
{
	GString *out = g_string_new(NULL);

	one(out, "accepted_total", "counter", "Connections that were taken.", m->accepted);
	write_causes(out, m);
	one(out, "paused_total", "counter", "Times that one side waited for the other.", m->paused);
	one(out, "revoked_channels_total", "counter", "Channels that a revocation ended.",
			m->revoked);
	one(out, "connections", "gauge", "Connections of clients.", m->connections);
	one(out, "handshakes", "gauge", "Connections that no ticket has let in yet.",
			m->handshakes);
	one(out, "channels", "gauge", "Channels that are open.", m->channels);
	one(out, "sessions", "gauge", "Sessions with open channels.", m->sessions);
	one(out, "draining", "gauge", "1 while no new connection is let in.", m->draining);
	return g_string_free(out, FALSE);
}
