/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "osvdi-broker.h"

/*
 * The library as a web portal would use it, by its public header alone: two users at
 * two clouds in two threads. test_library.py plays the clouds and runs this.
 *
 * usage: library WAKES-NEVER WAKES ANSWERS-NEVER CACHE-DIRECTORY
 */

/* A cancelled call returns within 0.2 s; the rest is for a busy machine. */
#define PROMPT_S 1.0

struct user {
	const char *url, *name, *password, *cache;
	atomic_bool cancel;
	atomic_bool asked; /* the library asked whether to cancel */
	double cancelled_at, returned_at;
	atomic_int waits; /* times that progress was told */
	int messages, ends;
	enum osvdi_broker_code code;
	enum osvdi_broker_reason reason;
	char message[1000];
	char uri[200];
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_log(void *data, enum osvdi_broker_level level, const char *message)
{
	struct user *u = data;

	u->messages++;
	assert(!strstr(message, u->password));
	assert(!strchr(message, '\n'));
}

static void on_progress(void *data, const char *status, int64_t waited_us)
{
	struct user *u = data;

	if (!status) {
		u->ends++;
		return;
	}
	u->waits++;
	assert(strstr(status, "desk"));
}

static bool on_cancelled(void *data)
{
	struct user *u = data;

	u->asked = true;
	return u->cancel;
}

static char *on_remedy(void *data, enum osvdi_broker_reason reason, const char *subject)
{
	return reason == OSVDI_BROKER_REASON_MUST_NOT_WAKE ? strdup(": ask the help desk") : NULL;
}

static struct osvdi_broker *create(struct user *u)
{
	const struct osvdi_broker_setting settings[] = {
		{ "auth_url", u->url },
		{ "username", u->name },
		{ "password", u->password },
		{ "project_name", "p" },
		{ "user_domain_name", "Default" },
		{ "project_domain_name", "Default" },
		{ NULL, NULL },
	};
	struct osvdi_broker_params p = { .size = sizeof(p) };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker *broker;

