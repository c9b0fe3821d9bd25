/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "vv-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP "virt-viewer"
#define OWN_GROUP "osvdi"
#define OWN_VERSION 1

static const char *const hotkey_names[] = {
	"toggle-fullscreen", "release-cursor", "zoom-in", "zoom-out", "zoom-reset", "secure-attention",
	"usb-device-reset", "smartcard-insert", "smartcard-remove",
};

/* ---- versions ------------------------------------------------------------ */

static int compare_parts(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a, ".", -1), y = g_strsplit(b, ".", -1);
	guint i, x_len = g_strv_length(x), y_len = g_strv_length(y);

	for (i = 0; i < MAX(x_len, y_len); i++) {
		guint64 m = 0, n = 0;

		if ((i < x_len && !g_ascii_string_to_unsigned(x[i], 10, 0, G_MAXUINT32, &m, NULL)) ||
				(i < y_len && !g_ascii_string_to_unsigned(y[i], 10, 0, G_MAXUINT32, &n, NULL)))
			return 0;
		if (m != n)
			return m < n ? -1 : 1;
	}
	return 0;
}

int vv_compare_versions(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a, "-", 2), y = g_strsplit(b, "-", 2);
	int result = compare_parts(x[0] ? x[0] : "", y[0] ? y[0] : "");

	if (result == 0 && x[0] && x[1] && y[0] && y[1])
		result = compare_parts(x[1], y[1]);
	return result;
}

static gboolean too_old(GKeyFile *file, const char *needed, GError **error)
{
	g_autofree char *url = NULL;

	if (!needed || vv_compare_versions(needed, VV_COMPATIBLE_VERSION) <= 0)
		return FALSE;
	url = g_key_file_get_string(file, GROUP, "newer-version-url", NULL);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
			_("The connection file needs a newer viewer (files for version %s are understood).%s%s"),
			VV_COMPATIBLE_VERSION, url ? " " : "", url ? url : "");
	return TRUE;
}

