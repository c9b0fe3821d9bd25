/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/setting.h"

#include <string.h>

#include "base/qemu-conf.h"

/* "key = value", with or without quotes; false: another key */
static bool value_of(const char *line, const char *key, char **value)
{
	size_t length = strlen(key);
	size_t end;
	char *text;

	if (strncmp(line, key, length) != 0)
		return false;
	line += length + strspn(line + length, " \t");
	if (*line != '=')
		return false;
	text = g_strstrip(g_strdup(line + 1));
	end = strlen(text);
	if (end >= 2 && text[0] == '"' && text[end - 1] == '"') {
		text[end - 1] = 0;
		memmove(text, text + 1, end - 1);
	}
	g_free(*value);
	*value = text;
	return true;
}

char *host_setting(const char *text, const char *group, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	bool inside = false;
	char *value = NULL;

	for (char **line = lines; *line; line++) {
		char *stripped = g_strstrip(*line);
		size_t length = strlen(stripped);

		if (length > 2 && stripped[0] == '[' && stripped[length - 1] == ']')
			inside = strlen(group) == length - 2 &&
					!strncmp(stripped + 1, group, length - 2);
		else if (inside)
			value_of(stripped, key, &value);
	}
	return value;
}

char **host_account(const char *text, guint index, const char *value)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char **fields = g_strsplit(*line, ":", -1);

		if (g_strv_length(fields) > MAX(index, 3) && !strcmp(fields[index], value))
			return fields;
		g_strfreev(fields);
	}
	return NULL;
}

char *host_qemu_user_in(const char *config)
{
	char *user = config ? qemu_conf_value(config, "user") : NULL;

	return user ? user : g_strdup("libvirt-qemu");
}

bool host_user_id(const char *passwd, const char *user, uid_t *uid)
{
	g_auto(GStrv) fields = host_account(passwd, 0, user);
	const char *number = fields ? fields[2] : user + (*user == '+');
	guint64 value;

	if (!g_ascii_string_to_unsigned(number, 10, 0, G_MAXUINT32 - 1, &value, NULL))
		return false;
	*uid = (uid_t)value;
	return true;
}
