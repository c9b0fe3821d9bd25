/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cookie.h"

#include "wipe.h"

#include <string.h>

char *cookie_find(const char *header, const char *name)
{
	gsize length = strlen(name);
	char *found = NULL;

	while (header && *header) {
		const char *end = strchrnul(header, ';');

		header += strspn(header, " \t");
		if (header < end && strncmp(header, name, length) == 0 && header[length] == '=') {
			if (found) {
				wipe_free(found);
				return NULL;
			}
			header += length + 1;
			found = g_strndup(header, (gsize)(end - header));
		}
		header = *end ? end + 1 : end;
	}
	return found;
}

char *cookie_set(const char *name, const char *value, gint64 max_age_s)
{
	g_autofree char *age = max_age_s || !value ?
			g_strdup_printf("; Max-Age=%" G_GINT64_FORMAT, value ? max_age_s : 0) :
			g_strdup("");

	return g_strdup_printf("%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax%s", name,
			value ? value : "", age);
}