static gboolean check_versions(GKeyFile *file, const char *osid, GError **error)
{
	g_autofree char *version = g_key_file_get_string(file, GROUP, "version", NULL);
	g_auto(GStrv) list = g_key_file_get_string_list(file, GROUP, "versions", NULL, NULL);
	guint i;

	if (too_old(file, version, error))
		return FALSE;
	for (i = 0; osid && list && list[i]; i++) {
		char *colon = strchr(list[i], ':');

		if (!colon || strncmp(list[i], osid, (size_t)(colon - list[i])) != 0 ||
				strlen(osid) != (size_t)(colon - list[i]))
			continue;
		if (too_old(file, colon + 1, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- values -------------------------------------------------------------- */

static gboolean bad(GError **error, const char *key, const char *why)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The connection file's “%s” %s."), key, why);
	return FALSE;
}

static gboolean get_text(GKeyFile *file, const char *group, const char *key, char **value, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (!g_key_file_has_key(file, group, key, NULL))
		return TRUE;
	*value = g_key_file_get_string(file, group, key, &local);
	if (local)
		return bad(error, key, _("is damaged (an unknown escape, or no UTF-8)"));
	if (!**value)
		g_clear_pointer(value, g_free);
	return TRUE;
}

/* -1 and 0 mean "none", as oVirt writes them. */
static gboolean get_port(GKeyFile *file, const char *key, int *port, GError **error)
{
	g_autoptr(GError) local = NULL;
	int value;

	if (!g_key_file_has_key(file, GROUP, key, NULL))
		return TRUE;
	value = g_key_file_get_integer(file, GROUP, key, &local);
	if (local || value > 65535 || value < -1)
		return bad(error, key, _("is no port number"));
	*port = MAX(value, 0);
	return TRUE;
}

static gboolean get_flag(GKeyFile *file, const char *key, enum target_bool *flag, GError **error)
{
	g_autoptr(GError) local = NULL;
	gboolean value;

	if (!g_key_file_has_key(file, GROUP, key, NULL))
		return TRUE;
	value = g_key_file_get_boolean(file, GROUP, key, &local);
	if (local)
		return bad(error, key, _("must be 0 or 1"));
	*flag = value ? TARGET_YES : TARGET_NO;
	return TRUE;
}

/* remote-viewer separates lists by ";"; "," is seen as well. */
static void get_list(GKeyFile *file, const char *key, GStrv *list)
{
	g_autofree char *text = g_key_file_get_string(file, GROUP, key, NULL);

	if (!text || !*text)
		return;
	g_strdelimit(text, ",;", ';');
	if (text[strlen(text) - 1] == ';')
		text[strlen(text) - 1] = '\0';
	*list = g_strsplit(text, ";", -1);
}

static gboolean get_depth(GKeyFile *file, struct target *target, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (!g_key_file_has_key(file, GROUP, "color-depth", NULL))
		return TRUE;
	target->color_depth = g_key_file_get_integer(file, GROUP, "color-depth", &local);
	if (local || (target->color_depth != 16 && target->color_depth != 32))
		return bad(error, "color-depth", _("must be 16 or 32"));
	return TRUE;
}

static void get_hotkeys(GKeyFile *file, struct target *target)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(hotkey_names); i++) {
		g_autofree char *key = g_key_file_get_string(file, GROUP, hotkey_names[i], NULL);

		if (!key)
			continue;
		if (!target->hotkeys)
			target->hotkeys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		g_hash_table_replace(target->hotkeys, g_strdup(hotkey_names[i]), g_steal_pointer(&key));
	}
}

/* ---- groups -------------------------------------------------------------- */

static gboolean read_address(GKeyFile *file, struct target *t, GError **error)
{
	if (!get_text(file, GROUP, "host", &t->host, error) ||
			!get_text(file, GROUP, "unix-path", &t->unix_path, error) ||
			!get_port(file, "port", &t->port, error) ||
			!get_port(file, "tls-port", &t->tls_port, error))
		return FALSE;
	if (t->unix_path && (t->host || t->port || t->tls_port))
		return bad(error, "unix-path", _("cannot stand beside host, port or tls-port"));
	if (t->unix_path && t->unix_path[0] != '/')
		return bad(error, "unix-path", _("must be an absolute path"));
	if (t->unix_path)
		t->kind = TARGET_UNIX;
	return TRUE;
}

static gboolean read_rest(GKeyFile *file, struct target *t, GError **error)
{
	get_list(file, "secure-channels", &t->secure_channels);
	get_list(file, "disable-channels", &t->disable_channels);
	get_list(file, "disable-effects", &t->disable_effects);
	get_hotkeys(file, t);
	return get_text(file, GROUP, "username", &t->username, error) &&
			get_text(file, GROUP, "password", &t->password, error) &&
			get_text(file, GROUP, "ca", &t->ca, error) &&
			get_text(file, GROUP, "host-subject", &t->host_subject, error) &&
			get_text(file, GROUP, "tls-ciphers", &t->tls_ciphers, error) &&
			get_text(file, GROUP, "proxy", &t->proxy, error) &&
			get_text(file, GROUP, "title", &t->title, error) &&
			get_text(file, GROUP, "usb-filter", &t->usb_filter, error) &&
			get_flag(file, "fullscreen", &t->fullscreen, error) &&
			get_flag(file, "enable-smartcard", &t->smartcard, error) &&
			get_flag(file, "enable-usbredir", &t->usbredir, error) &&
			get_flag(file, "enable-usb-autoshare", &t->usb_autoshare, error) &&
			get_depth(file, t, error);
}

static gboolean read_expiry(GKeyFile *file, struct target *t, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GDateTime) time = NULL;

	if (!get_text(file, OWN_GROUP, "expires", &text, error))
		return FALSE;
	if (!text || g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &t->expires, NULL))
		return TRUE;
	time = g_date_time_new_from_iso8601(text, NULL);
	if (!time)
		return bad(error, "expires", _("is no time (seconds since 1970, or ISO 8601)"));
	t->expires = g_date_time_to_unix(time);
	return TRUE;
}

