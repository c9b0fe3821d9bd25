/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "osvdi-broker.h"

/*
 * The calls by which a portal changes desktops, by the library's public header alone.
 * test_library.py plays the cloud and runs this.
 *
 * usage: library-calls URL
 */

#define END 1924992000 /* 2031-01-01 */
#define LATER (END + 3600)

static struct osvdi_broker *create(const char *url, bool any_owner)
{
	const struct osvdi_broker_setting settings[] = {
		{ "auth_url", url },
		{ "username", "alice" },
		{ "password", "a-word-of-hers" },
		{ "project_name", "p" },
		{ "user_domain_name", "Default" },
		{ "project_domain_name", "Default" },
		{ NULL, NULL },
	};
	struct osvdi_broker_params p = { .size = sizeof(p), .settings = settings,
		.any_owner = any_owner };
	struct osvdi_broker *broker = osvdi_broker_create(&p, NULL);

	assert(broker);
	return broker;
}

/* Takes an error over. */
static void assert_error(struct osvdi_broker_error *error, enum osvdi_broker_code code,
		enum osvdi_broker_reason reason)
{
	if (osvdi_broker_error_code(error) != code || osvdi_broker_error_reason(error) != reason)
		fprintf(stderr, "code %d, reason %d: %s\n", osvdi_broker_error_code(error),
				osvdi_broker_error_reason(error),
				osvdi_broker_error_message(error));
	assert(osvdi_broker_error_code(error) == code);
	assert(osvdi_broker_error_reason(error) == reason);
	assert(*osvdi_broker_error_message(error));
	osvdi_broker_error_free(error);
}

static struct osvdi_broker_desktop *find(struct osvdi_broker *broker, const char *name)
{
	struct osvdi_broker_desktop *d = osvdi_broker_find(broker, NULL, name, NULL);

	assert(d && !strcmp(osvdi_broker_desktop_name(d), name));
	return d;
}

static void assert_status(const struct osvdi_broker_desktop *d, const char *status)
{
	assert(!strcmp(osvdi_broker_desktop_status(d), status));
}

static void reach(struct osvdi_broker *broker, struct osvdi_broker_desktop *d,
		enum osvdi_broker_goal goal, const char *status)
{
	struct osvdi_broker_power_params p = { .size = sizeof(p), .goal = goal };
	struct osvdi_broker_error *error = NULL;
	bool turned = true;

	assert(osvdi_broker_power(broker, d, &p, &turned, &error) && !error);
	assert(!turned);
	assert_status(d, status);
}

static void test_power(struct osvdi_broker *broker)
{
	struct osvdi_broker_desktop *d = find(broker, "off");

	assert_status(d, "SHUTOFF");
	reach(broker, d, OSVDI_BROKER_RUNNING, "ACTIVE");
	reach(broker, d, OSVDI_BROKER_SUSPENDED, "SUSPENDED");
	reach(broker, d, OSVDI_BROKER_RESUMED, "ACTIVE");
	reach(broker, d, OSVDI_BROKER_SHELVED, "SHELVED_OFFLOADED");
	reach(broker, d, OSVDI_BROKER_UNSHELVED, "ACTIVE");
	reach(broker, d, OSVDI_BROKER_STOPPED, "SHUTOFF");
	osvdi_broker_desktop_free(d);
	printf("ok power\n");
}

static void test_repair(struct osvdi_broker *broker)
{
	struct osvdi_broker_power_params p = { .size = sizeof(p), .goal = OSVDI_BROKER_RUNNING };
	struct osvdi_broker_desktop *d = find(broker, "broken");
	struct osvdi_broker_error *error = NULL;

	assert(!osvdi_broker_power(broker, d, &p, NULL, &error));
	assert_error(error, OSVDI_BROKER_NOT_READY, OSVDI_BROKER_REASON_IN_ERROR);
	assert_status(d, "ERROR");
	p.repair = true;
	assert(osvdi_broker_power(broker, d, &p, NULL, NULL));
	assert_status(d, "ACTIVE");
	osvdi_broker_desktop_free(d);
	printf("ok repair\n");
}

