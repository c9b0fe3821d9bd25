/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "compute/create.h"
#include "compute/lease.h"
#include "desktop/desktops.h"
#include "desktop/pool.h"
#include "desktop/resolve.h"
#include "fuzz.h"

/*
 * Whole commands against a cloud that answers with the input: its first byte is
 * the command; then replies, each "STATUS HEADER: VALUE\nBODY", parted by a line
 * "%%". When they run out nothing answers any more.
 */
#define ID "05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4"

struct replies {
	const char *next, *end;
	gint64 now_us;
	int requests;
};

static gint64 now_us(void *data)
{
	return ((struct replies *)data)->now_us;
}

static gint64 unix_s(void *data)
{
	return 1767225600 + now_us(data) / G_USEC_PER_SEC;
}

static void sleep_us(void *data, gint64 us)
{
	((struct replies *)data)->now_us += us;
}

static gboolean transport(void *data, const struct http_request *request, struct http_reply *reply,
		GError **error)
{
	struct replies *r = data;
	const char *part = r->next ? g_strstr_len(r->next, r->end - r->next, "\n%%\n") : NULL;
	const char *stop = part ? part : r->end;
	const char *line;
	gssize head;

	/* Every wait of the program has an end. */
	g_assert_cmpint(++r->requests, <, 20000);
	r->now_us += 1000;
	if (!r->next || r->next >= r->end) {
		g_set_error(error, g_quark_from_static_string("fuzz"), 6, "no more");
		return FALSE;
	}
	line = memchr(r->next, '\n', (gsize)(stop - r->next));
	reply->status = CLAMP(strtol(r->next, NULL, 10), 0, 999);
	head = (line ? line : stop) - r->next;
	if (head > 4)
		http_reply_add_header_line(reply, r->next + 4, (gsize)head - 4);
	if (line)
		g_string_append_len(reply->body, line + 1, stop - line - 1);
	r->next = part ? part + 4 : NULL;
	return TRUE;
}

static void run_resolve(struct cloud *cloud, gboolean vnc)
{
	struct desktops_query q = { .user_id = "alice-id" };
	struct server *s = desktops_find(cloud, &q, NULL, "desk", NULL);
	struct resolve_params p = { .vnc = vnc, .only = -1, .repair = vnc,
		.deadline_us = 300 * G_USEC_PER_SEC, .console_token_ttl_s = 600 };
	struct resolve_log log = { { NULL } };

	if (s)
		address_free(resolve_server(cloud, &s, &p, &log, NULL));
	resolve_log_clear(&log);
	server_free(s);
}

static void run_list(struct cloud *cloud)
{
	struct desktops_query q = { .user_id = "alice-id" };
	GPtrArray *servers = desktops_list(cloud, &q, NULL);

	if (!servers)
		return;
	desktops_name_images(cloud, servers);
	lease_annotate(cloud, servers);
	g_ptr_array_unref(servers);
}

static void run_leases(struct cloud *cloud)
{
	struct lease *l = lease_find(cloud, "l", NULL);

	if (l) {
		lease_wait(cloud, &l, 60 * G_USEC_PER_SEC, NULL);
		lease_extend(cloud, &l, 1767225600, NULL);
	}
	lease_free(l);
}

static void run_boot(struct cloud *cloud)
{
	char *networks[] = { (char *)"lan", NULL };
	struct create_request r = { .name = "n", .image = "i", .flavor = "f",
		.networks = networks };

	server_free(create_server(cloud, &r, NULL));
}

static void run_release(struct cloud *cloud)
{
	struct desktops_query q = { 0 };
	struct server *s = desktops_find(cloud, &q, "desk", NULL, NULL);
	struct power_params p = { .deadline_us = 60 * G_USEC_PER_SEC };

	if (s && power_reboot(cloud, &s, TRUE, &p, NULL) &&
			power_reach(cloud, &s, GOAL_STOPPED, &p, NULL, NULL))
		pool_release(cloud, s, "alice-id", NULL);
	server_free(s);
}

/* The commands past the seventh have letters of their own, so that the first
 * bytes of older inputs still mean what they meant. */
static int command_of(uint8_t first)
{
	if (first == 'u')
		return 7;
	return first == 'r' ? 8 : first % 7;
}

static struct cloud *open_session(struct replies *r, struct clock *clock, gboolean oidc)
{
	struct settings s = { 0 };
	struct cloud_params params = { 0 };
	struct cloud *cloud;

	settings_set(&s, SET_AUTH_URL, "http://cloud/identity");
	settings_set(&s, SET_USERNAME, "alice");
	settings_set(&s, SET_PASSWORD, "word");
	settings_set(&s, SET_PROJECT_NAME, "p");
	if (oidc) {
		settings_set(&s, SET_AUTH_TYPE, "v3oidcpassword");
		settings_set(&s, SET_IDENTITY_PROVIDER, "i");
		settings_set(&s, SET_PROTOCOL, "openid");
		settings_set(&s, SET_CLIENT_ID, "c");
		settings_set(&s, SET_DISCOVERY_ENDPOINT, "http://idp/");
	}
	*clock = (struct clock){ now_us, unix_s, sleep_us, r };
	params.settings = &s;
	params.clock = clock;
	params.transport = transport;
	params.transport_data = r;
	cloud = cloud_new(&params, NULL);
	settings_clear(&s);
	return cloud;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_malloc(size + 1); /* a NUL at its end, for strtol() */
	struct replies r = { 0 };
	struct cloud *cloud;
	struct clock clock;
	int what;

	if (!size)
		return 0;
	what = command_of(data[0]);
	memcpy(text, data, size);
	text[size] = '\0';
	r.next = text + 1;
	r.end = text + size;
	cloud = open_session(&r, &clock, what == 6);
	switch (what) {
	case 0: run_list(cloud); break;
	case 1: run_resolve(cloud, FALSE); break;
	case 2: run_resolve(cloud, TRUE); break;
	case 3: server_free(pool_assign(cloud, "p", "alice-id", 60 * G_USEC_PER_SEC, NULL)); break;
	case 4: run_leases(cloud); break;
	case 5: run_boot(cloud); break;
	case 7: g_free(desktops_user_id(cloud, "bob", NULL)); break;
	case 8: run_release(cloud); break;
	default: cloud_token(cloud, NULL); break;
	}
	cloud_free(cloud);
	return 0;
}
