/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/plan.h"

struct plan_class *plan_class_new(const char *place)
{
	struct plan_class *class = g_new0(struct plan_class, 1);

	class->place = g_strdup(place);
	class->prepare_s = 45 * 60;
	class->boot_limit_s = 7 * 60;
	class->open_s = 10 * 60;
	class->grace_s = 15 * 60;
	class->spares = -1; /* not said: one in twenty */
	return class;
}

void plan_class_free(struct plan_class *class)
{
	if (!class)
		return;
	g_free(class->id);
	g_free(class->place);
	g_free(class->flavor);
	g_free(class->image);
	g_strfreev(class->networks);
	g_strfreev(class->users);
	g_free(class->group);
	when_clear(&class->when);
	zone_free(class->zone);
	g_free(class);
}

struct setting {
	const char *key;
	gboolean many; /* several values */
	gboolean (*set)(struct plan_class *class, char **values, const char **why);
};

static gboolean set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
	return *value && g_utf8_validate(value, -1, NULL) && strlen(value) <= 255;
}

static gboolean set_id(struct plan_class *c, char **v, const char **why)
{
	return set_text(&c->id, *v);
}

static gboolean set_flavor(struct plan_class *c, char **v, const char **why)
{
	return set_text(&c->flavor, *v);
}

static gboolean set_image(struct plan_class *c, char **v, const char **why)
{
	return set_text(&c->image, *v);
}

static gboolean set_group(struct plan_class *c, char **v, const char **why)
{
	return set_text(&c->group, *v);
}

static gboolean set_list(char ***list, char **values)
{
	g_strfreev(*list);
	*list = g_strdupv(values);
	for (; *values; values++)
		if (!**values || !g_utf8_validate(*values, -1, NULL))
			return FALSE;
	return (*list)[0] != NULL;
}

static gboolean set_networks(struct plan_class *c, char **v, const char **why)
{
	return set_list(&c->networks, v);
}

static gboolean set_users(struct plan_class *c, char **v, const char **why)
{
	*why = "are names with a comma, or longer than 200 bytes, or too many";
	if (!set_list(&c->users, v))
		return FALSE;
	for (; *v; v++)
		if (strchr(*v, ',') || strlen(*v) > 200)
			return FALSE;
	return g_strv_length(c->users) <= PLAN_META_MAX_USERS;
}

static gboolean set_number(int *number, const char *value, int least)
{
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, (guint64)least, PLAN_MAX_COUNT, &n, NULL))
		return FALSE;
	*number = (int)n;
	return TRUE;
}

static gboolean set_count(struct plan_class *c, char **v, const char **why)
{
	*why = "is no number from 1 to 2000";
	return set_number(&c->count, *v, 1);
}

static gboolean set_spares(struct plan_class *c, char **v, const char **why)
{
	*why = "is no number from 0 to 2000";
	return set_number(&c->spares, *v, 0);
}

static gboolean set_duration(int *seconds, const char *value, const char **why)
{
	gint64 s = text_parse_duration(value);

	*why = "is no length of time up to a day, such as 45m";
	if (s < 0 || s > 86400)
		return FALSE;
	*seconds = (int)s;
	return TRUE;
}

static gboolean set_prepare(struct plan_class *c, char **v, const char **why)
{
	return set_duration(&c->prepare_s, *v, why);
}

static gboolean set_boot(struct plan_class *c, char **v, const char **why)
{
	return set_duration(&c->boot_limit_s, *v, why);
}

static gboolean set_open(struct plan_class *c, char **v, const char **why)
{
	return set_duration(&c->open_s, *v, why);
}

static gboolean set_grace(struct plan_class *c, char **v, const char **why)
{
	return set_duration(&c->grace_s, *v, why);
}

static gboolean set_after(struct plan_class *c, char **v, const char **why)
{
	*why = "is neither save nor delete";
	c->after = strcmp(*v, "delete") ? AFTER_SAVE : AFTER_DELETE;
	return !strcmp(*v, "save") || !strcmp(*v, "delete");
}

static gboolean set_ready(struct plan_class *c, char **v, const char **why)
{
	static const char *const names[] = { "graphics", "text", "agent" };

	*why = "is neither graphics nor text nor agent";
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		c->ready = (enum ready)i;
		if (!strcmp(*v, names[i]))
			return TRUE;
	}
	return FALSE;
}

static const struct setting settings[] = {
	{ "id", FALSE, set_id }, { "flavor", FALSE, set_flavor }, { "image", FALSE, set_image },
	{ "networks", TRUE, set_networks }, { "users", TRUE, set_users },
	{ "group", FALSE, set_group }, { "count", FALSE, set_count },
	{ "spares", FALSE, set_spares }, { "prepare", FALSE, set_prepare },
	{ "boot", FALSE, set_boot }, { "open", FALSE, set_open },
	{ "grace", FALSE, set_grace }, { "after", FALSE, set_after },
	{ "ready", FALSE, set_ready },
};

static const struct setting *find_setting(const char *key)
{
	for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
		if (!strcmp(settings[i].key, key))
			return &settings[i];
	return NULL;
}

gboolean plan_class_knows(const char *key)
{
	return find_setting(key) != NULL;
}

gboolean plan_class_set(struct plan_class *class, const char *key, char **values, GError **error)
{
	const struct setting *s = find_setting(key);
	g_autofree char *k = text_clean(key, 60);
	g_autofree char *v = text_clean(values[0], 60);
	const char *why = "is empty or too long";

	if (s && values[0] && (s->many || !values[1]) && s->set(class, values, &why))
		return TRUE;
	if (!s)
		why = "is not known here";
	else if (values[0] && values[1] && !s->many)
		why = "is one value, not several";
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: \"%s: %s\" %s", class->place,
			k, v, why);
	return FALSE;
}
