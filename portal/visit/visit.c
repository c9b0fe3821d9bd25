/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "core/cookie.h"
#include "core/wipe.h"

#include <sodium.h>
#include <string.h>

#define LANGUAGE_LIFE_S (365 * 24 * 3600)

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

static struct visit *visit_new(struct request *request, struct portal *portal)
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

static struct answer *show_trouble(struct visit *visit, guint status, const char *text,
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
	return show_trouble(visit, status, visit_word(visit, word), NULL);
}

struct answer *visit_busy(struct visit *visit)
{
	struct answer *answer =
			visit_refuse(visit, MHD_HTTP_SERVICE_UNAVAILABLE, WORD_TROUBLE_FULL);

	answer->retry_s = 5;
	return answer;
}

static guint status_of(enum osvdi_broker_code code)
{
	switch (code) {
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
	return show_trouble(visit, status_of(trouble->code),
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

/* ------------------------------------------------------------------- dispatch */

static struct answer *get_style(struct visit *visit)
{
	const struct portal *portal = visit->portal;
	const char *name = portal->style_path + strlen("/style/");
	struct answer *answer;

	if (strcmp(name, request_subject(visit->request)) != 0)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	answer = answer_text(MHD_HTTP_OK, "text/css; charset=utf-8", portal->style);
	answer->forever = TRUE;
	return answer;
}

static struct answer *get_home(struct visit *visit)
{
	struct person *person = visit->person;

	if (!person)
		return answer_redirect("/login");
	if (person->wants_passcode)
		return answer_redirect("/passcode");
	return answer_redirect(account_is_in_project(person->account) ? "/desktops" : "/projects");
}

static struct answer *post_language(struct visit *visit)
{
	const char *code = form_get(request_form(visit->request), "language");
	enum language language;
	struct answer *answer;

	if (!words_parse_code(code, &language))
		return visit_refuse(visit, MHD_HTTP_BAD_REQUEST, WORD_TROUBLE_FORM);
	answer = answer_redirect("/");
	answer_add_cookie(
			answer, cookie_set(COOKIE_LANGUAGE, words_code(language), LANGUAGE_LIFE_S));
	return answer;
}

/* Pages for those who are not logged in. */
static struct answer *answer_anyone(struct visit *visit)
{
	switch (request_route(visit->request)) {
	case ROUTE_OTHER_METHOD:
		return visit_refuse(visit, MHD_HTTP_METHOD_NOT_ALLOWED, WORD_TROUBLE_METHOD);
	case ROUTE_HEALTH: return answer_text(MHD_HTTP_OK, "text/plain", "ok\n");
	case ROUTE_STYLE: return get_style(visit);
	case ROUTE_HOME: return get_home(visit);
	case ROUTE_LANGUAGE_POST: return post_language(visit);
	case ROUTE_LOGIN: return visit_get_login(visit);
	case ROUTE_LOGIN_POST: return visit_post_login(visit);
	case ROUTE_PASSCODE: return visit_get_passcode(visit);
	case ROUTE_PASSCODE_POST: return visit_post_passcode(visit);
	case ROUTE_LOGOUT_POST: return visit_post_logout(visit);
	default: return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	}
}

static struct answer *answer_person(struct visit *visit)
{
	switch (request_route(visit->request)) {
	case ROUTE_PROJECTS: return visit_get_projects(visit);
	case ROUTE_PROJECT_POST: return visit_post_project(visit);
	case ROUTE_DESKTOPS: return visit_get_desktops(visit);
	case ROUTE_POOL_POST: return visit_post_pool(visit);
	case ROUTE_TASK: return visit_get_task(visit);
	case ROUTE_TASK_FILE: return visit_get_file(visit);
	case ROUTE_TASK_CANCEL_POST: return visit_post_cancel(visit);
	case ROUTE_OPEN_POST:
	case ROUTE_START_POST:
	case ROUTE_SUSPEND_POST:
	case ROUTE_STOP_POST:
	case ROUTE_RESTART_POST:
	case ROUTE_SHELVE_POST:
	case ROUTE_RELEASE_POST: return visit_post_change(visit);
	default: return answer_anyone(visit);
	}
}

static gboolean wants_login(enum route route)
{
	return route >= ROUTE_PROJECTS;
}

/* A form that no page of ours sent is refused before anything looks at it. */
static gboolean is_ours(struct visit *visit)
{
	const struct portal *portal = visit->portal;
	struct request *request = visit->request;

	return request_form(request) &&
			csrf_origin_fits(portal->config->origin, request_header(request, "Origin"),
					request_header(request, "Sec-Fetch-Site")) &&
			csrf_token_fits(portal->csrf_key, visit->cookie,
					form_get(request_form(request), "csrf"));
}

static struct answer *refuse_form(struct visit *visit)
{
	struct audit_line *line = visit_record(visit, "form-refused");

	audit_end(line);
	return visit_refuse(visit, MHD_HTTP_FORBIDDEN, WORD_TROUBLE_FORM);
}

struct answer *visit_answer(struct request *request, void *data)
{
	struct visit *visit = visit_new(request, data);
	enum route route = request_route(request);

	if (request_is_post(request) && route > ROUTE_OTHER_METHOD && !is_ours(visit))
		return refuse_form(visit);
	if (!wants_login(route))
		return answer_anyone(visit);
	if (visit->person && !visit->person->wants_passcode)
		return answer_person(visit);
	return request_is_post(request) ?
			visit_refuse(visit, MHD_HTTP_FORBIDDEN, WORD_TROUBLE_SESSION) :
			answer_redirect("/");
}
