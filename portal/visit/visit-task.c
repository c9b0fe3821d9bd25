/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "cloud/way.h"
#include "core/wipe.h"

#include <string.h>

#define LOOK_AGAIN_S 2
/* A console's token is short-lived, and so is what we know of a screen. */
#define FILE_LIFE_US (60 * G_USEC_PER_SEC)

static struct answer *show_wait(
		struct visit *visit, struct task *task, const struct task_view *view)
{
	struct page page;
	struct answer *answer;

	visit_page(visit, &page);
	answer = visit_show(visit, MHD_HTTP_OK, page_wait(&page, task, view));
	answer->refresh_s = LOOK_AGAIN_S;
	visit_page_clear(&page);
	return answer;
}

static struct answer *show_ready(struct visit *visit, struct task *task)
{
	struct page page;
	struct answer *answer;

	visit_page(visit, &page);
	answer = visit_show(visit, MHD_HTTP_OK, page_ready(&page, task));
	answer->refresh_s = 1;
	answer->refresh_path = g_strdup_printf("/task/%s/desktop.vv", task_id(task));
	visit_page_clear(&page);
	return answer;
}

struct answer *visit_get_task(struct visit *visit)
{
	struct task *task = person_find_task(visit->person, request_subject(visit->request));
	struct task_view view = { 0 };
	struct answer *answer;

	if (!task)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_TASK);
	task_look(task, &view);
	if (view.state == TASK_RUNS)
		answer = show_wait(visit, task, &view);
	else if (view.state == TASK_FAILED)
		answer = visit_trouble(visit, &view.trouble);
	else
		answer = view.kind == TASK_OPEN ? show_ready(visit, task) :
						  answer_redirect("/desktops");
	trouble_clear(&view.trouble);
	return answer;
}

static gboolean is_fresh(struct task *task)
{
	struct task_view view = { 0 };

	task_look(task, &view);
	trouble_clear(&view.trouble);
	return view.state == TASK_DONE && view.ended_us < FILE_LIFE_US;
}

static void record_ticket(struct visit *visit, const struct ticket *ticket)
{
	struct audit_line *line = visit_record(visit, "ticket");

	audit_text(line, "desktop", ticket->desktop);
	audit_text(line, "session", ticket->session);
	audit_text(line, "way", ticket_way_name(ticket->way));
	audit_end(line);
}

static struct answer *send_file(struct visit *visit, const struct desk_screen *screen,
		const struct ticket *ticket)
{
	char *sealed = seal_ticket(visit->portal->keys, ticket);
	struct answer *answer = answer_text(MHD_HTTP_OK, "application/x-virt-viewer", "");

	wipe_free(answer->body);
	answer->body = way_file(screen, visit->portal->config, sealed);
	answer->size = strlen(answer->body);
	answer->file_name = g_strdup("desktop.vv");
	ticket_text_free(sealed);
	record_ticket(visit, ticket);
	person_add_session(visit->person, ticket->session);
	return answer;
}

static struct answer *refuse_way(struct visit *visit, GError *error)
{
	struct trouble trouble = { 0 };
	struct answer *answer;

	trouble_set(&trouble, OSVDI_BROKER_SERVICE, OSVDI_BROKER_REASON_NO_SPICE, error->message);
	answer = visit_trouble(visit, &trouble);
	trouble_clear(&trouble);
	g_error_free(error);
	return answer;
}

/* Another site may not have a browser fetch a ticket. */
static gboolean is_from_elsewhere(const struct request *request)
{
	const char *site = request_header(request, "Sec-Fetch-Site");

	return site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

struct answer *visit_get_file(struct visit *visit)
{
	struct task *task = person_find_task(visit->person, request_subject(visit->request));
	const struct desk_screen *screen = task && is_fresh(task) ? task_screen(task) : NULL;
	struct account *account = visit->person->account;
	struct ticket *ticket;
	struct answer *answer;
	GError *error = NULL;

	if (!screen || is_from_elsewhere(visit->request))
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_TASK);
	ticket = way_ticket(screen, visit->portal->config, account_user(account),
			g_get_real_time() / G_USEC_PER_SEC, account_expires(account), &error);
	if (!ticket)
		return refuse_way(visit, error);
	answer = send_file(visit, screen, ticket);
	ticket_free(ticket);
	return answer;
}

struct answer *visit_post_cancel(struct visit *visit)
{
	struct task *task = person_find_task(visit->person, request_subject(visit->request));

	if (task)
		task_cancel(task);
	return answer_redirect("/desktops");
}