static void test_reboot(struct osvdi_broker *broker)
{
	struct osvdi_broker_desktop *d = find(broker, "off");
	struct osvdi_broker_error *error = NULL;

	assert(!osvdi_broker_reboot(broker, d, false, 0, &error));
	assert_error(error, OSVDI_BROKER_NOT_READY, OSVDI_BROKER_REASON_SOFT_REBOOT);
	assert(osvdi_broker_reboot(broker, d, true, 0, NULL));
	assert_status(d, "ACTIVE");
	assert(osvdi_broker_reboot(broker, d, false, 0, NULL));
	assert_status(d, "ACTIVE");
	osvdi_broker_desktop_free(d);
	printf("ok reboot\n");
}

static void test_wait(struct osvdi_broker *broker)
{
	struct osvdi_broker_desktop *d = find(broker, "off");
	struct osvdi_broker_error *error = NULL;

	assert(osvdi_broker_wait(broker, d, "ACTIVE", 0, NULL));
	assert(!osvdi_broker_wait(broker, d, "ASLEEP", 0, &error));
	assert_error(error, OSVDI_BROKER_USAGE, OSVDI_BROKER_REASON_NONE);
	assert(!osvdi_broker_wait(broker, d, "SHUTOFF", 1, &error));
	assert_error(error, OSVDI_BROKER_NOT_READY, OSVDI_BROKER_REASON_TIMEOUT);
	osvdi_broker_desktop_free(d);
	printf("ok wait\n");
}

static void test_pool(struct osvdi_broker *broker, struct osvdi_broker *nobody)
{
	struct osvdi_broker_release_params p = { .size = sizeof(p), .stop = true };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_desktop *d, *again;

	assert(!osvdi_broker_assign(broker, "no-such-pool", 0, &error));
	assert_error(error, OSVDI_BROKER_NOT_FOUND, OSVDI_BROKER_REASON_NONE);
	assert(!osvdi_broker_assign(nobody, "pool", 0, &error));
	assert_error(error, OSVDI_BROKER_USAGE, OSVDI_BROKER_REASON_NONE);
	d = osvdi_broker_assign(broker, "pool", 0, NULL);
	assert(d && !strcmp(osvdi_broker_desktop_pool(d), "pool"));
	again = osvdi_broker_assign(broker, "pool", 0, NULL);
	assert(again && !strcmp(osvdi_broker_desktop_id(d), osvdi_broker_desktop_id(again)));
	assert(osvdi_broker_release(broker, d, &p, NULL));
	assert_status(d, "SHUTOFF");
	assert(osvdi_broker_release(broker, again, NULL, NULL)); /* which is free already */
	osvdi_broker_desktop_free(again);
	osvdi_broker_desktop_free(d);
	d = find(broker, "off");
	assert(!osvdi_broker_release(broker, d, &p, &error));
	assert_error(error, OSVDI_BROKER_USAGE, OSVDI_BROKER_REASON_NONE);
	osvdi_broker_desktop_free(d);
	printf("ok pool\n");
}

static size_t count_leases(struct osvdi_broker *broker)
{
	struct osvdi_broker_lease **all = osvdi_broker_leases(broker, NULL);
	size_t n = 0;

	assert(all);
	while (all[n])
		n++;
	osvdi_broker_leases_free(all);
	return n;
}

static struct osvdi_broker_lease *make_lease(struct osvdi_broker *broker)
{
	struct osvdi_broker_lease_params p = { .size = sizeof(p), .name = "exam", .end = END,
		.amount = 1, .flavor = "no-such-flavor" };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_lease *lease;

	assert(!osvdi_broker_lease_create(broker, &p, &error));
	assert_error(error, OSVDI_BROKER_NOT_FOUND, OSVDI_BROKER_REASON_NONE);
	assert(count_leases(broker) == 0);
	p.flavor = "desktop";
	lease = osvdi_broker_lease_create(broker, &p, NULL);
	assert(lease && !strcmp(osvdi_broker_lease_name(lease), "exam"));
	assert(osvdi_broker_lease_end(lease) == END && osvdi_broker_lease_start(lease));
	assert(!strcmp(osvdi_broker_lease_status(lease), "PENDING"));
	return lease;
}

