/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"
#include "terminal.h"

static void add_line(GString *out, const struct osvdi_broker_forgotten *f)
{
	static const char *const fates[] = {
		[OSVDI_BROKER_HAD_ENDED] = "dropped (it had ended)",
		[OSVDI_BROKER_REVOKED] = "dropped and revoked",
		[OSVDI_BROKER_DROPPED] = "dropped",
	};

	g_string_append_printf(out, "%s, project %s, at %s: %s\n", f->user, f->project, f->auth_url,
			fates[f->fate]);
}

/* like NULL: all logins. The text tells what became of them. */
static char *forget(const struct broker *b, const struct osvdi_broker *like)
{
	g_autofree char *directory = command_cache_directory();
	const struct osvdi_broker_forget_params p = {
		.size = sizeof(p),
		.cache_directory = directory,
		.like = like,
		.request_timeout_s = MAX(b->options.request_timeout_s, 0),
		.hooks = terminal_hooks(),
	};
	struct osvdi_broker_forgotten_list *list = osvdi_broker_forget(&p);
	const struct osvdi_broker_forgotten *f;
	GString *out = g_string_new(NULL);

	for (size_t i = 0; (f = osvdi_broker_forgotten_get(list, i)); i++)
		add_line(out, f);
	if (!out->len)
		g_string_append(out, "no login was kept\n");
	osvdi_broker_forgotten_free(list);
	return g_string_free(out, FALSE);
}

static gboolean is_set(const char *variable)
{
	const char *value = g_getenv(variable);

	return value && *value;
}

static gboolean cloud_is_named(struct broker *b)
{
	return b->options.setting[SET_CLOUD] || b->options.setting[SET_AUTH_URL] ||
			is_set("OS_CLOUD") || is_set("OS_AUTH_URL");
}

gboolean cmd_logout(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	gboolean all = FALSE;
	const GOptionEntry options[] = {
		{ "all", 'a', 0, G_OPTION_ARG_NONE, &all,
				"of every cloud and user, also when one is selected", NULL },
		{ NULL }
	};
	g_autofree char *text = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 0, error))
		return FALSE;
	all = all || !cloud_is_named(b);
	if (!all && !broker_load(b, error))
		return FALSE;
	text = forget(b, all ? NULL : b->library);
	return output_text(text, error);
}
