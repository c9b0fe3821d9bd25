/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "environment.h"

static void take_variable(struct settings *s, enum setting which, char **envp, const char *key)
{
	g_autofree char *upper = g_ascii_strup(key, -1);
	g_autofree char *name = g_strconcat("OS_", upper, NULL);

	if (!s->value[which])
		settings_set_from(s, which, g_environ_getenv(envp, name), name);
}

void settings_from_environment(struct settings *s, char **envp)
{
	for (int i = 0; i < SET_COUNT; i++) {
		settings_set(s, i, NULL);
		take_variable(s, i, envp, settings_key(i));
		for (const char *const *alias = settings_aliases(i); *alias; alias++)
			take_variable(s, i, envp, *alias);
	}
}
