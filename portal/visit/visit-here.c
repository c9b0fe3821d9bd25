/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "cloud/way.h"
#include "core/encoding.h"
#include "core/wipe.h"

#include <string.h>

/* Desktops in the browser itself: its page, and the tickets that the page asks for. */

struct answer *visit_get_page_file(struct visit *visit)
{
	const struct portal *portal = visit->portal;
	struct answer *answer;
	const char *type, *name = request_subject(visit->request);
	gboolean packed = encoding_takes_gzip(request_header(visit->request, "Accept-Encoding"));
	GBytes *bytes = portal->files ? files_get(portal->files, name, packed, &type) : NULL;

	if (!bytes)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	answer = answer_text(MHD_HTTP_OK, type, "");
	answer->bytes = g_bytes_ref(bytes);
	answer->encoding = packed ? "gzip" : NULL;
	answer->policy = portal->files_policy;
	answer->permissions = "camera=(), geolocation=(), payment=(), usb=()";
	answer->forever = TRUE;
	return answer;
}

/* The address holds no secret: the page asks for its ticket with the browser's cookie. */
struct answer *visit_show_here(struct visit *visit, struct task *task)
{
	const struct portal *portal = visit->portal;
	g_autofree char *title = g_uri_escape_string(task_name(task), NULL, FALSE);
	g_autofree char *gateway =
			g_uri_escape_string(portal->config->gateway_path + 1, NULL, FALSE);
	g_autofree char *path = g_strdup_printf(
			"/desk/%s/index.html?path=%s&title=%s&ticket-from=/desktop/%s/ticket",
			files_version(portal->files), gateway, title, task_desk_id(task));

	return answer_redirect(path);
}

static struct answer *answer_fields(guint status, const char *name, const char *value)
{
	struct answer *answer =
			answer_text(status, "application/x-www-form-urlencoded; charset=utf-8", "");
	g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);

	wipe_free(answer->body);
	answer->body = g_strdup_printf("%s=%s", name, escaped);
	answer->size = strlen(answer->body);
	return answer;
}

static struct answer *say_trouble(struct visit *visit, const struct trouble *trouble)
{
	g_message("A desktop is not opened here: %s",
			trouble->message ? trouble->message : "no cause is known");
	return answer_fields(visit_status_of(trouble), "trouble",
			visit_word(visit, page_word_of(trouble)));
}

static struct answer *say_wait(void)
{
	struct answer *answer = answer_text(MHD_HTTP_ACCEPTED, "text/plain", "");

	answer->retry_s = 1;
	return answer;
}

static struct answer *give_ticket(struct visit *visit, struct task *task)
{
	const struct desk_screen *screen = task_screen(task);
	struct answer *answer;
	GError *error = NULL;
	char *sealed = visit_seal(visit, screen, TRUE, &error);
	char *password = screen->password ?
			g_uri_escape_string(screen->password, NULL, FALSE) :
			NULL;

	if (!sealed) {
		g_message("A desktop is not opened here: %s", error->message);
		g_error_free(error);
		wipe_free(password);
		return answer_fields(MHD_HTTP_BAD_GATEWAY, "trouble",
				visit_word(visit, WORD_TROUBLE_WAY));
	}
	answer = answer_fields(MHD_HTTP_OK, "ticket", sealed);
	if (password) {
		char *both = g_strconcat(answer->body, "&password=", password, NULL);

		wipe_free(answer->body);
		answer->body = both;
		answer->size = strlen(both);
	}
	wipe_free(password);
	ticket_text_free(sealed);
	return answer;
}

/* Whoever comes back after a while finds the desktop asleep, or on another host. */
static struct answer *open_again(struct visit *visit)
{
	struct answer *redirect = visit_open(visit, TRUE);
	gboolean begun = redirect->status == MHD_HTTP_SEE_OTHER;

	answer_free(redirect);
	return begun ? say_wait() :
		       answer_fields(MHD_HTTP_SERVICE_UNAVAILABLE, "trouble",
				       visit_word(visit, WORD_TROUBLE_FULL));
}

struct answer *visit_post_ticket(struct visit *visit)
{
	struct task *task = person_find_open(visit->person, request_subject(visit->request));
	struct task_view view = { 0 };
	struct answer *answer;

	if (!visit->portal->files)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	if (!task)
		return open_again(visit);
	task_look(task, &view);
	if (view.state == TASK_RUNS) {
		answer = say_wait();
	} else if (view.state == TASK_FAILED) {
		answer = say_trouble(visit, &view.trouble);
		person_drop_task(visit->person, task);
	} else {
		answer = visit_is_fresh(&view) ? give_ticket(visit, task) : open_again(visit);
	}
	trouble_clear(&view.trouble);
	return answer;
}
