/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "cloud/way.h"
#include "core/wipe.h"

#include <string.h>

#define LOOK_AGAIN_S 2

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
	else if (task_is_here(task))
		answer = visit_show_here(visit, task);
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
	return visit_is_fresh(&view);
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
	struct answer *answer;
	GError *error = NULL;
	char *sealed;

	if (!screen || is_from_elsewhere(visit->request))
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_TASK);
	sealed = visit_seal(visit, screen, FALSE, &error);
	if (!sealed)
		return refuse_way(visit, error);
	answer = answer_text(MHD_HTTP_OK, "application/x-virt-viewer", "");
	wipe_free(answer->body);
	answer->body = way_file(screen, visit->portal->config, sealed);
	answer->size = strlen(answer->body);
	answer->file_name = g_strdup("desktop.vv");
	ticket_text_free(sealed);
	return answer;
}

struct answer *visit_post_cancel(struct visit *visit)
{
	struct task *task = person_find_task(visit->person, request_subject(visit->request));

	if (task)
		task_cancel(task);
	return answer_redirect("/desktops");
}