static void test_leases(struct osvdi_broker *broker)
{
	struct osvdi_broker_lease *lease = make_lease(broker), *found;
	struct osvdi_broker_error *error = NULL;

	assert(osvdi_broker_lease_wait(broker, lease, 0, NULL));
	assert(!strcmp(osvdi_broker_lease_status(lease), "ACTIVE"));
	assert(osvdi_broker_lease_extend(broker, lease, LATER, NULL));
	assert(osvdi_broker_lease_end(lease) == LATER);
	assert(count_leases(broker) == 1);
	found = osvdi_broker_lease_find(broker, "exam", NULL);
	assert(found && !strcmp(osvdi_broker_lease_id(found), osvdi_broker_lease_id(lease)));
	osvdi_broker_lease_free(found);
	assert(!osvdi_broker_lease_find(broker, "holiday", &error));
	assert_error(error, OSVDI_BROKER_NOT_FOUND, OSVDI_BROKER_REASON_NONE);
	osvdi_broker_lease_free(lease);
	printf("ok leases\n");
}

static void test_create(struct osvdi_broker *broker)
{
	static const char *const networks[] = { "none", NULL }, *const groups[] = { "web", NULL };
	const struct osvdi_broker_setting metadata[] = { { "course", "maths" }, { NULL, NULL } };
	struct osvdi_broker_create_params p = { .size = sizeof(p), .name = "new", .image = "tiny",
		.networks = networks, .security_groups = groups, .metadata = metadata,
		.user_data = "#!/bin/sh\n", .user_data_length = 10, .config_drive = true };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_desktop *d;

	assert(!osvdi_broker_create_desktop(broker, &p, &error)); /* of which size? */
	assert_error(error, OSVDI_BROKER_USAGE, OSVDI_BROKER_REASON_NONE);
	p.flavor = "desktop";
	p.image = "no-such-image";
	assert(!osvdi_broker_create_desktop(broker, &p, &error));
	assert_error(error, OSVDI_BROKER_NOT_FOUND, OSVDI_BROKER_REASON_NONE);
	p.image = "tiny";
	d = osvdi_broker_create_desktop(broker, &p, NULL);
	assert(d && !strcmp(osvdi_broker_desktop_name(d), "new"));
	assert_status(d, "ACTIVE");
	osvdi_broker_desktop_free(d);
	printf("ok create\n");
}

static void assert_holds(struct osvdi_broker *broker, const struct osvdi_broker_lease *lease,
		const char *name)
{
	struct osvdi_broker_list *list = osvdi_broker_lease_desktops(broker, lease, NULL);

	assert(list && osvdi_broker_list_length(list) == 1);
	assert(!strcmp(osvdi_broker_desktop_name(osvdi_broker_list_get(list, 0)), name));
	osvdi_broker_list_free(list);
}

static void test_create_in_lease(struct osvdi_broker *broker)
{
	struct osvdi_broker_lease *lease = osvdi_broker_lease_find(broker, "exam", NULL);
	struct osvdi_broker_create_params p = { .size = sizeof(p), .name = "in-lease",
		.image = "tiny", .lease = lease, .no_wait = true };
	struct osvdi_broker_desktop *d = osvdi_broker_create_desktop(broker, &p, NULL);

	assert(lease && d);
	assert_status(d, "BUILD");
	assert(osvdi_broker_wait(broker, d, "ACTIVE", 0, NULL));
	assert_holds(broker, lease, "in-lease");
	assert(osvdi_broker_lease_reservation(lease, 0));
	assert(!osvdi_broker_lease_reservation(lease, 1));
	assert(osvdi_broker_lease_delete(broker, lease, NULL));
	assert(count_leases(broker) == 0);
	osvdi_broker_desktop_free(d);
	osvdi_broker_lease_free(lease);
	printf("ok create in a lease\n");
}

int main(int argc, char **argv)
{
	struct osvdi_broker *broker, *nobody;

	assert(argc == 2);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	broker = create(argv[1], false);
	nobody = create(argv[1], true);
	test_power(broker);
	test_repair(broker);
	test_reboot(broker);
	test_wait(broker);
	test_pool(broker, nobody);
	test_leases(broker);
	test_create(broker);
	test_create_in_lease(broker);
	osvdi_broker_destroy(nobody);
	osvdi_broker_destroy(broker);
	curl_global_cleanup();
	return 0;
}
