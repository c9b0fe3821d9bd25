/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "account.h"

#include "core/wipe.h"

#include <string.h>

#define IDLE_LINES_MAX 2

struct account {
	gatomicrefcount refs;
	const struct place *place;
	char *user;
	gint ended; /* atomic */
	struct account_line *entrance; /* until the login is done */

	GMutex lock; /* for all below */
	struct osvdi_broker_login *first, *in_project;
	guint project_number; /* of the project that in_project is for */
	GQueue idle; /* of struct idle_line */
};

struct idle_line {
	struct account_line line;
	guint project_number;
};

static bool is_cancelled(void *data)
{
	const struct account_line *line = data;
	const struct account_watch *watch = line->watch;

	return g_atomic_int_get(&line->account->ended) ||
			(watch && watch->cancelled && watch->cancelled(watch->data));
}

static void tell_progress(void *data, const char *status, int64_t waited_us)
{
	const struct account_line *line = data;

	if (status && line->watch && line->watch->progress)
		line->watch->progress(line->watch->data, status);
}

static void line_free(struct account_line *line)
{
	if (!line)
		return;
	osvdi_broker_destroy(line->broker);
	g_free(line);
}

/* login NULL: by the settings alone. */
static struct account_line *line_new(struct account *account,
		const struct osvdi_broker_setting *own, const struct osvdi_broker_login *login,
		struct trouble *trouble)
{
	struct idle_line *line = g_new0(struct idle_line, 1);
	const struct osvdi_broker_hooks hooks = {
		.cancelled = is_cancelled,
		.progress = tell_progress,
		.data = line,
	};

	line->line.account = account;
	line->project_number = account->project_number;
	line->line.broker = place_broker(account->place, own, login, &hooks, trouble);
	if (line->line.broker)
		return &line->line;
	g_free(line);
	return NULL;
}

static struct account_line *open_entrance(struct account *account,
		const struct account_params *params, struct trouble *trouble)
{
	const struct osvdi_broker_setting federated[] = {
		{ "auth_type", "v3oidcaccesstoken" },
		{ "access_token", params->secret },
		{ "identity_provider", params->identity_provider },
		{ "protocol", params->protocol },
		{ NULL, NULL },
	};
	gboolean by_password = params->kind == ACCOUNT_BY_PASSWORD;
	gboolean in_domain = by_password && params->domain && *params->domain;
	const struct osvdi_broker_setting own[] = {
		{ "auth_type", by_password ? "v3password" : "v3applicationcredential" },
		{ by_password ? "username" : "application_credential_id", params->name },
		{ by_password ? "password" : "application_credential_secret", params->secret },
		{ in_domain ? "user_domain_name" : NULL, params->domain },
		{ NULL, NULL },
	};

	return line_new(account, params->kind == ACCOUNT_BY_PROVIDER ? federated : own, NULL,
			trouble);
}

struct account *account_new(const struct place *place, const struct account_params *params,
		struct trouble *trouble)
{
	struct account *account = g_new0(struct account, 1);

	g_atomic_ref_count_init(&account->refs);
	g_mutex_init(&account->lock);
	account->place = place;
	account->user = g_strdup(params->name);
	account->entrance = open_entrance(account, params, trouble);
	if (account->entrance)
		return account;
	account_unref(account);
	return NULL;
}

struct account *account_ref(struct account *account)
{
	g_atomic_ref_count_inc(&account->refs);
	return account;
}

static void drop_idle(struct account *account)
{
	struct account_line *line;

	while ((line = g_queue_pop_head(&account->idle)))
		line_free(line);
}

void account_unref(struct account *account)
{
	if (!account || !g_atomic_ref_count_dec(&account->refs))
		return;
	drop_idle(account);
	line_free(account->entrance);
	osvdi_broker_login_free(account->in_project);
	osvdi_broker_login_free(account->first);
	g_mutex_clear(&account->lock);
	g_free(account->user);
	g_free(account);
}

/* The login may bring a project: an application credential does. */
static void take_login(struct account *account, struct osvdi_broker_login *login)
{
	const char *name = osvdi_broker_login_user_name(login);

	g_mutex_lock(&account->lock);
	account->first = login;
	g_mutex_unlock(&account->lock);
	if (!name)
		return;
	g_free(account->user);
	account->user = g_strdup(name);
}

enum account_step account_log_in(struct account *account, const char *passcode,
		struct trouble *trouble)
{
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_login *login =
			osvdi_broker_log_in(account->entrance->broker, passcode, &error);

