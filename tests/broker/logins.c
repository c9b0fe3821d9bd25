/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "osvdi-broker.h"

/*
 * A program that keeps logins and no passwords, by the public header alone.
 * test_library.py plays the cloud and runs this.
 *
 * usage: logins CLOUD
 */

static const char *url;

static struct osvdi_broker *open_cloud(const char *user, const char *password,
		const char *project, const struct osvdi_broker_login *login)
{
	const struct osvdi_broker_setting settings[] = {
		{ "auth_url", url },
		{ "username", user },
		{ "password", password },
		{ "project_id", project },
		{ NULL, NULL },
	};
	struct osvdi_broker_params p = { .size = sizeof(p), .settings = settings, .login = login };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker *broker = osvdi_broker_create(&p, &error);

	if (!broker)
		fprintf(stderr, "%s\n", osvdi_broker_error_message(error));
	assert(broker);
	return broker;
}

static void assert_refused(struct osvdi_broker *broker, const char *passcode,
		enum osvdi_broker_code code, enum osvdi_broker_reason reason)
{
	struct osvdi_broker_error *error = NULL;

	assert(!osvdi_broker_log_in(broker, passcode, &error));
	if (osvdi_broker_error_code(error) != code || osvdi_broker_error_reason(error) != reason)
		fprintf(stderr, "%s\n", osvdi_broker_error_message(error));
	assert(osvdi_broker_error_code(error) == code);
	assert(osvdi_broker_error_reason(error) == reason);
	assert(!passcode || !strstr(osvdi_broker_error_message(error), passcode));
	osvdi_broker_error_free(error);
}

/* Two steps to a login that is for no project. */
static struct osvdi_broker_login *log_in_alice(void)
{
	struct osvdi_broker *broker = open_cloud("alice", "wonderland-7", NULL, NULL);
	struct osvdi_broker_login *login;

	assert_refused(broker, "123456", OSVDI_BROKER_USAGE, OSVDI_BROKER_REASON_NONE);
	assert_refused(broker, NULL, OSVDI_BROKER_AUTH, OSVDI_BROKER_REASON_SECOND_FACTOR);
	assert_refused(broker, NULL, OSVDI_BROKER_USAGE, OSVDI_BROKER_REASON_NONE);
	assert_refused(broker, "654321", OSVDI_BROKER_AUTH, OSVDI_BROKER_REASON_NONE);
	login = osvdi_broker_log_in(broker, "123456", NULL);
	assert(login);
	assert(!strcmp(osvdi_broker_login_user_id(login), "u-alice"));
	assert(!strcmp(osvdi_broker_login_user_name(login), "alice"));
	assert(!osvdi_broker_login_project_id(login));
	assert(osvdi_broker_login_expires(login) > time(NULL));
	osvdi_broker_destroy(broker);
	return login;
}

static void check_projects(const struct osvdi_broker_login *login)
{
	struct osvdi_broker *broker = open_cloud(NULL, NULL, NULL, login);
	struct osvdi_broker_projects *all = osvdi_broker_projects(broker, login, NULL);

	assert(all);
	assert(!strcmp(osvdi_broker_projects_get(all, 0)->name, "p"));
	assert(!strcmp(osvdi_broker_projects_get(all, 1)->id, "p2"));
	assert(!osvdi_broker_projects_get(all, 2));
	osvdi_broker_projects_free(all);
	osvdi_broker_destroy(broker);
}

static struct osvdi_broker_login *enter_project(const struct osvdi_broker_login *login)
{
	struct osvdi_broker *broker = open_cloud(NULL, NULL, "p2", login);
	struct osvdi_broker_login *in = osvdi_broker_log_in(broker, NULL, NULL);

	assert(in);
	assert(!strcmp(osvdi_broker_login_project_id(in), "p2"));
	assert(!strcmp(osvdi_broker_login_project_name(in), "z"));
	osvdi_broker_destroy(broker);
	return in;
}

