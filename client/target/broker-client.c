/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/broker-client.h"
#include "base/child.h"
#include "target/vv-file.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <osvdi-common/json-form.h>
#include <signal.h>
#include <string.h>

/* Exit codes of osvdi-broker. Not now: the desktop is in no state to be opened. */
#define EXIT_NOT_NOW 5
#define EXIT_USAGE 2 /* our command lines are right, so the configuration is wrong */

#define MAX_TEXT 500 /* characters of a name */
#define MAX_DEPTH 16 /* levels of the list's JSON, of which two hold what is read */

G_DEFINE_QUARK(broker-client-error-quark, broker_client_error)

static const char *program_or_default(const char *program)
{
	const char *variable = g_getenv("OSVDI_BROKER");

	if (program)
		return program;
	return variable && *variable ? variable : "osvdi-broker";
}

gboolean broker_client_available(const char *program)
{
	g_autofree char *path = g_find_program_in_path(program_or_default(program));

	return path != NULL;
}

void broker_desktop_free(gpointer data)
{
	struct broker_desktop *desktop = data;

	g_free(desktop->id);
	g_free(desktop->name);
	g_free(desktop->status);
	g_free(desktop);
}

/* ---- running it ---------------------------------------------------------- */

/* The broker's last line says what went wrong. */
static void set_error_from(GError **error, int status, const char *said)
{
	g_autofree char *text = g_strdup(said ? said : "");
	const char *line;

	g_strchomp(text);
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	if (g_str_has_prefix(line, "osvdi-broker: "))
		line += strlen("osvdi-broker: ");
	if (status == EXIT_NOT_NOW)
		g_set_error_literal(error, BROKER_CLIENT_ERROR, BROKER_CLIENT_ASLEEP,
				*line ? line : _("It does not run."));
	else
		g_set_error_literal(error, status == EXIT_USAGE ? BROKER_CLIENT_ERROR : G_IO_ERROR,
				status == EXIT_USAGE ? (int)BROKER_CLIENT_UNCONFIGURED :
						       (int)G_IO_ERROR_FAILED,
				*line ? line : _("osvdi-broker failed without a word."));
}

static void bytes_wipe(GBytes *bytes)
{
	gsize size;
	gpointer data = g_bytes_unref_to_data(bytes, &size);

	if (data)
		explicit_bzero(data, size);
	g_free(data);
}

struct run {
	GSubprocess *process;
	GCancellable *cancellable; /* or NULL */
	gulong cancelled;
};

static void run_free(gpointer data)
{
	struct run *run = data;

	if (run->cancelled)
		g_cancellable_disconnect(run->cancellable, run->cancelled);
	g_clear_object(&run->cancellable);
	g_clear_object(&run->process);
	g_free(run);
}

/* End the broker at once, because the viewer itself may be about to end. */
static void on_cancelled(GCancellable *cancellable, gpointer data)
{
	child_end(data);
}

/* Ctrl+C on the terminal reached only the broker, but the user means the viewer too. */
static void pass_interrupt(GSubprocess *process)
{
	if (g_subprocess_get_if_signaled(process) && g_subprocess_get_term_sig(process) == SIGINT)
		raise(SIGINT);
}

static void communicated(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GTask) task = data;
	g_autoptr(GBytes) err = NULL;
	g_autofree char *said = NULL;
	GBytes *out = NULL;
	GError *error = NULL;

	if (!g_subprocess_communicate_finish(G_SUBPROCESS(source), result, &out, &err, &error)) {
		child_end(G_SUBPROCESS(source));
		g_task_return_error(task, error);
		return;
	}
	child_ended(G_SUBPROCESS(source));
	if (g_subprocess_get_successful(G_SUBPROCESS(source))) {
		g_task_return_pointer(task, out, (GDestroyNotify)bytes_wipe);
		return;
	}
	pass_interrupt(G_SUBPROCESS(source));
	said = g_strndup(g_bytes_get_data(err, NULL), MIN(g_bytes_get_size(err), 4096));
	set_error_from(&error, g_subprocess_get_if_exited(G_SUBPROCESS(source)) ?
			g_subprocess_get_exit_status(G_SUBPROCESS(source)) : -1, said);
	bytes_wipe(out);
	g_task_return_error(task, error);
}