	if (!login) {
		trouble_take(trouble, error);
		return trouble->reason == OSVDI_BROKER_REASON_SECOND_FACTOR ?
				ACCOUNT_WANTS_PASSCODE :
				ACCOUNT_REFUSED;
	}
	take_login(account, login);
	g_clear_pointer(&account->entrance, line_free); /* and the password with it */
	return ACCOUNT_IN;
}

struct osvdi_broker_projects *account_projects(struct account *account, struct trouble *trouble)
{
	struct account_line *line = line_new(account, NULL, account->first, trouble);
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_projects *projects =
			line ? osvdi_broker_projects(line->broker, account->first, &error) : NULL;

	if (line && !projects)
		trouble_take(trouble, error);
	line_free(line);
	return projects;
}

gboolean account_is_known(struct account *account)
{
	struct trouble trouble = { 0 };
	struct osvdi_broker_projects *projects = account_projects(account, &trouble);
	gboolean known = projects || trouble.code != OSVDI_BROKER_AUTH;

	osvdi_broker_projects_free(projects);
	trouble_clear(&trouble);
	return known;
}

static void take_project(struct account *account, struct osvdi_broker_login *login)
{
	g_mutex_lock(&account->lock);
	osvdi_broker_login_free(account->in_project);
	account->in_project = login;
	account->project_number++;
	drop_idle(account);
	g_mutex_unlock(&account->lock);
}

gboolean account_enter(struct account *account, const char *project_id, struct trouble *trouble)
{
	const struct osvdi_broker_setting own[] = { { "project_id", project_id }, { NULL, NULL } };
	struct account_line *line = line_new(account, own, account->first, trouble);
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_login *login =
			line ? osvdi_broker_log_in(line->broker, NULL, &error) : NULL;

	if (line && !login)
		trouble_take(trouble, error);
	line_free(line);
	if (login)
		take_project(account, login);
	return login != NULL;
}

const char *account_user(const struct account *account)
{
	return account->user;
}

/* With the lock. */
static const struct osvdi_broker_login *in_project(const struct account *account)
{
	if (account->in_project)
		return account->in_project;
	return account->first && osvdi_broker_login_project_id(account->first) ? account->first :
										  NULL;
}

char *account_project_name(struct account *account)
{
	const struct osvdi_broker_login *login;
	char *name;

	g_mutex_lock(&account->lock);
	login = in_project(account);
	name = login ? g_strdup(osvdi_broker_login_project_name(login)) : NULL;
	g_mutex_unlock(&account->lock);
	return name;
}

gboolean account_is_in_project(struct account *account)
{
	gboolean is;

	g_mutex_lock(&account->lock);
	is = in_project(account) != NULL;
	g_mutex_unlock(&account->lock);
	return is;
}

gint64 account_expires(struct account *account)
{
	gint64 when;

	g_mutex_lock(&account->lock);
	when = account->first ? osvdi_broker_login_expires(account->first) : 0;
	g_mutex_unlock(&account->lock);
	return when;
}

void account_end(struct account *account)
{
	g_atomic_int_set(&account->ended, 1);
}

static void forget(struct account *account, const struct osvdi_broker_login *login)
{
	struct trouble trouble = { 0 };
	struct osvdi_broker *broker = login ? place_broker(account->place, NULL, login, NULL,
							      &trouble) :
					       NULL;
	struct osvdi_broker_error *error = NULL;

	if (broker && !osvdi_broker_log_out(broker, login, &error)) {
		g_message("A login stays known to the cloud: %s",
				osvdi_broker_error_message(error));
		osvdi_broker_error_free(error);
	}
	osvdi_broker_destroy(broker);
	trouble_clear(&trouble);
}

void account_log_out(struct account *account)
{
	forget(account, account->in_project);
	forget(account, account->first);
}

struct account_line *account_take(struct account *account, const struct account_watch *watch,
		struct trouble *trouble)
{
	struct account_line *line;

	g_mutex_lock(&account->lock);
	line = g_queue_pop_head(&account->idle);
	if (!line && in_project(account))
		line = line_new(account, NULL, in_project(account), trouble);
	else if (!line)
		trouble_set(trouble, OSVDI_BROKER_USAGE, OSVDI_BROKER_REASON_NONE,
				"no project is chosen");
	g_mutex_unlock(&account->lock);
	if (line)
		line->watch = watch;
	return line;
}

void account_give(struct account_line *line)
{
	struct account *account = line->account;
	const struct idle_line *idle = (const struct idle_line *)line;

	line->watch = NULL;
	g_mutex_lock(&account->lock);
	if (idle->project_number == account->project_number &&
			g_queue_get_length(&account->idle) < IDLE_LINES_MAX)
		g_queue_push_head(&account->idle, g_steal_pointer(&line));
	g_mutex_unlock(&account->lock);
	line_free(line);
}
