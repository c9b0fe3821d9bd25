/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cause.h"

static const struct {
	const char *name;
	guint status;
} refusals[REFUSALS] = {
	[REFUSE_NOTHING] = { "none", 0 },
	[REFUSE_HEAD] = { "head", 400 },
	[REFUSE_METHOD] = { "method", 405 },
	[REFUSE_PATH] = { "path", 404 },
	[REFUSE_UPGRADE] = { "upgrade", 426 },
	[REFUSE_PROTOCOL] = { "protocol", 400 },
	[REFUSE_ORIGIN] = { "origin", 403 },
	[REFUSE_NO_TICKET] = { "no-ticket", 401 },
	[REFUSE_TICKET] = { "ticket", 403 },
	[REFUSE_BROWSER] = { "browser", 403 },
	[REFUSE_EARLY] = { "early", 403 },
	[REFUSE_LATE] = { "late", 403 },
	[REFUSE_EXPIRED] = { "expired", 403 },
	[REFUSE_LIFE] = { "life", 403 },
	[REFUSE_REVOKED] = { "revoked", 403 },
	[REFUSE_USED] = { "used", 403 },
	[REFUSE_FULL] = { "full", 429 },
	[REFUSE_DESKTOP] = { "desktop", 403 },
	[REFUSE_TARGET] = { "target", 403 },
	[REFUSE_AUTHORITY] = { "authority", 403 },
	[REFUSE_UNREACHABLE] = { "unreachable", 502 },
	[REFUSE_UNTRUSTED] = { "untrusted", 502 },
	[REFUSE_BUSY] = { "busy", 503 },
	[REFUSE_DRAINING] = { "draining", 503 },
	[REFUSE_TIMEOUT] = { "timeout", 0 },
	[REFUSE_PEER] = { "peer", 0 },
	[REFUSE_GONE] = { "gone", 0 },
};

static const struct {
	const char *name;
	guint16 code;
} causes[CAUSES] = {
	[END_CLIENT] = { "client", 1000 },
	[END_DESKTOP] = { "desktop", 1000 },
	[END_TAKEN] = { "taken", 4001 },
	[END_EXPIRED] = { "expired", 4002 },
	[END_REVOKED] = { "revoked", 4003 },
	[END_CHANNEL] = { "channel", 1008 },
	[END_NOT_SPICE] = { "not-spice", 1008 },
	[END_FRAME] = { "frame", 1002 },
	[END_TEXT] = { "text", 1003 },
	[END_SILENT] = { "silent", 1008 },
	[END_STALLED] = { "stalled", 1008 },
	[END_DEAD] = { "dead", 1001 },
	[END_DRAIN] = { "drain", 1001 },
	[END_BROKEN] = { "broken", 1011 },
};

const char *refusal_name(enum refusal refusal)
{
	return refusals[refusal].name;
}

guint refusal_status(enum refusal refusal)
{
	return refusals[refusal].status;
}

const char *cause_name(enum cause cause)
{
	return causes[cause].name;
}

guint16 cause_code(enum cause cause)
{
	return causes[cause].code;
}
