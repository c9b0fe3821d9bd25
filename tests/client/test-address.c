/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>

#include "session/address.h"
#include "target/proxy.h"

/* An address that a broker renews: a script in a folder of the test's own. */
struct fixture {
	char *folder;
	struct options options;
	struct target *target;
	struct address *address;
	struct failure *failure;
	guint renewed;
};

static void on_renewed(struct failure *failure, gpointer data)
{
	struct fixture *f = data;

	failure_free(f->failure);
	f->failure = failure;
	f->renewed++;
}

static void set_up(struct fixture *f, gconstpointer script)
{
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("osvdi-address-XXXXXX", &error);
	g_assert_no_error(error);
	f->options.broker = g_build_filename(f->folder, "broker", NULL);
	g_assert_true(g_file_set_contents_full(f->options.broker, script, -1,
			G_FILE_SET_CONTENTS_NONE, 0700, &error));
	f->target = target_from_uri("spice+ws://127.0.0.1:1/?token=first", &error);
	g_assert_no_error(error);
	f->target->resolve_name = g_strdup("desk");
	f->address = address_new(&f->options, f->target, on_renewed, f, &error);
	g_assert_no_error(error);
}

/* The same address, of a target that has changed. */
static gboolean is_stale_anew(struct fixture *f)
{
	address_free(f->address);
	f->address = address_new(&f->options, f->target, on_renewed, f, NULL);
	return address_is_stale(f->address);
}

static const char *live_url(const struct fixture *f)
{
	return address_get_target(f->address)->url;
}

static void tear_down(struct fixture *f, gconstpointer script)
{
	address_free(f->address);
	target_free(f->target);
	failure_free(f->failure);
	g_unlink(f->options.broker);
	g_rmdir(f->folder);
	g_free(f->options.broker);
	g_free(f->folder);
}

static void wait_renewed(struct fixture *f, guint n)
{
	while (f->renewed < n)
		g_main_context_iteration(NULL, TRUE);
}

#define GIVES_SECOND \
	"#!/bin/sh\nprintf '[virt-viewer]\\ntype=spice\\n[osvdi]\\n" \
	"url=spice+ws://127.0.0.1:1/?token=second\\nname=desk\\n'\n"

/* An address that expires soon is not used any more; without a name nothing better comes. */
static void test_expires(struct fixture *f, gconstpointer script)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	g_assert_false(address_is_stale(f->address));
	f->target->expires = now + 3600;
	g_assert_false(is_stale_anew(f));
	f->target->expires = now + 1;
	g_assert_true(is_stale_anew(f));
	g_clear_pointer(&f->target->resolve_name, g_free);
	g_assert_false(is_stale_anew(f));
}

/* A refused address is replaced by the broker's, and good again. */
static void test_renewed(struct fixture *f, gconstpointer script)
{
	address_refuse(f->address);
	g_assert_true(address_is_stale(f->address) && address_was_refused(f->address));
	address_renew(f->address, FALSE);
	address_renew(f->address, FALSE); /* once is enough while the broker works */
	wait_renewed(f, 1);
	g_assert_null(f->failure);
	g_assert_nonnull(strstr(live_url(f), "token=second"));
	g_assert_nonnull(strstr(f->target->url, "token=first"));
	g_assert_false(address_is_stale(f->address) || address_was_refused(f->address));
	g_assert_cmpuint(address_get_renewals(f->address), ==, 1);
	address_good(f->address);
	g_assert_cmpuint(address_get_renewals(f->address), ==, 0);
}

/* A desktop that does not run is no address's fault: asking again is useless. */
static void test_asleep(struct fixture *f, gconstpointer script)
{
	address_refuse(f->address);
	address_renew(f->address, FALSE);
	wait_renewed(f, 1);
	g_assert_nonnull(f->failure);
	g_assert_cmpint(f->failure->refusal, ==, REFUSAL_ASLEEP);
	g_assert_nonnull(strstr(live_url(f), "token=first"));
	g_assert_true(address_is_stale(f->address));
}

#define GIVES_PORT \
	"#!/bin/sh\nprintf '[virt-viewer]\\ntype=spice\\nhost=127.0.0.1\\nport=2\\n" \
	"password=second\\n[osvdi]\\nname=desk\\n'\n"

/* A fresh address of another kind takes the proxy of the environment; the wishes stay. */
static void test_proxy(struct fixture *f, gconstpointer script)
{
	const struct target *live = address_get_target(f->address);

	f->target->title = g_strdup("mine");
	f->options.environment_proxy = (char *)"http://squid:1";
	is_stale_anew(f);
	live = address_get_target(f->address);
	g_assert_null(live->proxy);
	address_renew(f->address, FALSE);
	wait_renewed(f, 1);
	g_assert_null(f->failure);
	g_assert_true(live == address_get_target(f->address));
	g_assert_cmpint(live->kind, ==, TARGET_TCP);
	g_assert_cmpint(live->port, ==, 2);
	g_assert_cmpstr(live->password, ==, "second");
	g_assert_cmpstr(live->proxy->host, ==, "squid");
	g_assert_cmpstr(live->title, ==, "mine");
	g_assert_null(f->target->proxy);
	g_assert_null(f->target->password);

	f->options.environment_proxy = (char *)"nonsense://squid";
	is_stale_anew(f);
	address_renew(f->address, FALSE);
	wait_renewed(f, 2);
	g_assert_true(f->failure && f->failure->final);
	g_assert_nonnull(strstr(f->failure->why, "SPICE_PROXY"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/address/expires", struct fixture, GIVES_SECOND, set_up, test_expires,
			tear_down);
	g_test_add("/address/renewed", struct fixture, GIVES_SECOND, set_up, test_renewed,
			tear_down);
	g_test_add("/address/proxy", struct fixture, GIVES_PORT, set_up, test_proxy, tear_down);
	g_test_add("/address/asleep", struct fixture,
			"#!/bin/sh\necho 'osvdi-broker: desk does not run (SHUTOFF)' >&2\nexit 5\n",
			set_up, test_asleep, tear_down);
	return g_test_run();
}
