/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"

const char *frame_word(const struct page *page, enum word word)
{
	return words_get(page->language, word);
}

void frame_form(struct html *html, const struct page *page, const char *path, const char *class)
{
	html_open(html, "form", "method", "post", "action", path, "class", class, NULL);
	html_open(html, "input", "type", "hidden", "name", "csrf", "value", page->csrf, NULL);
}

void frame_button(struct html *html, const struct page *page, const char *path, enum word label,
		const char *name)
{
	frame_form(html, page, path, NULL);
	html_open(html, "button", "type", "submit", NULL);
	html_text(html, frame_word(page, label));
	if (name) {
		html_open(html, "span", "class", "unseen", NULL);
		html_text(html, ": ");
		html_text(html, name);
		html_close(html);
	}
	html_close(html);
	html_close(html);
}

void frame_input(struct html *html, const struct page *page, enum word label, const char *name,
		const char *type, const char *autocomplete, const char *value)
{
	html_open(html, "label", NULL);
	html_element(html, frame_word(page, label), "span", NULL);
	html_open(html, "input", "name", name, "type", type, "autocomplete", autocomplete,
			"autocapitalize", "none", "spellcheck", "false", "value", value,
			"maxlength", "1000", NULL);
	html_close(html);
}

static void add_head(struct html *html, const struct page *page, enum word heading)
{
	html_open(html, "head", NULL);
	html_open(html, "meta", "charset", "utf-8", NULL);
	html_open(html, "meta", "name", "viewport", "content", "width=device-width", NULL);
	html_open(html, "meta", "name", "color-scheme", "content", "light dark", NULL);
	html_open(html, "title", NULL);
	html_text(html, frame_word(page, heading));
	html_text(html, " – ");
	html_text(html, page->title ? page->title : frame_word(page, WORD_TITLE));
	html_close(html);
	html_open(html, "link", "rel", "stylesheet", "href", page->style, NULL);
	html_close(html);
}

static void add_language(struct html *html, const struct page *page)
{
	enum language other = page->language == GERMAN ? ENGLISH : GERMAN;

	frame_form(html, page, "/language", NULL);
	html_element(html, frame_word(page, WORD_LANGUAGE_OTHER), "button", "type", "submit",
			"name", "language", "value", words_code(other), "lang", words_code(other),
			NULL);
	html_close(html);
}

static void add_banner(struct html *html, const struct page *page)
{
	html_open(html, "header", NULL);
	html_element(html, page->title ? page->title : frame_word(page, WORD_TITLE), "a", "href",
			"/", "class", "home", NULL);
	if (page->project) {
		html_open(html, "span", NULL);
		html_words(html, frame_word(page, WORD_PROJECT), page->project);
		html_close(html);
	}
	if (page->user) {
		html_open(html, "span", NULL);
		html_words(html, frame_word(page, WORD_LOGGED_IN_AS), page->user);
		html_close(html);
		frame_button(html, page, "/logout", WORD_LOG_OUT, NULL);
	}
	add_language(html, page);
	html_close(html);
}

struct html *frame_begin(const struct page *page, enum word heading)
{
	struct html *html = html_new();

	html_open(html, "html", "lang", words_code(page->language), NULL);
	add_head(html, page, heading);
	html_open(html, "body", NULL);
	html_element(html, frame_word(page, WORD_SKIP), "a", "class", "skip", "href", "#content",
			NULL);
	add_banner(html, page);
	html_open(html, "main", "id", "content", NULL);
	html_element(html, frame_word(page, heading), "h1", NULL);
	return html;
}

char *frame_end(struct html *html)
{
	for (guint i = 0; i < 3; i++) /* main, body, html */
		html_close(html);
	return html_finish(html);
}
