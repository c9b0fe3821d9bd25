/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "encoding.h"

#include <string.h>

/* "q=0", "q=0.0": the client asks not to get the encoding. */
static gboolean is_refused(const char *parameter)
{
	const char *text = parameter + strspn(parameter, " \t");

	if (g_ascii_strncasecmp(text, "q=0", 3) != 0)
		return FALSE;
	text += 3;
	return !text[strspn(text, ".0 \t")];
}

gboolean encoding_takes_gzip(const char *header)
{
	g_auto(GStrv) words = g_strsplit(header ? header : "", ",", -1);

	for (guint i = 0; words[i]; i++) {
		char *parameter = strchr(words[i], ';');

		if (parameter)
			*parameter++ = '\0';
		if (g_ascii_strcasecmp(g_strstrip(words[i]), "gzip") == 0)
			return !parameter || !is_refused(parameter);
	}
	return FALSE;
}