static gboolean read_own(GKeyFile *file, struct target *t, GError **error)
{
	char *url = NULL; /* holds a secret */
	gboolean ok = FALSE;

	if (g_key_file_get_integer(file, OWN_GROUP, "version", NULL) > OWN_VERSION) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
				_("The connection file needs a newer osvdi-viewer."));
		return FALSE;
	}
	if (!get_text(file, OWN_GROUP, "url", &url, error) || !get_text(file, OWN_GROUP, "ca", &t->ws_ca, error) ||
			!get_text(file, OWN_GROUP, "server-uuid", &t->server_uuid, error) ||
			!get_text(file, OWN_GROUP, "name", &t->resolve_name, error) || !read_expiry(file, t, error))
		goto out;
	/* The broker knows desktops by their ids too. */
	if (!t->resolve_name)
		t->resolve_name = g_strdup(t->server_uuid);
	if (t->server_uuid && !g_uuid_string_is_valid(t->server_uuid)) {
		bad(error, "server-uuid", _("is no UUID"));
		goto out;
	}
	if (url) {
		target_auto parsed = target_from_uri(url, NULL);

		if (!parsed || parsed->kind != TARGET_WEBSOCKET) {
			bad(error, "url", _("is no spice+ws:// or spice+wss:// address"));
			goto out;
		}
		t->kind = TARGET_WEBSOCKET;
		t->url = g_steal_pointer(&parsed->url);
		t->label = g_steal_pointer(&parsed->label);
	}
	ok = TRUE;
out:
	secret_free(url);
	return ok;
}

static void add_notes(GKeyFile *file, struct target *t)
{
	static const char *const needed[] = { "main", "display", "inputs", "cursor" };
	g_autoptr(GStrvBuilder) notes = g_strv_builder_new();
	gboolean too_much = FALSE;
	guint i;

	if (g_key_file_has_group(file, "ovirt"))
		g_strv_builder_add(notes, _("The oVirt part of the connection file is not used (no CD menu)."));
	for (i = 0; t->disable_channels && i < G_N_ELEMENTS(needed); i++)
		too_much |= g_strv_contains((const char *const *)t->disable_channels, needed[i]);
	if (too_much)
		g_strv_builder_add(notes, _("The connection file disables channels that a session needs; they stay on."));
	t->notes = g_strv_builder_end(notes);
}

static gboolean check_type(GKeyFile *file, GError **error)
{
	g_autofree char *type = NULL;

	if (!g_key_file_has_group(file, GROUP)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				_("This is no connection file: it has no [virt-viewer] group."));
		return FALSE;
	}
	if (!get_text(file, GROUP, "type", &type, error))
		return FALSE;
	if (!type)
		return bad(error, "type", _("is missing"));
	if (!g_str_equal(type, "spice")) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
				_("The connection file is for “%s”; only “spice” is supported."), type);
		return FALSE;
	}
	return TRUE;
}

static void make_label(struct target *t)
{
	if (t->label)
		return;
	if (t->kind == TARGET_UNIX)
		t->label = g_path_get_basename(t->unix_path);
	else
		t->label = g_strdup_printf("%s:%d", t->host, t->port ? t->port : t->tls_port);
}

static struct target *from_key_file(GKeyFile *file, const char *osid, GError **error)
{
	target_auto t = target_new(TARGET_TCP);

	if (!check_type(file, error) || !check_versions(file, osid, error) || !read_address(file, t, error) ||
			!read_rest(file, t, error) || !read_own(file, t, error))
		return NULL;
	if (t->kind == TARGET_TCP && !t->host) {
		bad(error, "host", _("is missing"));
		return NULL;
	}
	if (t->kind == TARGET_TCP && !t->port && !t->tls_port) {
		bad(error, "port", _("is missing (and so is “tls-port”)"));
		return NULL;
	}
	add_notes(file, t);
	make_label(t);
	return g_steal_pointer(&t);
}

static void report_syntax(GError **error, const GError *cause)
{
	/* GLib's message quotes the line, which may hold a password. */
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The connection file is damaged: %s."),
			g_error_matches(cause, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING) ?
					_("it is not UTF-8") : _("a line is neither a group, a key nor a comment"));
}

