/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>

#include "session/address.h"

/* An address that a broker renews: a script in a folder of the test's own. */
struct fixture {
	char *folder, *broker;
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
	f->broker = g_build_filename(f->folder, "broker", NULL);
	g_assert_true(g_file_set_contents_full(f->broker, script, -1, G_FILE_SET_CONTENTS_NONE,
			0700, &error));
	f->target = target_from_uri("spice+ws://127.0.0.1:1/?token=first", &error);
	g_assert_no_error(error);
	f->target->resolve_name = g_strdup("desk");
	f->address = address_new(f->broker, NULL, f->target, on_renewed, f, &error);
	g_assert_no_error(error);
}

static void tear_down(struct fixture *f, gconstpointer script)
{
	address_free(f->address);
	target_free(f->target);
	failure_free(f->failure);
	g_unlink(f->broker);
	g_rmdir(f->folder);
	g_free(f->broker);
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
	g_assert_false(address_is_stale(f->address));
	f->target->expires = now + 1;
	g_assert_true(address_is_stale(f->address));
	g_clear_pointer(&f->target->resolve_name, g_free);
	g_assert_false(address_is_stale(f->address));
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
	g_assert_nonnull(strstr(f->target->url, "token=second"));
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
	g_assert_nonnull(strstr(f->target->url, "token=first"));
	g_assert_true(address_is_stale(f->address));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/address/expires", struct fixture, GIVES_SECOND, set_up, test_expires,
			tear_down);
	g_test_add("/address/renewed", struct fixture, GIVES_SECOND, set_up, test_renewed,
			tear_down);
	g_test_add("/address/asleep", struct fixture,
			"#!/bin/sh\necho 'osvdi-broker: desk does not run (SHUTOFF)' >&2\nexit 5\n",
			set_up, test_asleep, tear_down);
	return g_test_run();
}
