/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* May a confined QEMU read its settings? */
#include <string.h>

#include "check/checks.h"
#include "check/host.h"

#define FOLDER "/etc/apparmor.d/"
#define ABSTRACTION FOLDER "abstractions/libvirt-qemu"
#define LOCAL FOLDER "local/abstractions/libvirt-qemu"
#define DROP_INS "libvirt-qemu.d"

static const struct {
	const char *needle; /* in a rule */
	const char *rule;
} rules[] = {
	{ "/etc/spice-accel.conf", "/etc/spice-accel.conf r," },
	{ "/osvdi/guests/", "/run/osvdi/guests/*.conf r," },
	{ "/osvdi/status/", "/run/osvdi/status/*.json w," },
};

static bool rule_in(const char *text, const char *needle)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++)
		if (g_strstrip(*line)[0] != '#' && strstr(*line, needle))
			return true;
	return false;
}

/* Debian 13's abstraction reads a folder too, Debian 12's does not. */
static GPtrArray *files(const char *abstraction)
{
	GPtrArray *names = strstr(abstraction, DROP_INS) ?
			host_glob(FOLDER "abstractions/" DROP_INS "/*") :
			g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(names, g_strdup(ABSTRACTION));
	g_ptr_array_add(names, g_strdup(LOCAL));
	return names;
}

static bool allowed(GPtrArray *names, const char *needle)
{
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *text = host_read(names->pdata[i]);

		if (text && rule_in(text, needle))
			return true;
	}
	return false;
}

/* One command that adds all rules which no file has, and the first of these; NULL: none
 * is missing. */
static char *remedy_for(GPtrArray *names, const char **missing)
{
	GString *command = NULL;

	*missing = NULL;
	for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
		if (allowed(names, rules[i].needle))
			continue;
		if (!command) {
			command = g_string_new("mkdir -p " FOLDER "local/abstractions && "
					"printf '%s\\n'");
			*missing = rules[i].rule;
		}
		g_string_append_printf(command, " '%s'", rules[i].rule);
	}
	return command ? g_string_free(g_string_append(command, " >> " LOCAL), FALSE) : NULL;
}

void check_apparmor(struct report *report)
{
	g_autofree char *abstraction = host_read(ABSTRACTION);
	g_autoptr(GPtrArray) names = NULL;
	g_autofree char *remedy = NULL;
	const char *missing;

	if (!abstraction) {
		report_unused(report, "apparmor", "%s is missing: AppArmor does not confine QEMU",
				ABSTRACTION);
		return;
	}
	names = files(abstraction);
	remedy = remedy_for(names, &missing);
	if (remedy)
		report_wrong(report, "apparmor", remedy, "QEMU may not read its settings or "
				"write its status: no rule %s", missing);
	else
		report_right(report, "apparmor", "QEMU may read its settings and write its status");
}