struct target *vv_parse(const char *data, gsize size, const char *osid, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) cause = NULL;

	if (size > VV_MAX_BYTES || memchr(data, '\0', size)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				_("This is no connection file: it is too large, or binary."));
		return NULL;
	}
	if (size == 0 || !g_key_file_load_from_data(file, data, size, G_KEY_FILE_NONE, &cause)) {
		report_syntax(error, cause);
		return NULL;
	}
	return from_key_file(file, osid, error);
}

/* ---- reading ------------------------------------------------------------- */

static char *system_osid(void)
{
	g_autofree char *id = g_get_os_info(G_OS_INFO_KEY_ID);
	g_autofree char *version = g_get_os_info(G_OS_INFO_KEY_VERSION_ID);

	return id ? g_strconcat(id, version, NULL) : NULL;
}

/* Into buffer, VV_MAX_BYTES + 1 large; -1 with errno. */
static gssize read_all(int fd, char *buffer)
{
	gsize size = 0;

	while (size <= VV_MAX_BYTES) {
		ssize_t n = read(fd, buffer + size, VV_MAX_BYTES + 1 - size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		size += (gsize)n;
	}
	return (gssize)size;
}

static struct target *read_descriptor(int fd, gboolean *wants_deletion, GError **error)
{
	g_autofree char *osid = system_osid();
	char *buffer = g_malloc(VV_MAX_BYTES + 1);
	gssize size = read_all(fd, buffer);
	struct target *target = NULL;

	if (size < 0) {
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno),
				_("Cannot read the connection file: %s."), g_strerror(errno));
	} else {
		target = vv_parse(buffer, (gsize)size, osid, error);
		if (wants_deletion && (gsize)size <= VV_MAX_BYTES) {
			g_autoptr(GKeyFile) file = g_key_file_new();

			*wants_deletion = g_key_file_load_from_data(file, buffer, (gsize)size, G_KEY_FILE_NONE, NULL) &&
					g_key_file_get_boolean(file, GROUP, "delete-this-file", NULL);
		}
	}
	explicit_bzero(buffer, VV_MAX_BYTES + 1);
	g_free(buffer);
	return target;
}

/* Only what was read: not a file that took its place meanwhile. */
static void delete_file(const char *path, int fd)
{
	struct stat opened, named;

	if (fstat(fd, &opened) == 0 && lstat(path, &named) == 0 && S_ISREG(named.st_mode) &&
			opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
		unlink(path);
}

/* N of /dev/fd/N and the like, where programs hand files over; else -1. */
static int descriptor_of(const char *path)
{
	guint64 fd;

	if (!g_str_has_prefix(path, "/dev/fd/") && !g_str_has_prefix(path, "/proc/self/fd/"))
		return -1;
	if (!g_ascii_string_to_unsigned(strrchr(path, '/') + 1, 10, 0, G_MAXINT, &fd, NULL))
		return -1;
	return (int)fd;
}

struct target *vv_read_fd(int fd, GError **error)
{
	struct target *target;

	if (fcntl(fd, F_GETFD) < 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
				_("The file descriptor given with --vv-fd is not open."));
		return NULL;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	lseek(fd, 0, SEEK_SET); /* a file in memory stands at its end; pipes do not mind */
	target = read_descriptor(fd, NULL, error);
	close(fd);
	return target;
}

struct target *vv_read_file(const char *path, GError **error)
{
	gboolean wants_deletion = FALSE;
	struct target *target;
	int fd;

	if (g_str_equal(path, "-"))
		return read_descriptor(STDIN_FILENO, NULL, error);
	if (descriptor_of(path) >= 0)
		return vv_read_fd(descriptor_of(path), error);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno),
				_("Cannot open the connection file %s: %s."), path, g_strerror(errno));
		return NULL;
	}
	target = read_descriptor(fd, &wants_deletion, error);
	if (wants_deletion)
		delete_file(path, fd);
	close(fd);
	return target;
}
