/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pages.h"

static void add_trouble(struct html *html, const char *trouble)
{
	if (trouble)
		html_element(html, trouble, "p", "class", "trouble", "role", "alert", NULL);
}

/* about: tells buttons of one label apart for those who do not see; or NULL. */
static void add_submit(
		struct html *html, const struct page *page, enum word label, const char *about)
{
	html_open(html, "button", "type", "submit", "class", "main", NULL);
	html_text(html, frame_word(page, label));
	if (about) {
		html_open(html, "span", "class", "unseen", NULL);
		html_text(html, ": ");
		html_text(html, about);
		html_close(html);
	}
	html_close(html);
	html_close(html); /* the form */
}

static void begin_login(struct html *html, const struct page *page, enum word title,
		const char *kind)
{
	html_element(html, frame_word(page, title), "h2", NULL);
	frame_form(html, page, "/login", "login");
	html_open(html, "input", "type", "hidden", "name", "kind", "value", kind, NULL);
}

static void add_provider(struct html *html, const struct page *page, const char *name)
{
	html_open(html, "h2", NULL);
	html_words(html, frame_word(page, WORD_BY_PROVIDER), name);
	html_close(html);
	frame_form(html, page, "/login/provider", "login");
	add_submit(html, page, WORD_LOG_IN, name);
}

char *page_login(const struct page *page, const struct login_page *login)
{
	struct html *html = frame_begin(page, WORD_LOG_IN);

	add_trouble(html, login->trouble);
	if (login->provider)
		add_provider(html, page, login->provider);
	if (login->by_password) {
		begin_login(html, page, WORD_BY_PASSWORD, "password");
		frame_input(html, page, WORD_USER, "name", "text", "username", NULL);
		frame_input(html, page, WORD_PASSWORD, "secret", "password", "current-password",
				NULL);
		if (login->with_domain)
			frame_input(html, page, WORD_DOMAIN, "domain", "text", "organization",
					login->domain);
		add_submit(html, page, WORD_LOG_IN, frame_word(page, WORD_BY_PASSWORD));
	}
	if (login->by_credential) {
		begin_login(html, page, WORD_BY_CREDENTIAL, "credential");
		frame_input(html, page, WORD_CREDENTIAL_ID, "name", "text", "off", NULL);
		frame_input(html, page, WORD_CREDENTIAL_SECRET, "secret", "password", "off", NULL);
		add_submit(html, page, WORD_LOG_IN, frame_word(page, WORD_BY_CREDENTIAL));
	}
	return frame_end(html);
}

char *page_away(const struct page *page, enum word word, const char *whom, const char *where_to)
{
	struct html *html = frame_begin(page, WORD_WAIT_TITLE);

	html_open(html, "p", NULL);
	html_words(html, frame_word(page, word), whom);
	html_close(html);
	html_open(html, "nav", NULL);
	html_element(html, frame_word(page, WORD_CONTINUE), "a", "href", where_to, NULL);
	html_close(html);
	return frame_end(html);
}

char *page_passcode(const struct page *page, const char *trouble)
{
	struct html *html = frame_begin(page, WORD_PASSCODE_TITLE);

	add_trouble(html, trouble);
	html_element(html, frame_word(page, WORD_PASSCODE_HELP), "p", NULL);
	frame_form(html, page, "/passcode", "login");
	frame_input(html, page, WORD_PASSCODE, "passcode", "text", "one-time-code", NULL);
	add_submit(html, page, WORD_CONTINUE, NULL);
	return frame_end(html);
}

static void add_project(struct html *html, const struct page *page,
		const struct osvdi_broker_project *project)
{
	html_open(html, "li", NULL);
	frame_form(html, page, "/project", NULL);
	html_open(html, "button", "type", "submit", "name", "project", "value", project->id, NULL);
	html_element(html, project->name, "bdi", NULL);
	html_close(html);
	html_close(html);
	html_close(html);
}

char *page_projects(const struct page *page, const struct osvdi_broker_projects *projects)
{
	struct html *html = frame_begin(page, WORD_PROJECTS);
	const struct osvdi_broker_project *project;

	if (!osvdi_broker_projects_get(projects, 0))
		html_element(html, frame_word(page, WORD_NO_PROJECTS), "p", NULL);
	html_open(html, "ul", "class", "projects", NULL);
	for (gsize i = 0; (project = osvdi_broker_projects_get(projects, i)); i++)
		add_project(html, page, project);
	html_close(html);
	return frame_end(html);
}
