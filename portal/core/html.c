/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "html.h"

#include "safe-url.h"

#include <stdarg.h>
#include <string.h>

#define MAX_DEPTH 64

struct html {
	GString *out;
	const char *open[MAX_DEPTH];
	guint depth;
};

struct html *html_new(void)
{
	struct html *html = g_new0(struct html, 1);

	html->out = g_string_new("<!DOCTYPE html>");
	return html;
}

void html_free(struct html *html)
{
	if (!html)
		return;
	g_string_free(html->out, TRUE);
	g_free(html);
}

/* A character that turns the direction of writing would make a name look like another. */
static gboolean is_hidden(gunichar c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
			(c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
			(c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static void escape(GString *out, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		switch (c) {
		case '&': g_string_append(out, "&amp;"); break;
		case '<': g_string_append(out, "&lt;"); break;
		case '>': g_string_append(out, "&gt;"); break;
		case '"': g_string_append(out, "&quot;"); break;
		case '\'': g_string_append(out, "&#39;"); break;
		default:
			if (!is_hidden(c))
				g_string_append_unichar(out, c);
		}
	}
}

static gboolean is_one_of(const char *name, const char *const *names)
{
	return g_strv_contains(names, name);
}

/* A link leads into the portal, or to an address of the configuration. */
static void check_attribute(const char *name, const char *value)
{
	static const char *const links[] = { "href", "src", "action", "formaction", NULL };
	gboolean inside = value[0] == '/' && value[1] != '/' && value[1] != '\\';

	g_assert(!g_str_has_prefix(name, "on") && strcmp(name, "style") != 0);
	if (is_one_of(name, links))
		g_assert(inside || value[0] == '#' || safe_url_is(value));
}

static void add_attributes(struct html *html, va_list pairs)
{
	const char *name;

	while ((name = va_arg(pairs, const char *))) {
		const char *value = va_arg(pairs, const char *);

		if (!value)
			continue;
		check_attribute(name, value);
		g_string_append_printf(html->out, " %s", name);
		if (!*value)
			continue;
		g_string_append(html->out, "=\"");
		escape(html->out, value);
		g_string_append_c(html->out, '"');
	}
}

static void begin(struct html *html, const char *element, va_list pairs)
{
	static const char *const empty[] = { "br", "hr", "input", "link", "meta", NULL };

	g_assert(strcmp(element, "script") != 0);
	g_string_append_printf(html->out, "<%s", element);
	add_attributes(html, pairs);
	g_string_append_c(html->out, '>');
	if (is_one_of(element, empty))
		return;
	g_assert(html->depth < MAX_DEPTH);
	html->open[html->depth++] = element;
}

void html_open(struct html *html, const char *element, ...)
{
	va_list pairs;

	va_start(pairs, element);
	begin(html, element, pairs);
	va_end(pairs);
}

void html_close(struct html *html)
{
	g_assert(html->depth > 0);
	g_string_append_printf(html->out, "</%s>", html->open[--html->depth]);
}

void html_text(struct html *html, const char *text)
{
	escape(html->out, text);
}

void html_words(struct html *html, const char *words, const char *user_text)
{
	const char *hole = strstr(words, "{}");
	g_autofree char *before = hole ? g_strndup(words, (gsize)(hole - words)) : g_strdup(words);

	html_text(html, before);
	if (!hole)
		return;
	html_element(html, user_text, "bdi", NULL);
	html_text(html, hole + strlen("{}"));
}

void html_element(struct html *html, const char *text, const char *element, ...)
{
	va_list pairs;

	va_start(pairs, element);
	begin(html, element, pairs);
	va_end(pairs);
	html_text(html, text);
	html_close(html);
}

char *html_finish(struct html *html)
{
	char *text;

	g_assert(html->depth == 0);
	text = g_string_free(html->out, FALSE);
	g_free(html);
	return text;
}
