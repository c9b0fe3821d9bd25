/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pages.h"

#include <string.h>

static const struct {
	const char *status;
	enum word word;
} states[] = {
	{ "ACTIVE", WORD_STATE_ACTIVE },
	{ "SHUTOFF", WORD_STATE_SHUTOFF },
	{ "SUSPENDED", WORD_STATE_SUSPENDED },
	{ "PAUSED", WORD_STATE_PAUSED },
	{ "SHELVED", WORD_STATE_SHELVED },
	{ "SHELVED_OFFLOADED", WORD_STATE_SHELVED },
	{ "BUILD", WORD_STATE_BUILD },
	{ "ERROR", WORD_STATE_ERROR },
	{ "UNKNOWN", WORD_STATE_UNKNOWN },
};

/* Changes of state, and the statuses that they make sense from. */
static const struct {
	const char *path;
	enum word label;
	const char *from[5];
} changes[] = {
	{ "start", WORD_START, { "SHUTOFF", "SUSPENDED", "PAUSED", "SHELVED_OFFLOADED" } },
	{ "suspend", WORD_SUSPEND, { "ACTIVE" } },
	{ "stop", WORD_STOP, { "ACTIVE" } },
	{ "restart", WORD_RESTART, { "ACTIVE" } },
	{ "shelve", WORD_SHELVE, { "ACTIVE", "SHUTOFF", "SUSPENDED" } },
};

static enum word state_of(const struct desk *desk)
{
	if (desk->task)
		return WORD_STATE_BUSY;
	for (guint i = 0; i < G_N_ELEMENTS(states); i++)
		if (strcmp(states[i].status, desk->status) == 0)
			return states[i].word;
	return WORD_STATE_UNKNOWN;
}

static void add_button(struct html *html, const struct page *page, const struct desk *desk,
		const char *verb, enum word label)
{
	g_autofree char *path = g_strdup_printf("/desktop/%s/%s", desk->id, verb);

	frame_button(html, page, path, label, desk->name);
}

static gboolean makes_sense(const struct desk *desk, guint change)
{
	for (guint i = 0; changes[change].from[i]; i++)
		if (strcmp(changes[change].from[i], desk->status) == 0)
			return TRUE;
	return FALSE;
}

static gboolean has_changes(const struct desk *desk)
{
	gboolean any = desk->pool != NULL;

	for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
		any = any || makes_sense(desk, i);
	return any && !desk->locked && !desk->task;
}

static void add_changes(struct html *html, const struct page *page, const struct desk *desk)
{
	if (!has_changes(desk))
		return;
	html_open(html, "details", NULL);
	html_element(html, frame_word(page, WORD_MORE), "summary", NULL);
	for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
		if (makes_sense(desk, i))
			add_button(html, page, desk, changes[i].path, changes[i].label);
	if (desk->pool)
		add_button(html, page, desk, "release", WORD_RELEASE);
	html_close(html);
}

static void add_fact(struct html *html, const struct page *page, enum word name, const char *value)
{
	if (!value || !*value)
		return;
	html_element(html, frame_word(page, name), "dt", NULL);
	html_open(html, "dd", NULL);
	html_element(html, value, "bdi", NULL);
	html_close(html);
}

static char *time_text(gint64 unix_s)
{
	g_autoptr(GDateTime) time = unix_s ? g_date_time_new_from_unix_local(unix_s) : NULL;

	return time ? g_date_time_format(time, "%Y-%m-%d %H:%M %Z") : NULL;
}

static void add_desk(struct html *html, const struct page *page, const struct desk *desk)
{
	g_autofree char *end = time_text(desk->lease_end);

	html_open(html, "li", "class", "desktop", NULL);
	html_open(html, "h2", NULL);
	html_element(html, desk->name, "bdi", NULL);
	html_close(html);
	html_open(html, "dl", NULL);
	add_fact(html, page, WORD_STATE, frame_word(page, state_of(desk)));
	add_fact(html, page, WORD_POOL, desk->pool);
	add_fact(html, page, WORD_SIZE, desk->size);
	add_fact(html, page, WORD_IMAGE, desk->image);
	add_fact(html, page, WORD_LEASE_ENDS, end);
	html_close(html);
	if (desk->locked)
		html_element(html, frame_word(page, WORD_LOCKED), "p", NULL);
	if (strcmp(desk->status, "ERROR") != 0) {
		if (page->opens_here)
			add_button(html, page, desk, "here", WORD_OPEN_HERE);
		add_button(html, page, desk, "open", WORD_OPEN);
	}
	add_changes(html, page, desk);
	html_close(html);
}

static void add_pool(
		struct html *html, const struct page *page, const struct osvdi_broker_pool *pool)
{
	g_autofree char *free_text = g_strdup_printf("%u", pool->free);

	html_open(html, "li", "class", "desktop", NULL);
	html_open(html, "h3", NULL);
	html_element(html, pool->name, "bdi", NULL);
	html_close(html);
	html_open(html, "p", NULL);
	if (pool->held)
		html_text(html, frame_word(page, WORD_POOL_HELD));
	else
		html_words(html, frame_word(page, WORD_POOL_FREE), free_text);
	html_close(html);
	if (!pool->held && pool->free) {
		frame_form(html, page, "/pool", NULL);
		html_element(html, frame_word(page, WORD_POOL_TAKE), "button", "type", "submit",
				"name", "pool", "value", pool->name, NULL);
		html_close(html);
	}
	html_close(html);
}

static void add_pools(struct html *html, const struct page *page,
		const struct osvdi_broker_pools *pools)
{
	const struct osvdi_broker_pool *pool;

	if (!pools || !osvdi_broker_pools_get(pools, 0))
		return;
	html_element(html, frame_word(page, WORD_POOLS), "h2", NULL);
	html_open(html, "ul", "class", "desktops", NULL);
	for (gsize i = 0; (pool = osvdi_broker_pools_get(pools, i)); i++)
		add_pool(html, page, pool);
	html_close(html);
}

char *page_desktops(const struct page *page, const GPtrArray *desks,
		const struct osvdi_broker_pools *pools)
{
	struct html *html = frame_begin(page, WORD_DESKTOPS);

	html_open(html, "nav", NULL);
	html_element(html, frame_word(page, WORD_RELOAD), "a", "href", "/desktops", NULL);
	html_element(html, frame_word(page, WORD_PROJECT_OTHER), "a", "href", "/projects", NULL);
	html_close(html);
	if (!desks->len)
		html_element(html, frame_word(page, WORD_NO_DESKTOPS), "p", NULL);
	html_open(html, "ul", "class", "desktops", NULL);
	for (guint i = 0; i < desks->len; i++)
		add_desk(html, page, desks->pdata[i]);
	html_close(html);
	add_pools(html, page, pools);
	return frame_end(html);
}
