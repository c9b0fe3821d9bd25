/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "compute/discovery.h"
#include "scripted.h"

/* Where compute's API is found, by what its addresses answer. */

#define ROOT "http://cloud/compute"
#define ALONE "{\"version\":{\"id\":\"v2.1\",\"version\":\"2.90\"}}"
#define ENTRY(href) "{\"id\":\"v2.0\",\"version\":\"\"},{\"id\":\"v2.1\",\"version\":\"2.90\"," \
	"\"links\":[{\"rel\":\"self\",\"href\":\"" href "\"}]}"
#define LIST(href) "{\"versions\":[7," ENTRY(href) "]}"
#define GET(path, status, body) { "GET " path, status, body, NULL, 0 }

static struct {
	struct answer answers[5]; /* an address without one does not answer; 404 has to be told */
	const char *base; /* where a call goes then; or NULL */
	int minor;
	const char *words; /* of the message */
	guint most; /* requests that this takes at most, without the login */
} cases[] = {
	/* the catalog's address is right */
	{ { GET("/compute/v2.1/", 200, ALONE) }, ROOT "/v2.1", 90, NULL, 1 },
	{ { GET("/compute/v2.1/", 200, "{\"version\":{\"id\":\"v2.1\",\"version\":\"\"}}") },
		ROOT "/v2.1", 1, NULL, 1 },
	{ { GET("/compute/v2.1/", 200, "{\"version\":{\"id\":\"v2.1\",\"version\":"
		"\"2.99999999999999999999\"}}") }, ROOT "/v2.1", 0, NULL, 1 },
	/* a list at the root, with a link that leads back, elsewhere, or nowhere */
	{ { GET("/compute/v2.1/", 404, ""), GET("/compute/", 200, LIST("http://cloud/nova/v2.1/")),
		GET("/nova/v2.1/", 200, ALONE) }, "http://cloud/nova/v2.1", 90, NULL, 3 },
	{ { GET("/compute/v2.1/", 404, ""), GET("/compute/", 300,
		"{\"choices\":[" ENTRY("/nova/v2.1") "]}"), GET("/nova/v2.1/", 200, ALONE) },
		"http://cloud/nova/v2.1", 90, NULL, 3 },
	{ { GET("/compute/v2.1/", 404, ""), GET("/compute/", 200, LIST("http://evil/v2.1/")) },
		NULL, -1, "no API v2.1 at " ROOT "/v2.1 (404 Not Found)", 5 },
	{ { GET("/compute/v2.1/", 404, ""), GET("/compute/", 200, "{\"versions\":[]}") },
		NULL, -1, "no API v2.1", 3 },
	{ { GET("/compute/v2.1/", 410, ""), GET("/compute/", 200, "{\"versions\":{}}") },
		NULL, -1, "no API v2.1", 5 },
	{ { GET("/compute/v2.1/", 404, ""), GET("/compute/", 200, ALONE) }, ROOT, 90, NULL, 2 },
	/* documents that are none of v2.1 */
	{ { GET("/compute/v2.1/", 200, "{\"version\":{\"id\":\"v3\",\"version\":\"3.1\"}}"),
		GET("/compute/", 404, ""), GET("/compute", 404, "") }, NULL, -1, "no API v2.1", 6 },
	{ { GET("/compute/v2.1/", 200, "{\"version\":{\"id\":\"v2.1\",\"version\":\"3.1\"}}"),
		GET("/compute/", 404, ""), GET("/compute", 404, "") }, NULL, -1, "no API v2.1", 6 },
	{ { GET("/compute/v2.1/", 200, "{\"version\":{\"id\":\"v2.1\",\"version\":\"2.-5\"}}"),
		GET("/compute/", 404, ""), GET("/compute", 404, "") }, NULL, -1, "no API v2.1", 6 },
	{ { GET("/compute/v2.1/", 200, "{\"version\":{\"id\":\"v2.1\",\"version\":\"2.0\"}}"),
		GET("/compute/", 404, ""), GET("/compute", 404, "") }, NULL, -1, "no API v2.1", 6 },
	{ { GET("/compute/v2.1/", 200, "{\"version\":[\"v2.1\"]}"),
		GET("/compute/", 404, ""), GET("/compute", 404, "") }, NULL, -1, "no API v2.1", 6 },
	/* the root without its slash */
	{ { GET("/compute/v2.1/", 404, ""), GET("/compute/", 404, ""),
		GET("/compute", 200, ALONE) }, ROOT, 90, NULL, 3 },
	/* an answer that says more than "not here" ends the search */
	{ { GET("/compute/v2.1/", 500, "{}") }, NULL, -1, "500", 3 },
	{ { GET("/compute/v2.1/", 403, "{}") }, NULL, -1, "403", 1 },
	{ { GET("/compute/v2.1/", 200, "<html>") }, NULL, -1, "not JSON", 1 },
	{ { GET("/compute/v2.1/", 404, ""), GET("/compute/", 500, "{}") }, NULL, -1, "500", 5 },
	{ { GET("/compute/v2.1/", 0, "") }, NULL, -1, "nothing scripted", 3 },
};

