/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "core/cookie.h"
#include "core/wipe.h"

#include <sodium.h>
#include <string.h>

/* ------------------------------------------------------------------ the visit */

static void visit_free(gpointer data)
{
	struct visit *visit = data;

	wipe_free(visit->cookie);
	person_unref(visit->person);
	g_free(visit);
}

static void find_language(struct visit *visit)
{
	char *code = cookie_find(request_header(visit->request, "Cookie"), COOKIE_LANGUAGE);

	if (!words_parse_code(code, &visit->language))
		visit->language = words_accept(request_header(visit->request, "Accept-Language"));
	wipe_free(code);
}

static void find_person(struct visit *visit)
{
	const char *cookies = request_header(visit->request, "Cookie");
	struct person *person;

	visit->cookie = cookie_find(cookies, COOKIE_SESSION);
	person = visit->cookie ? visitors_find(visit->portal->visitors, visit->cookie,
						     g_get_monotonic_time()) :
				   NULL;
	if (person) {
		visit->person = person_ref(person);
		return;
	}
	wipe_free(visit->cookie);
	visit->cookie = cookie_find(cookies, COOKIE_VISIT);
	if (visit->cookie && wipe_random_is(visit->cookie))
		return;
	wipe_free(visit->cookie);
	visit->cookie = wipe_random();
	visit->new_cookie = TRUE;
}

struct visit *visit_begin(struct request *request, struct portal *portal)
{
	struct visit *visit = g_new0(struct visit, 1);

	visit->portal = portal;
	visit->request = request;
	find_language(visit);
	find_person(visit);
	request_keep(request, visit, visit_free);
	return visit;
}

struct visit *visit_of(const struct request *request)
{
	return request_kept(request);
}

/* -------------------------------------------------------------------- answers */

const char *visit_word(const struct visit *visit, enum word word)
{
	return words_get(visit->language, word);
}

void visit_page(struct visit *visit, struct page *page)
{
	const struct portal *portal = visit->portal;
	struct account *account = visit->person ? visit->person->account : NULL;

	page->language = visit->language;
	page->title = portal->config->title;
	page->style = portal->style_path;
	page->opens_here = portal->files != NULL;
	page->csrf = csrf_token(portal->csrf_key, visit->cookie);
	page->user = account && !visit->person->wants_passcode ? account_user(account) : NULL;
	page->project = account ? account_project_name(account) : NULL;
}

void visit_page_clear(struct page *page)
{
	wipe_free((char *)page->csrf);
	g_free((char *)page->project);
}

struct answer *visit_show(struct visit *visit, guint status, char *text)
{
	struct answer *answer = answer_page(status, text);

	if (visit->new_cookie)
		answer_add_cookie(answer, cookie_set(COOKIE_VISIT, visit->cookie, 0));
	return answer;
}

struct answer *visit_show_trouble(struct visit *visit, guint status, const char *text,
		const char *reference)
{
	struct page page;
	struct answer *answer;

	visit_page(visit, &page);
	answer = visit_show(visit, status, page_trouble(&page, text, reference));
	visit_page_clear(&page);
	return answer;
}

struct answer *visit_refuse(struct visit *visit, guint status, enum word word)
{
	return visit_show_trouble(visit, status, visit_word(visit, word), NULL);
}

struct answer *visit_busy(struct visit *visit)
{
	struct answer *answer =
			visit_refuse(visit, MHD_HTTP_SERVICE_UNAVAILABLE, WORD_TROUBLE_FULL);

	answer->retry_s = 5;
	return answer;
}

guint visit_status_of(const struct trouble *trouble)
{
	switch (trouble->code) {
	case OSVDI_BROKER_AUTH: return MHD_HTTP_FORBIDDEN;
	case OSVDI_BROKER_NOT_FOUND: return MHD_HTTP_NOT_FOUND;
	case OSVDI_BROKER_NOT_READY: return MHD_HTTP_CONFLICT;
	default: return MHD_HTTP_BAD_GATEWAY;
	}
}

struct answer *visit_trouble(struct visit *visit, const struct trouble *trouble)
{
	g_autofree char *reference = g_strdup_printf("%08x", randombytes_random());

	g_message("%s: %s", reference, trouble->message ? trouble->message : "no cause is known");
	return visit_show_trouble(visit, visit_status_of(trouble),
			visit_word(visit, page_word_of(trouble)), reference);
}

struct audit_line *visit_record(const struct visit *visit, const char *event)
{
	struct audit_line *line = audit_begin(visit->portal->audit, event);

	audit_text(line, "client", request_client(visit->request));
	if (visit->person)
		audit_text(line, "user", account_user(visit->person->account));
	return line;
}

struct answer *visit_enter(struct visit *visit, struct person *person, const char *path)
{
	struct portal *portal = visit->portal;
	gint64 now_us = g_get_monotonic_time();
	gint64 left_s = account_expires(person->account) - g_get_real_time() / G_USEC_PER_SEC;
	gint64 ends_us = person->wants_passcode ? now_us + 300 * G_USEC_PER_SEC :
						  now_us + MAX(left_s, 0) * G_USEC_PER_SEC;
	char *cookie = visitors_add(portal->visitors, person, now_us, ends_us);
	struct answer *answer;

	if (!cookie) {
		person_free(person);
		return visit_refuse(visit, MHD_HTTP_SERVICE_UNAVAILABLE, WORD_TROUBLE_FULL);
	}
	answer = answer_redirect(path);
	answer_add_cookie(answer, cookie_set(COOKIE_SESSION, cookie, 0));
	wipe_free(cookie);
	return answer;
}

struct answer *visit_leave(struct visit *visit)
{
	struct answer *answer;

	visitors_remove(visit->portal->visitors, visit->cookie);
	g_clear_pointer(&visit->person, person_unref);
	answer = visit_refuse(visit, MHD_HTTP_FORBIDDEN, WORD_TROUBLE_SESSION);
	answer_add_cookie(answer, cookie_set(COOKIE_SESSION, NULL, 0));
	return answer;
}
