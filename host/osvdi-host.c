/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* osvdi-host: what of a host's settings for accelerated displays is right, and what its
 * guests' displays do. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/checks.h"
#include "check/host.h"
#include "metrics/guest-status.h"
#include "metrics/metrics.h"

#define STATUS "/run/osvdi/status"

static void (*const checks[])(struct report *) = {
	check_module,
	check_key_files,
	check_hook,
	check_apparmor,
	check_gpu,
	check_mdev,
	check_nova,
	check_certificates,
};

static struct {
	gboolean json, version;
	char *root;
} args;

static const GOptionEntry entries[] = {
	{ "json", 0, 0, G_OPTION_ARG_NONE, &args.json, "print one JSON object", NULL },
	{ "root", 0, 0, G_OPTION_ARG_FILENAME, &args.root, "look at a system below this folder",
			"FOLDER" },
	{ "version", 0, 0, G_OPTION_ARG_NONE, &args.version, "print the version", NULL },
	{ NULL },
};

/* The status, unless standard output has not taken all: who reads half must know. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "osvdi-host: standard output cannot be written to: %s\n",
			g_strerror(errno));
	return 1;
}

static int check(void)
{
	struct report *report = report_create();
	unsigned wrong;

	for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
		checks[i](report);
	if (args.json)
		report_print_json(report, stdout);
	else
		report_print_text(report, stdout);
	wrong = report_count_wrong(report);
	report_destroy(report);
	return finish(wrong ? 1 : 0);
}

static int metrics(void)
{
	g_autofree char *folder = host_path(STATUS);
	g_autoptr(GPtrArray) guests = NULL;
	g_autoptr(GError) error = NULL;

	/* no guest has been started by libvirt since the host was */
	if (!host_exists(STATUS))
		guests = g_ptr_array_new();
	else
		guests = guest_status_read(folder, &error);
	if (!guests) {
		fprintf(stderr, "osvdi-host: %s\n", error->message);
		return 1;
	}
	metrics_print(guests, stdout);
	return finish(0);
}

static int usage(const char *why)
{
	fprintf(stderr, "osvdi-host: %s; osvdi-host --help tells more\n", why);
	return 2;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new("check | metrics");
	g_autoptr(GError) error = NULL;

	g_option_context_set_summary(context,
			"check    tells what of this host's settings for accelerated displays is\n"
			"         right, and the command that mends what is not\n"
			"metrics  prints what the guests' displays do, for Prometheus\n\n"
			"Exit status: 0 nothing is wrong, 1 something is, 2 usage.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return usage(error->message);
	if (args.version) {
		puts("osvdi-host " OSVDI_VERSION);
		return finish(0);
	}
	if (argc != 2 || (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "metrics") != 0))
		return usage("one command: check or metrics");
	if (args.root && strcmp(args.root, "/") != 0)
		host_set_root(args.root);
	return strcmp(argv[1], "check") ? metrics() : check();
}
