/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/vv-values.h"
#include "target/target-port.h"
#include "base/secret.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* ---- lines --------------------------------------------------------------- */

static gboolean is_key_line(const char *line, const char *key)
{
	gsize length = strlen(key);

	return g_str_has_prefix(line, key) &&
			*(line + length + strspn(line + length, " \t")) == '=';
}

/* The line of a key. If the key stands there twice, the last line counts, as in GKeyFile. */
static guint line_of(const char *text, const char *group, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *start = g_strdup_printf("[%s]", group);
	gboolean inside = FALSE;
	guint i, found = 0;

	for (i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);

		if (*line == '[')
			inside = g_str_equal(line, start);
		else if (inside && is_key_line(line, key))
			found = i + 1;
	}
	return found;
}

guint vv_bad_line(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gboolean group = FALSE;
	guint i;

	for (i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);

		if (!*line || *line == '#')
			continue;
		if (*line == '[' && strchr(line, ']'))
			group = TRUE;
		else if (!group || *line == '=' || !strchr(line, '='))
			return i + 1;
	}
	return 0;
}

/* ---- words --------------------------------------------------------------- */

static char *describe(
		const struct vv_values *v, const char *group, const char *key, const char *why)
{
	guint line = line_of(v->text, group, key);

	if (!line)
		return g_strdup_printf(_("The connection file's “%s” %s."), key, why);
	return g_strdup_printf(_("The connection file's “%s” (line %u) %s."), key, line, why);
}

gboolean vv_bad(const struct vv_values *v, const char *group, const char *key, const char *why,
		GError **error)
{
	g_autofree char *text = describe(v, group, key, why);

	g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
	return FALSE;
}

void vv_note(const struct vv_values *v, const char *key, const char *why)
{
	g_autofree char *text = describe(v, VV_GROUP, key, why);

	g_strv_builder_add(v->notes, text);
}

/* ---- values -------------------------------------------------------------- */

/* For an unknown escape GLib sets an error, but returns the value with its backslash. */
static char *get_string(const struct vv_values *v, const char *group, const char *key)
{
	char *text = g_key_file_get_string(v->file, group, key, NULL);

	return text ? g_strchomp(text) : NULL;
}

gboolean vv_get_title(const struct vv_values *v, const char *key, char **value, GError **error)
{
	char *text;

	if (!g_key_file_has_key(v->file, VV_GROUP, key, NULL))
		return TRUE;
	text = get_string(v, VV_GROUP, key);
	if (!text)
		return vv_bad(v, VV_GROUP, key, _("is damaged"), error);
	if (!*text)
		g_clear_pointer(&text, g_free);
	g_free(*value);
	*value = text;
	return TRUE;
}

gboolean vv_get_text(const struct vv_values *v, const char *group, const char *key, char **value,
		GError **error)
{
	char *text;

	if (!g_key_file_has_key(v->file, group, key, NULL))
		return TRUE;
	text = g_key_file_get_string(v->file, group, key, NULL);
	if (!text)
		return vv_bad(v, group, key, _("is damaged"), error);
	if (v->mended && strstr(text, REPLACEMENT)) {
		secret_free(text);
		return vv_bad(v, group, key, _("is not UTF-8: save the file as UTF-8"), error);
	}
	if (!*text)
		g_clear_pointer(&text, g_free);
	secret_free(*value);
	*value = text;
	return TRUE;
}

gboolean vv_get_port(const struct vv_values *v, const char *key, int *port, GError **error)
{
	g_autofree char *text = get_string(v, VV_GROUP, key);

	return !text || target_port_parse(text, port) ||
			vv_bad(v, VV_GROUP, key, _("is not a port number"), error);
}

static gboolean to_flag(const char *text, enum target_bool *flag)
{
	static const char *const yes[] = { "true", "yes", "on", "y", "t", NULL };
	static const char *const no[] = { "", "false", "no", "off", "n", "f", "none", "null",
		NULL };
	g_autofree char *lower = g_strstrip(g_ascii_strdown(text, -1));
	gint64 number;

	if (g_ascii_string_to_signed(lower, 10, G_MININT64, G_MAXINT64, &number, NULL))
		*flag = number ? TARGET_YES : TARGET_NO;
	else if (g_strv_contains(yes, lower))
		*flag = TARGET_YES;
	else if (g_strv_contains(no, lower))
		*flag = *lower ? TARGET_NO : TARGET_UNSET;
	else
		return FALSE;
	return TRUE;
}

void vv_get_flag(const struct vv_values *v, const char *key, enum target_bool *flag,
		enum target_bool fallback)
{
	g_autofree char *text = get_string(v, VV_GROUP, key);

	if (!text || to_flag(text, flag))
		return;
	*flag = fallback;
	vv_note(v, key,
			fallback == TARGET_NO ?
					_("is neither yes (1) nor no (0) and counts as no") :
					_("is neither yes (1) nor no (0) and is ignored"));
}

void vv_get_list(const struct vv_values *v, const char *key, GStrv *list)
{
	g_autofree char *text = get_string(v, VV_GROUP, key);
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) parts = g_strsplit_set(text ? text : "", ",;", -1);
	guint i, n = 0;

	for (i = 0; parts[i]; i++)
		if (*g_strstrip(parts[i])) {
			g_strv_builder_add(builder, parts[i]);
			n++;
		}
	if (n)
		*list = g_strv_builder_end(builder);
}

void vv_get_depth(const struct vv_values *v, int *depth)
{
	g_autofree char *text = get_string(v, VV_GROUP, "color-depth");
	gint64 value;

	if (!text || !*text)
		return;
	if (g_ascii_string_to_signed(g_strstrip(text), 10, 0, 32, &value, NULL))
		*depth = (int)value;
	else
		vv_note(v, "color-depth", _("is not a number of bits and is ignored"));
}
