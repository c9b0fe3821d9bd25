/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"
#include "serve.h"

#include "net/tls.h"
#include "ticket/seal.h"

#include <sodium.h>
#include <string.h>

#define STANDARD_USE_S 60
#define STANDARD_LIFE_S (12 * 3600)
#define STANDARD_CHANNELS "all"
#define STANDARD_MAX_CHANNELS 32

struct options {
	char *keys, *session, *desktop, *user, *way, *host, *path_file, *authority, *subject,
			*channels;
	int port, use_by, expires, max_channels;
	gint64 issued;
	gboolean once;
};

static gboolean read_options(struct options *o, int *argc, char ***argv, GError **error)
{
	const GOptionEntry entries[] = {
		{ "keys", 'k', 0, G_OPTION_ARG_FILENAME, &o->keys,
			"File of keys; the first one seals", "FILE" },
		{ "desktop", 0, 0, G_OPTION_ARG_STRING, &o->desktop, "The desktop's id", "ID" },
		{ "user", 0, 0, G_OPTION_ARG_STRING, &o->user, "Whom the records name", "NAME" },
		{ "way", 0, 0, G_OPTION_ARG_STRING, &o->way, "tcp, tls, ws or wss", "WAY" },
		{ "host", 0, 0, G_OPTION_ARG_STRING, &o->host, "Where the desktop is", "HOST" },
		{ "port", 0, 0, G_OPTION_ARG_INT, &o->port, "Its port", "PORT" },
		{ "path-file", 0, 0, G_OPTION_ARG_FILENAME, &o->path_file,
				"ws, wss: file with the path and its query, which may hold a token",
				"FILE" },
		{ "authority", 0, 0, G_OPTION_ARG_STRING, &o->authority,
			"tls, wss: name in the gateway's [authorities]", "NAME" },
		{ "subject", 0, 0, G_OPTION_ARG_STRING, &o->subject,
			"tls: of the desktop's certificate", "SUBJECT" },
		{ "channels", 0, 0, G_OPTION_ARG_STRING, &o->channels,
			"Channels that may be opened (all)", "NAME,..." },
		{ "max-channels", 0, 0, G_OPTION_ARG_INT, &o->max_channels,
			"So many at a time (32)", "N" },
		{ "use-within", 0, 0, G_OPTION_ARG_INT, &o->use_by,
			"The first channel must come so soon (60)", "SECONDS" },
		{ "life", 0, 0, G_OPTION_ARG_INT, &o->expires, "All ends after (43200)",
			"SECONDS" },
		{ "once", 0, 0, G_OPTION_ARG_NONE, &o->once, "No second session after the first",
			NULL },
		{ "session", 0, 0, G_OPTION_ARG_STRING, &o->session,
			"Its id, to revoke it (random)", "HEX" },
		{ "issued", 0, 0, G_OPTION_ARG_INT64, &o->issued, "As if given at that time (now)",
			"UNIX" },
		{ NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- seal a ticket and print it");

	g_option_context_add_main_entries(context, entries, NULL);
	return g_option_context_parse(context, argc, argv, error);
}

static char *random_session(void)
{
	guint8 bytes[16];
	char text[33];

	randombytes_buf(bytes, sizeof bytes);
	return g_strdup(sodium_bin2hex(text, sizeof text, bytes, sizeof bytes));
}

static gboolean fail(GError **error, const char *problem)
{
	g_set_error(error, TICKET_ERROR, TICKET_ERROR_FORM, "%s", problem);
	return FALSE;
}

static gboolean read_path(const char *file, char **path, GError **error)
{
	if (!file)
		return TRUE;
	if (!g_file_get_contents(file, path, NULL, error))
		return FALSE;
	g_strstrip(*path);
	return TRUE;
}

static gboolean fill(struct ticket *t, struct options *o, GError **error)
{
	gint64 now = o->issued ? o->issued : g_get_real_time() / G_USEC_PER_SEC;

	if (!o->way || !ticket_way_parse(o->way, &t->way))
		return fail(error, "--way: tcp, tls, ws or wss");
	if (!channels_parse(o->channels ? o->channels : STANDARD_CHANNELS, &t->channels))
		return fail(error, "--channels: a name is not known");
	if (o->subject && !tls_subject_is_valid(o->subject))
		return fail(error, "--subject: not KEY=VALUE,KEY=VALUE");
	if (!read_path(o->path_file, &t->path, error))
		return FALSE;
	t->session = o->session ? g_strdup(o->session) : random_session();
	t->desktop = g_strdup(o->desktop);
	t->user = g_strdup(o->user);
	t->host = g_strdup(o->host);
	t->port = (guint)o->port;
	t->authority = g_strdup(o->authority);
	t->subject = g_strdup(o->subject);
	t->issued = now;
	t->use_by = now + (o->use_by ? o->use_by : STANDARD_USE_S);
	t->expires = now + (o->expires ? o->expires : STANDARD_LIFE_S);
	t->once = o->once;
	t->max_channels = o->max_channels ? (guint)o->max_channels : STANDARD_MAX_CHANNELS;
	return ticket_check(t, error);
}

/* The sealed ticket, on a line. Owner: ticket_text_free(). */
static char *make_ticket(struct options *o, GError **error)
{
	struct keys *keys = o->keys ? keys_load(o->keys, error) : NULL;
	struct ticket *ticket = ticket_new();
	char *text = NULL, *line = NULL;

	if (!o->keys)
		fail(error, "--keys: missing");
	if (keys && fill(ticket, o, error)) {
		text = seal_ticket(keys, ticket);
		line = g_strconcat(text, "\n", NULL);
	}
	ticket_text_free(text);
	ticket_free(ticket);
	keys_free(keys);
	return line;
}

static void options_clear(struct options *o)
{
	char **texts[] = { &o->keys, &o->session, &o->desktop, &o->user, &o->way, &o->host,
		&o->path_file, &o->authority,
			&o->subject, &o->channels };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*texts[i]);
}

int ticket_command(int argc, char **argv)
{
	struct options o = { 0 };
	g_autoptr(GError) error = NULL;
	gboolean ok = read_options(&o, &argc, &argv, &error);
	char *line;

	if (ok && argc > 1)
		ok = fail(&error, "too many arguments");
	line = ok ? make_ticket(&o, &error) : NULL;
	if (!line)
		g_printerr("osvdi-gateway: %s\n", error->message);
	ok = line && output_text(line);
	ticket_text_free(line);
	options_clear(&o);
	return ok ? 0 : 1;
}

int new_key_command(int argc, char **argv)
{
	char *line = argc == 2 ? keys_make_line(argv[1]) : NULL;

	gboolean ok = line && output_text(line);

	if (!line)
		g_printerr("osvdi-gateway: new-key ID, where ID is 1 to 16 letters and digits\n");
	ticket_text_free(line);
	return ok ? 0 : 1;
}
