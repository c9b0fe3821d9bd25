/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* osvdi-host: what of a host's settings for accelerated displays is right. */
#include <stdio.h>
#include <string.h>

#include "check/checks.h"
#include "check/host.h"

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
	return wrong ? 1 : 0;
}

static int usage(const char *why)
{
	fprintf(stderr, "osvdi-host: %s; osvdi-host --help tells more\n", why);
	return 2;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new("check");
	g_autoptr(GError) error = NULL;

	g_option_context_set_summary(context,
			"Tells what of this host's settings for accelerated displays is right,\n"
			"and the command that mends what is not.\n\n"
			"Exit status: 0 nothing is wrong, 1 something is, 2 usage.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return usage(error->message);
	if (args.version) {
		puts("osvdi-host " OSVDI_VERSION);
		return 0;
	}
	if (argc != 2 || strcmp(argv[1], "check") != 0)
		return usage("one command: check");
	if (args.root && strcmp(args.root, "/") != 0)
		host_set_root(args.root);
	return check();
}
