/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ticket.h"

#include <string.h>

/* By SPICE's numbers; the tunnel channel has no server any more. */
static const char *const names[] = {
	NULL, "main", "display", "inputs", "cursor", "playback", "record", NULL, "smartcard",
	"usbredir", "port", "webdav",
};

static guint type_of(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return i;
	return 0;
}

static guint32 all_channels(void)
{
	guint32 all = 0;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		all |= names[i] ? 1u << i : 0;
	return all;
}

gboolean channels_parse(const char *text, guint32 *channels)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);

	*channels = 0;
	for (guint i = 0; words[i]; i++) {
		guint type = type_of(words[i]);

		if (strcmp(words[i], "all") == 0)
			*channels |= all_channels();
		else if (type)
			*channels |= 1u << type;
		else
			return FALSE;
	}
	return *channels != 0;
}

char *channels_format(guint32 channels)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i] && channels & 1u << i)
			g_string_append_printf(out, "%s%s", out->len ? "," : "", names[i]);
	return g_string_free(out, FALSE);
}

const char *channel_name(guint type)
{
	return type < G_N_ELEMENTS(names) && names[type] ? names[type] : "?";
}

gboolean channel_is_allowed(guint32 channels, guint type)
{
	return type < G_N_ELEMENTS(names) && channels & 1u << type;
}