struct rig {
	struct scripted script;
	struct answer answers[8];
	struct cloud *cloud;
};

static void rig_start(struct rig *r, const struct answer *answers)
{
	static const struct answer login = SCRIPTED_LOGIN;
	guint n = 0;

	memset(r, 0, sizeof(*r));
	r->answers[n++] = login;
	for (guint i = 0; i < G_N_ELEMENTS(cases[0].answers) && answers[i].request; i++)
		r->answers[n++] = answers[i];
	scripted_init(&r->script, r->answers);
	r->cloud = scripted_cloud(&r->script, NULL);
	g_assert_nonnull(cloud_token(r->cloud, NULL));
	g_ptr_array_set_size(r->script.asked, 0);
}

static void rig_end(struct rig *r)
{
	cloud_free(r->cloud);
	scripted_clear(&r->script);
}

/* Where a call of compute goes. */
static void assert_base(struct rig *r, const char *base)
{
	const struct cloud_request request = { .service = SERVICE_COMPUTE, .method = "GET",
		.path = "/servers" };
	g_autofree char *wanted = g_strdup_printf("GET %s/servers", base);
	g_autoptr(auto_api_reply) reply = cloud_call(r->cloud, &request, NULL);

	g_assert_null(reply); /* nothing is scripted there */
	g_assert_cmpuint(scripted_count(&r->script, wanted), >, 0);
}

static void test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		struct rig r;
		int minor;

		rig_start(&r, cases[i].answers);
		minor = discovery_compute(r.cloud, &error);
		g_test_message("case %zu: %d %s, %u requests", i, minor,
				error ? error->message : "", r.script.asked->len);
		if (cases[i].minor)
			g_assert_cmpint(minor, ==, cases[i].minor);
		else
			g_assert_cmpint(minor, >, 90);
		g_assert_cmpint(error != NULL, ==, cases[i].words != NULL);
		g_assert_true(!error || strstr(error->message, cases[i].words));
		g_assert_cmpuint(r.script.asked->len, <=, cases[i].most);
		g_assert_cmpuint(scripted_count(&r.script, "GET http://evil"), ==, 0);
		if (cases[i].base)
			assert_base(&r, cases[i].base);
		rig_end(&r);
	}
}

/* Found once, it is not looked for again. */
static void test_kept(void)
{
	const struct answer answers[5] = { GET("/compute/v2.1/", 404, ""),
		GET("/compute/", 200, LIST("/nova/v2.1")), GET("/nova/v2.1/", 200, ALONE) };
	struct rig r;
	guint asked;

	rig_start(&r, answers);
	g_assert_cmpint(discovery_compute(r.cloud, NULL), ==, 90);
	asked = r.script.asked->len;
	g_assert_cmpint(discovery_compute(r.cloud, NULL), ==, 90);
	g_assert_cmpuint(r.script.asked->len, ==, asked);
	rig_end(&r);
}

/* A fact that was kept is used when it is whole and for this address. */
static void test_facts(void)
{
	static const struct {
		const char *fact;
		gboolean good;
	} facts[] = {
		{ ROOT "/v2.1 http://cloud/nova 5", TRUE },
		{ "http://other/v2.1 http://cloud/nova 5", FALSE },
		{ ROOT "/v2.1 http://cloud/nova 0", FALSE },
		{ ROOT "/v2.1 http://cloud/nova -1", FALSE },
		{ ROOT "/v2.1 http://cloud/nova x", FALSE },
		{ ROOT "/v2.1 http://cloud/nova 99999999", FALSE },
		{ ROOT "/v2.1 http://cloud/nova", FALSE },
		{ ROOT "/v2.1 http://cloud/nova 5 6", FALSE },
		{ "", FALSE },
	};
	const struct answer answers[5] = { GET("/compute/v2.1/", 200, ALONE) };

	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
		g_autofree char *address = NULL;
		struct rig r;

		g_test_message("%s", facts[i].fact);
		rig_start(&r, answers);
		address = cloud_address(r.cloud, SERVICE_COMPUTE, NULL);
		g_assert_cmpstr(address, ==, ROOT "/v2.1");
		cloud_set_fact(r.cloud, SERVICE_COMPUTE, "compute_api", facts[i].fact);
		g_assert_cmpint(discovery_compute(r.cloud, NULL), ==, facts[i].good ? 5 : 90);
		assert_base(&r, facts[i].good ? "http://cloud/nova" : ROOT "/v2.1");
		rig_end(&r);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/discovery/cases", test_cases);
	g_test_add_func("/discovery/kept", test_kept);
	g_test_add_func("/discovery/facts", test_facts);
	return g_test_run();
}
