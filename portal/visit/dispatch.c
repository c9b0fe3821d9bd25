/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dispatch.h"

#include "core/cookie.h"
#include "visit.h"

#include <string.h>

#define LANGUAGE_LIFE_S (365 * 24 * 3600)

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
	case ROUTE_PAGE_FILE: return visit_get_page_file(visit);
	case ROUTE_HOME: return get_home(visit);
	case ROUTE_LANGUAGE_POST: return post_language(visit);
	case ROUTE_LOGIN: return visit_get_login(visit);
	case ROUTE_LOGIN_POST: return visit_post_login(visit);
	case ROUTE_PASSCODE: return visit_get_passcode(visit);
	case ROUTE_PASSCODE_POST: return visit_post_passcode(visit);
	case ROUTE_PROVIDER_POST: return visit_post_provider(visit);
	case ROUTE_PROVIDER_BACK: return visit_get_back(visit);
	case ROUTE_PROVIDER_TROUBLE: return visit_get_provider_trouble(visit);
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
	case ROUTE_TICKET_POST: return visit_post_ticket(visit);
	case ROUTE_OPEN_POST: return visit_open(visit, FALSE);
	case ROUTE_HERE_POST: return visit_open(visit, TRUE);
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

/*
 * A form that no page of ours sent is refused before anything looks at it. The page that
 * asks for tickets has no token: its address would hold it.
 */
static gboolean is_ours(struct visit *visit)
{
	const struct portal *portal = visit->portal;
	struct request *request = visit->request;

	return request_form(request) &&
			csrf_origin_fits(portal->config->origin, request_header(request, "Origin"),
					request_header(request, "Sec-Fetch-Site")) &&
			(request_route(request) == ROUTE_TICKET_POST ||
					csrf_token_fits(portal->csrf_key, visit->cookie,
							form_get(request_form(request), "csrf")));
}

static struct answer *refuse_form(struct visit *visit)
{
	struct audit_line *line = visit_record(visit, "form-refused");

	audit_end(line);
	return visit_refuse(visit, MHD_HTTP_FORBIDDEN, WORD_TROUBLE_FORM);
}

struct answer *visit_answer(struct request *request, void *data)
{
	struct visit *visit = visit_begin(request, data);
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
