/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pages.h"

static void add_words(struct html *html, const struct page *page, enum word words,
		const char *user_text)
{
	html_open(html, "p", NULL);
	html_words(html, frame_word(page, words), user_text);
	html_close(html);
}

static enum word wait_word(enum task_kind kind)
{
	switch (kind) {
	case TASK_OPEN: return WORD_WAIT_OPEN;
	case TASK_ASSIGN: return WORD_WAIT_ASSIGN;
	default: return WORD_WAIT_CHANGE;
	}
}

char *page_wait(const struct page *page, struct task *task, const struct task_view *view)
{
	struct html *html = frame_begin(page, WORD_WAIT_TITLE);
	g_autofree char *path = g_strdup_printf("/task/%s/cancel", task_id(task));
	g_autofree char *seconds =
			g_strdup_printf("%" G_GINT64_FORMAT, view->waited_us / G_USEC_PER_SEC);

	html_open(html, "div", "role", "status", NULL);
	add_words(html, page, wait_word(view->kind), task_name(task));
	add_words(html, page, WORD_WAIT_SECONDS, seconds);
	html_close(html);
	frame_button(html, page, path, WORD_CANCEL, NULL);
	return frame_end(html);
}

char *page_ready(const struct page *page, struct task *task)
{
	struct html *html = frame_begin(page, WORD_READY_TITLE);
	g_autofree char *path = g_strdup_printf("/task/%s/desktop.vv", task_id(task));

	add_words(html, page, WORD_READY_FILE, task_name(task));
	html_element(html, frame_word(page, WORD_READY_SHORT), "p", NULL);
	html_open(html, "nav", NULL);
	html_element(html, frame_word(page, WORD_READY_AGAIN), "a", "href", path, NULL);
	html_element(html, frame_word(page, WORD_BACK), "a", "href", "/desktops", NULL);
	html_close(html);
	return frame_end(html);
}

char *page_trouble(const struct page *page, const char *text, const char *reference)
{
	struct html *html = frame_begin(page, WORD_TROUBLE);

	html_element(html, text, "p", "class", "trouble", "role", "alert", NULL);
	if (reference)
		add_words(html, page, WORD_TROUBLE_REFERENCE, reference);
	html_open(html, "nav", NULL);
	html_element(html, frame_word(page, WORD_HOME), "a", "href", "/", NULL);
	html_close(html);
	return frame_end(html);
}

static enum word word_of_reason(enum osvdi_broker_reason reason)
{
	switch (reason) {
	case OSVDI_BROKER_REASON_CANCELLED: return WORD_TROUBLE_CANCELLED;
	case OSVDI_BROKER_REASON_TIMEOUT: return WORD_TROUBLE_TIMEOUT;
	case OSVDI_BROKER_REASON_IN_ERROR: return WORD_TROUBLE_IN_ERROR;
	case OSVDI_BROKER_REASON_NOT_OWNER:
	case OSVDI_BROKER_REASON_NO_DESKTOP:
	case OSVDI_BROKER_REASON_NO_SUCH_DESKTOP: return WORD_TROUBLE_NOT_FOUND;
	case OSVDI_BROKER_REASON_CONTENDED: return WORD_TROUBLE_FULL;
	case OSVDI_BROKER_REASON_NO_SPICE: return WORD_TROUBLE_WAY;
	default: return WORD_COUNT;
	}
}

enum word page_word_of(const struct trouble *trouble)
{
	enum word word = word_of_reason(trouble->reason);

	if (word != WORD_COUNT)
		return word;
	switch (trouble->code) {
	case OSVDI_BROKER_AUTH: return WORD_TROUBLE_ALLOWED;
	case OSVDI_BROKER_NOT_FOUND: return WORD_TROUBLE_NOT_FOUND;
	case OSVDI_BROKER_NOT_READY: return WORD_TROUBLE_NOT_READY;
	default: return WORD_TROUBLE_SERVICE;
	}
}