	p.settings = settings;
	p.cache_directory = u->cache;
	p.hooks.log = on_log;
	p.hooks.level = OSVDI_BROKER_DEBUG;
	p.hooks.progress = on_progress;
	p.hooks.cancelled = on_cancelled;
	p.hooks.remedy = on_remedy;
	p.hooks.data = u;
	broker = osvdi_broker_create(&p, &error);
	if (!broker)
		fprintf(stderr, "%s\n", osvdi_broker_error_message(error));
	assert(broker);
	return broker;
}

/* Keeps what an error says; frees it. */
static void take_error(struct user *u, struct osvdi_broker_error *error)
{
	u->code = osvdi_broker_error_code(error);
	u->reason = osvdi_broker_error_reason(error);
	snprintf(u->message, sizeof(u->message), "%s", osvdi_broker_error_message(error));
	assert(!strstr(u->message, "--") && !strstr(u->message, u->password));
	osvdi_broker_error_free(error);
}

static void open_desktop(struct user *u, struct osvdi_broker *broker, const char *name,
		bool no_wake)
{
	struct osvdi_broker_open_params p = { .size = sizeof(p), .name = name, .no_wake = no_wake };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_opened *opened = osvdi_broker_open(broker, &p, &error);

	u->returned_at = now_s();
	assert(!opened == (error != NULL));
	take_error(u, error);
	u->uri[0] = '\0';
	if (!opened)
		return;
	snprintf(u->uri, sizeof(u->uri), "%s", osvdi_broker_opened_uri(opened));
	assert(strstr(osvdi_broker_opened_file(opened), "[osvdi]"));
	assert(strstr(osvdi_broker_opened_json(opened), "\"via\""));
	osvdi_broker_opened_free(opened);
}

/* The desktop of each user that these tests wake. */
static void *open_desk0(void *data)
{
	struct user *u = data;
	struct osvdi_broker *broker = create(u);

	open_desktop(u, broker, "desk0", false);
	osvdi_broker_destroy(broker);
	return NULL;
}

static void cancel(struct user *u)
{
	u->cancelled_at = now_s();
	u->cancel = true;
}

static void assert_cancelled(const struct user *u)
{
	assert(u->code == OSVDI_BROKER_FAILED);
	assert(u->reason == OSVDI_BROKER_REASON_CANCELLED);
	if (u->returned_at - u->cancelled_at >= PROMPT_S)
		fprintf(stderr, "cancelled after %.2f s\n", u->returned_at - u->cancelled_at);
	assert(u->returned_at - u->cancelled_at < PROMPT_S);
}

/* One of two who wait for their desktops gives up; the other gets one. */
static void test_two_users(struct user *gives_up, struct user *stays)
{
	pthread_t a, b;

	assert(!pthread_create(&a, NULL, open_desk0, gives_up));
	assert(!pthread_create(&b, NULL, open_desk0, stays));
	while (gives_up->waits < 2)
		sched_yield();
	cancel(gives_up);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	assert_cancelled(gives_up);
	assert(gives_up->waits && gives_up->ends);
	assert(stays->code == OSVDI_BROKER_OK);
	assert(!strncmp(stays->uri, "spice", strlen("spice")) && strstr(stays->uri, "://"));
	assert(stays->waits && stays->ends && stays->messages);
	printf("ok cancelled after %.3f s at a wait\n",
			gives_up->returned_at - gives_up->cancelled_at);
}

/* A request that is never answered ends as well. */
static void test_cancel_request(struct user *u)
{
	pthread_t thread;

	assert(!pthread_create(&thread, NULL, open_desk0, u));
	/* In the login: it asked, which it does in a request only. */
	while (!u->asked)
		sched_yield();
	cancel(u);
	pthread_join(thread, NULL);
	assert_cancelled(u);
	printf("ok cancelled after %.3f s in a request\n", u->returned_at - u->cancelled_at);
}

static void test_reasons(struct user *u)
{
	struct osvdi_broker *broker;

	u->cancel = false;
	broker = create(u);
	open_desktop(u, broker, "no-such-desktop", false);
	assert(u->code == OSVDI_BROKER_NOT_FOUND);
	assert(u->reason == OSVDI_BROKER_REASON_NO_SUCH_DESKTOP);
	u->message[0] = '\0';
	open_desktop(u, broker, "rests", true);
	assert(u->code == OSVDI_BROKER_NOT_READY);
	assert(u->reason == OSVDI_BROKER_REASON_MUST_NOT_WAKE);
	assert(strstr(u->message, "may not be woken: ask the help desk"));
	osvdi_broker_destroy(broker);
	printf("ok reasons\n");
}

/* A new struct of the same user finds the login that was kept, and nobody else's. */
static void test_list(struct user *u)
{
	struct osvdi_broker *broker = create(u);
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_list *list = osvdi_broker_list(broker, NULL, &error);
	const struct osvdi_broker_desktop *d;

	assert(list && !error);
	assert(osvdi_broker_list_length(list) == 1);
	d = osvdi_broker_list_get(list, 0);
	assert(!strcmp(osvdi_broker_desktop_status(d), "ACTIVE"));
	assert(!osvdi_broker_list_get(list, 1));
	assert(strstr(osvdi_broker_list_json(list), osvdi_broker_desktop_id(d)));
	osvdi_broker_list_free(list);
	osvdi_broker_destroy(broker);
	printf("ok list\n");
}

static void test_bad_settings(void)
{
	const struct osvdi_broker_setting settings[] = { { "auth_urll", "x" }, { NULL, NULL } };
	struct osvdi_broker_params p = { .size = sizeof(p), .settings = settings };
	struct osvdi_broker_error *error = NULL;

	assert(!osvdi_broker_create(&p, &error));
	assert(osvdi_broker_error_code(error) == OSVDI_BROKER_USAGE);
	assert(strstr(osvdi_broker_error_message(error), "auth_urll"));
	osvdi_broker_error_free(error);
	assert(!osvdi_broker_create(&p, NULL));
	printf("ok bad settings\n");
}

int main(int argc, char **argv)
{
	struct user alice = { .name = "alice", .password = "wonderland-7" };
	struct user bob = { .name = "bob", .password = "builder-42" };
	struct user carol = { .name = "carol", .password = "tea-for-2" };

	assert(argc == 5);
	alice.url = argv[1];
	bob.url = argv[2];
	carol.url = argv[3];
	alice.cache = bob.cache = carol.cache = argv[4];
	curl_global_init(CURL_GLOBAL_DEFAULT);
	test_two_users(&alice, &bob);
	test_cancel_request(&carol);
	test_reasons(&alice);
	test_list(&bob);
	test_bad_settings();
	curl_global_cleanup();
	return 0;
}