/* The calls of a login ask for no other. */
static void use(const struct osvdi_broker_login *login)
{
	struct osvdi_broker *broker = open_cloud(NULL, NULL, NULL, login);
	struct osvdi_broker_open_params p = { .size = sizeof(p), .name = "desk0" };
	struct osvdi_broker_address address = { .size = sizeof(address) };
	struct osvdi_broker_list *list = osvdi_broker_list(broker, NULL, NULL);
	struct osvdi_broker_opened *opened = osvdi_broker_open(broker, &p, NULL);
	const struct osvdi_broker_desktop *d;

	assert(list && osvdi_broker_list_length(list) == 2);
	d = osvdi_broker_list_get(list, 0);
	assert(!strcmp(osvdi_broker_desktop_flavor(d), "desktop.large"));
	assert(!osvdi_broker_desktop_task(d) && !osvdi_broker_desktop_is_locked(d));
	assert(!osvdi_broker_desktop_lease(d) && !osvdi_broker_desktop_lease_end(d));
	assert(opened);
	osvdi_broker_opened_address(opened, &address);
	assert(!strcmp(address.protocol, "spice") && !strcmp(address.host, "10.1.2.3"));
	assert(address.port == 5901 && address.tls_port == 5902 && !address.websocket);
	assert(!strcmp(osvdi_broker_desktop_status(osvdi_broker_opened_desktop(opened)),
			"ACTIVE"));
	osvdi_broker_opened_free(opened);
	osvdi_broker_list_free(list);
	osvdi_broker_destroy(broker);
}

static void check_pools(const struct osvdi_broker_login *login)
{
	struct osvdi_broker *broker = open_cloud(NULL, NULL, NULL, login);
	struct osvdi_broker_pools *all = osvdi_broker_pools(broker, NULL);
	const struct osvdi_broker_pool *pool;

	assert(all);
	pool = osvdi_broker_pools_get(all, 0);
	assert(!strcmp(pool->name, "a") && pool->total == 3 && pool->free == 1 && !pool->held);
	pool = osvdi_broker_pools_get(all, 1);
	assert(!strcmp(pool->name, "b") && pool->total == 1 && !pool->free && pool->held);
	assert(!osvdi_broker_pools_get(all, 2));
	osvdi_broker_pools_free(all);
	osvdi_broker_destroy(broker);
}

static void leave(const struct osvdi_broker_login *login)
{
	struct osvdi_broker *broker = open_cloud(NULL, NULL, NULL, login);
	struct osvdi_broker_error *error = NULL;

	assert(osvdi_broker_log_out(broker, login, NULL));
	assert(!osvdi_broker_list(broker, NULL, &error));
	assert(osvdi_broker_error_code(error) == OSVDI_BROKER_AUTH);
	osvdi_broker_error_free(error);
	osvdi_broker_destroy(broker);
}

static void check_one_step(void)
{
	struct osvdi_broker *broker = open_cloud("bob", "builder-42", NULL, NULL);
	struct osvdi_broker_login *login = osvdi_broker_log_in(broker, NULL, NULL);

	assert(login && !strcmp(osvdi_broker_login_user_id(login), "u-bob"));
	osvdi_broker_login_free(login);
	osvdi_broker_destroy(broker);
	broker = open_cloud("bob", "wrong-word", NULL, NULL);
	assert_refused(broker, NULL, OSVDI_BROKER_AUTH, OSVDI_BROKER_REASON_NONE);
	osvdi_broker_destroy(broker);
}

int main(int argc, char **argv)
{
	struct osvdi_broker_login *first, *second;

	assert(argc == 2);
	url = argv[1];
	curl_global_init(CURL_GLOBAL_DEFAULT);
	check_one_step();
	first = log_in_alice();
	check_projects(first);
	second = enter_project(first);
	use(second);
	check_pools(second);
	leave(second);
	osvdi_broker_login_free(second);
	osvdi_broker_login_free(first);
	osvdi_broker_login_free(NULL);
	curl_global_cleanup();
	return 0;
}