static void run_async(const char *const *argv, GCancellable *cancellable, GAsyncReadyCallback done,
		gpointer data)
{
	g_autoptr(GTask) task = g_task_new(NULL, cancellable, done, data);
	g_autoptr(GSubprocess) process = child_start(argv, NULL);
	struct run *run;

	if (!process) {
		g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
				g_str_equal(argv[1], "resolve") ?
						_("The program that finds desktops by name (%s) is "
								"not installed. The address of a "
								"server names its port (example: "
								"spice://desk.example:5900).") :
						_("The program that finds desktops (%s) is not "
								"installed."),
				argv[0]);
		return;
	}
	run = g_new0(struct run, 1);
	run->process = g_object_ref(process);
	if (cancellable) {
		run->cancellable = g_object_ref(cancellable);
		run->cancelled = g_cancellable_connect(
				cancellable, G_CALLBACK(on_cancelled), process, NULL);
	}
	g_task_set_task_data(task, run, run_free);
	g_subprocess_communicate_async(
			process, NULL, cancellable, communicated, g_steal_pointer(&task));
}

/* ---- resolve ------------------------------------------------------------- */

void broker_client_resolve_async(const char *program, const char *name, gboolean wake,
		GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
	const char *argv[8] = { program_or_default(program), "resolve", "--vv", "-" };
	guint n = 4;

	if (!wake)
		argv[n++] = "--no-wake";
	if (name) {
		argv[n++] = "--";
		argv[n++] = name;
	}
	run_async(argv, cancellable, done, data);
}

struct target *broker_client_resolve_finish(GAsyncResult *result, GError **error)
{
	GBytes *out = g_task_propagate_pointer(G_TASK(result), error);
	struct target *target;
	gconstpointer text;
	gsize size;

	if (!out)
		return NULL;
	text = g_bytes_get_data(out, &size);
	target = vv_parse(text ? text : "", size, NULL, error);
	bytes_wipe(out);
	return target;
}

/* ---- list ---------------------------------------------------------------- */

/* Characters that steer a terminal or turn the direction of writing could make one
 * desktop look like another. broker/base/text.c has the same list: the two programs share
 * osvdi-common alone, which knows no GLib and so no kinds of characters. */
static gboolean is_shown(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_UNASSIGNED:
		return FALSE;
	default:
		return TRUE;
	}
}

/* A member as text for people: of one line, and not too long. "" if missing. Owner: caller. */
static char *take_text(JsonObject *object, const char *key)
{
	const char *p = json_object_get_string_member_with_default(object, key, NULL);
	GString *text = g_string_new(NULL);
	guint n;

	for (n = 0; p && *p && n < MAX_TEXT; n++, p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n' || c == '\t' || c == '\r')
			g_string_append_c(text, ' ');
		else
			g_string_append_unichar(text, is_shown(c) ? c : '?');
	}
	return g_string_free(text, FALSE);
}

static void add_desktop(JsonArray *array, guint index, JsonNode *node, gpointer data)
{
	GPtrArray *list = data;
	JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
	struct broker_desktop *desktop;

	if (!object)
		return;
	desktop = g_new0(struct broker_desktop, 1);
	desktop->id = take_text(object, "id");
	desktop->name = take_text(object, "name");
	desktop->status = take_text(object, "status");
	if (*desktop->id)
		g_ptr_array_add(list, desktop);
	else
		broker_desktop_free(desktop);
}

GPtrArray *broker_client_parse_list(const char *json, gssize size, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(broker_desktop_free);
	gsize length = size < 0 ? strlen(json) : (gsize)size;
	JsonNode *root;

	/* The parser's own message would quote the text. */
	if (!g_utf8_validate(json, size, NULL) || json_form_check(json, length, MAX_DEPTH) ||
			!json_parser_load_from_data(parser, json, size, NULL) ||
			!(root = json_parser_get_root(parser)) || !JSON_NODE_HOLDS_ARRAY(root)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				_("osvdi-broker's list is not a JSON array."));
		return NULL;
	}
	json_array_foreach_element(json_node_get_array(root), add_desktop, list);
	return g_steal_pointer(&list);
}

void broker_client_list_async(const char *program, GCancellable *cancellable,
		GAsyncReadyCallback done, gpointer data)
{
	const char *const argv[] = {
		program_or_default(program), "list", "--format", "json", NULL,
	};

	run_async(argv, cancellable, done, data);
}

GPtrArray *broker_client_list_finish(GAsyncResult *result, GError **error)
{
	g_autoptr(GBytes) out = g_task_propagate_pointer(G_TASK(result), error);
	gconstpointer text;
	gsize size;

	if (!out)
		return NULL;
	text = g_bytes_get_data(out, &size);
	return broker_client_parse_list(text ? text : "", (gssize)size, error);
}
