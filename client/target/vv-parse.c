/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/vv-file.h"
#include "base/keys.h"
#include "target/names.h"
#include "target/proxy.h"
#include "base/secret.h"
#include "target/vv-values.h"
#include "target/vv-version.h"

#include <glib/gi18n.h>
#include <openssl/ssl.h>
#include <osvdi-common/vv-names.h>
#include <string.h>

static const char *const channel_names[] = { "main", "display", "inputs", "cursor", "playback",
	"record", "tunnel", "smartcard", "usbredir", "port", "webdav", "all", NULL };

/* ---- address ------------------------------------------------------------- */

static gboolean read_proxy(const struct vv_values *v, struct target *t, GError **error)
{
	char *text = NULL; /* may hold a password */
	gboolean ok = vv_get_text(v, VV_GROUP, "proxy", &text, error);

	if (ok && text) {
		t->proxy = proxy_parse(text, PROXY_OF_FILE, error);
		ok = t->proxy != NULL;
	}
	secret_free(text);
	return ok;
}

/* "[::1]" -> "::1" */
static void strip_brackets(char *host)
{
	gsize length = strlen(host);

	if (host[0] != '[' || host[length - 1] != ']')
		return;
	memmove(host, host + 1, length - 2);
	host[length - 2] = '\0';
}

/* A bad "port" is only noted if there is a TLS port: the session can use TLS. */
static gboolean read_plain_port(const struct vv_values *v, struct target *t, GError **error)
{
	if (!t->tls_port)
		return vv_get_port(v, "port", &t->port, error);
	if (!vv_get_port(v, "port", &t->port, NULL))
		vv_note(v, "port", _("is not a port number and is ignored"));
	return TRUE;
}

static gboolean read_address(const struct vv_values *v, struct target *t, GError **error)
{
	if (!vv_get_text(v, VV_GROUP, "host", &t->host, error) ||
			!vv_get_text(v, VV_GROUP, "unix-path", &t->unix_path, error) ||
			!vv_get_port(v, "tls-port", &t->tls_port, error) ||
			!read_plain_port(v, t, error) || !read_proxy(v, t, error))
		return FALSE;
	if (t->unix_path && (t->host || t->port || t->tls_port))
		return vv_bad(v, VV_GROUP, "unix-path",
				_("cannot stand beside host, port or tls-port"), error);
	if (t->unix_path && t->unix_path[0] != '/')
		return vv_bad(v, VV_GROUP, "unix-path", _("must be an absolute path"), error);
	if (t->unix_path)
		t->kind = TARGET_UNIX;
	if (t->host)
		strip_brackets(g_strstrip(t->host));
	return TRUE;
}

/* ---- the rest ------------------------------------------------------------ */

/* If a name is not known, secure all channels: the unknown one was to be secure. */
static void read_secure_channels(const struct vv_values *v, struct target *t)
{
	guint i;

	vv_get_list(v, "secure-channels", &t->secure_channels);
	for (i = 0; t->secure_channels && t->secure_channels[i]; i++) {
		char *name = g_ascii_strdown(t->secure_channels[i], -1);

		if (*name == 's' && g_strv_contains(channel_names, name + 1)) /* old: "smain" */
			memmove(name, name + 1, strlen(name));
		g_free(t->secure_channels[i]);
		t->secure_channels[i] = name;
		if (g_strv_contains(channel_names, name))
			continue;
		vv_note(v, "secure-channels",
				_("names an unknown channel, so all channels must be secure now"));
		g_strfreev(t->secure_channels);
		t->secure_channels = g_strdupv((char *[]){ (char *)"all", NULL });
		return;
	}
}

static void read_hotkey(const struct vv_values *v, struct target *t, const char *name)
{
	g_autofree char *keys = g_key_file_get_string(v->file, VV_GROUP, name, NULL), *why = NULL;
	GdkModifierType modifiers;
	guint keyval;

	if (!keys || !*g_strstrip(keys))
		return;
	if (!hotkey_parse_combination(keys, &keyval, &modifiers)) {
		why = g_strdup_printf(_("names unknown keys (%.40s) and is ignored"),
				keys);
		vv_note(v, name, why);
		return;
	}
	if (!t->hotkeys)
		t->hotkeys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_hash_table_replace(t->hotkeys, g_strdup(name), g_steal_pointer(&keys));
}

/* Refuses unknown ciphers, because spice-gtk would silently use its own. */
static gboolean read_ciphers(const struct vv_values *v, struct target *t, GError **error)
{
	SSL_CTX *context;
	gboolean known;

	if (!vv_get_text(v, VV_GROUP, "tls-ciphers", &t->tls_ciphers, error))
		return FALSE;
	if (!t->tls_ciphers)
		return TRUE;
	context = SSL_CTX_new(TLS_client_method());
	known = context && SSL_CTX_set_cipher_list(context, t->tls_ciphers);
	SSL_CTX_free(context);
	return known ||
			vv_bad(v, VV_GROUP, "tls-ciphers", _("names no known cipher"),
					error);
}

static void read_delete(const struct vv_values *v, struct target *t)
{
	enum target_bool flag = TARGET_NO;

	vv_get_flag(v, "delete-this-file", &flag, TARGET_NO);
	t->delete_file = flag == TARGET_YES;
}

static gboolean read_rest(const struct vv_values *v, struct target *t, GError **error)
{
	const char *name;
	guint i;

	read_secure_channels(v, t);
	vv_get_list(v, "disable-channels", &t->disable_channels);
	vv_get_list(v, "disable-effects", &t->disable_effects);
	for (i = 0; (name = hotkey_name(i)); i++)
		read_hotkey(v, t, name);
	vv_get_flag(v, "fullscreen", &t->fullscreen, TARGET_UNSET);
	vv_get_flag(v, "enable-smartcard", &t->smartcard, TARGET_NO);
	vv_get_flag(v, "enable-usbredir", &t->usbredir, TARGET_NO);
	vv_get_flag(v, "enable-usb-autoshare", &t->usb_autoshare, TARGET_NO);
	vv_get_depth(v, &t->color_depth);
	read_delete(v, t);
	return vv_get_text(v, VV_GROUP, "username", &t->username, error) &&
			vv_get_text(v, VV_GROUP, "password", &t->password, error) &&
			vv_get_text(v, VV_GROUP, "ca", &t->ca, error) &&
			vv_get_text(v, VV_GROUP, "host-subject", &t->host_subject, error) &&
			read_ciphers(v, t, error) &&
			vv_get_title(v, "title", &t->title, error) &&
			vv_get_text(v, VV_GROUP, "usb-filter", &t->usb_filter, error);
}

/* ---- our own group ------------------------------------------------------- */

static gboolean read_time(const struct vv_values *v, const char *key, gint64 *seconds,
		GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GDateTime) time = NULL;

	if (!vv_get_text(v, OSVDI_VV_GROUP, key, &text, error))
		return FALSE;
	if (!text || g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, seconds, NULL))
		return TRUE;
	time = g_date_time_new_from_iso8601(text, NULL);
	if (!time)
		return vv_bad(v, OSVDI_VV_GROUP, key,
				_("is not a time (seconds since 1970, or ISO 8601)"), error);
	*seconds = g_date_time_to_unix(time);
	return TRUE;
}

/* A version that is no number of ours is one of later rules. */
static gboolean check_own_version(const struct vv_values *v, GError **error)
{
	g_autofree char *text = NULL;
	gint64 version;

	if (!vv_get_text(v, OSVDI_VV_GROUP, OSVDI_VV_KEY_VERSION, &text, error))
		return FALSE;
	if (!text || g_ascii_string_to_signed(g_strstrip(text), 10, 0, OSVDI_VV_VERSION, &version,
			NULL))
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
			_("The connection file needs a newer osvdi-viewer."));
	return FALSE;
}

static gboolean read_own(const struct vv_values *v, struct target *t, GError **error)
{
	char *url = NULL; /* holds a secret */
	gboolean ok = FALSE;

	if (!check_own_version(v, error))
		return FALSE;
	if (!vv_get_text(v, OSVDI_VV_GROUP, OSVDI_VV_KEY_URL, &url, error) ||
			!vv_get_text(v, OSVDI_VV_GROUP, OSVDI_VV_KEY_CA, &t->ws_ca, error) ||
			!vv_get_text(v, OSVDI_VV_GROUP, OSVDI_VV_KEY_SERVER_UUID, &t->server_uuid,
					error) ||
			!vv_get_text(v, OSVDI_VV_GROUP, OSVDI_VV_KEY_NAME, &t->resolve_name,
					error) ||
			!read_time(v, OSVDI_VV_KEY_EXPIRES, &t->expires, error) ||
			!read_time(v, OSVDI_VV_KEY_ENDS, &t->ends, error))
		goto out;
	/* The broker finds a desktop by its id too. */
	if (!t->resolve_name)
		t->resolve_name = g_strdup(t->server_uuid);
	if (t->server_uuid && !g_uuid_string_is_valid(t->server_uuid)) {
		vv_bad(v, OSVDI_VV_GROUP, OSVDI_VV_KEY_SERVER_UUID, _("is not a UUID"), error);
		goto out;
	}
	if (url) {
		target_auto parsed = target_from_uri(url, NULL);

		if (!parsed || parsed->kind != TARGET_WEBSOCKET) {
			vv_bad(v, OSVDI_VV_GROUP, OSVDI_VV_KEY_URL,
					_("is not a spice+ws:// or spice+wss:// address"), error);
			goto out;
		}
		t->kind = TARGET_WEBSOCKET;
		/* The file's proxy is the way for viewers that do not know this group. */
		g_clear_pointer(&t->proxy, proxy_free);
		t->url = g_steal_pointer(&parsed->url);
		t->label = g_steal_pointer(&parsed->label);
	}
	ok = TRUE;
out:
	secret_free(url);
	return ok;
}

/* ---- the whole ----------------------------------------------------------- */

static void add_notes(const struct vv_values *v, struct target *t)
{
	static const char *const needed[] = { "main", "display", "inputs", "cursor" };
	gboolean too_much = FALSE;
	guint i;

	if (g_key_file_has_group(v->file, "ovirt"))
		g_strv_builder_add(v->remarks,
				_("The oVirt part of the connection file is not used (no CD "
						"menu)."));
	for (i = 0; t->disable_channels && i < G_N_ELEMENTS(needed); i++)
		too_much |= g_strv_contains((const char *const *)t->disable_channels, needed[i]);
	if (too_much)
		g_strv_builder_add(v->remarks,
				_("The connection file disables channels that a session needs; "
						"they stay on."));
	if (v->mended)
		g_strv_builder_add(v->remarks,
				_("The connection file is not UTF-8; letters that are not known "
						"were replaced."));
	t->notes = g_strv_builder_end(v->notes);
	t->remarks = g_strv_builder_end(v->remarks);
}

static const char *program_for(const char *type)
{
	if (g_ascii_strcasecmp(type, "vnc") == 0)
		return _("remote-viewer opens it, or another VNC viewer");
	if (g_ascii_strcasecmp(type, "rdp") == 0)
		return _("Remmina opens it, or another RDP client");
	return _("ask its giver for a SPICE file");
}

static gboolean check_type(const struct vv_values *v, GError **error)
{
	g_autofree char *type = NULL;

	if (!g_key_file_has_group(v->file, VV_GROUP)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				_("This is not a connection file: it has no [virt-viewer] group."));
		return FALSE;
	}
	if (!vv_get_text(v, VV_GROUP, "type", &type, error))
		return FALSE;
	if (!type)
		return vv_bad(v, VV_GROUP, "type", _("is missing"), error);
	if (g_ascii_strcasecmp(g_strstrip(type), "spice") != 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
				_("The connection file is for “%.40s”; only “spice” is "
						"supported: %s."),
				type, program_for(type));
		return FALSE;
	}
	return TRUE;
}

static gboolean check_address(const struct vv_values *v, const struct target *t, GError **error)
{
	if (t->kind != TARGET_TCP)
		return TRUE;
	if (!t->host)
		return vv_bad(v, VV_GROUP, "host", _("is missing"), error);
	if (!t->port && !t->tls_port)
		return vv_bad(v, VV_GROUP, "port", _("is missing (and so is “tls-port”)"), error);
	if (t->secure_channels && !t->tls_port)
		return vv_bad(v, VV_GROUP, "secure-channels",
				_("asks for encryption, but there is no “tls-port”"), error);
	return TRUE;
}

static struct target *from_values(const struct vv_values *v, const char *osid, GError **error)
{
	target_auto t = target_new(TARGET_TCP);

	if (!check_type(v, error) || !vv_check_versions(v->file, osid, error) ||
			!read_address(v, t, error) || !read_rest(v, t, error) ||
			!read_own(v, t, error) || !check_address(v, t, error))
		return NULL;
	t->of_file = TRUE;
	add_notes(v, t);
	names_set(t);
	return g_steal_pointer(&t);
}

/* Does not use GLib's message, which quotes the line: the line may hold a password. */
static void report_syntax(const char *text, GError **error)
{
	guint line = vv_bad_line(text);

	if (line)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				_("The connection file is damaged: line %u is neither a group, a "
						"key nor a comment."),
				line);
	else
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				_("The connection file is damaged: a line is neither a group, a "
						"key nor a comment."));
}

/* ---- text ---------------------------------------------------------------- */

/* The encoding that a byte order mark names, as Windows programs write it. NULL: UTF-8 or
 * not known. */
static const char *marked_encoding(const char *data, gsize size)
{
	if (size >= 4 && memcmp(data, "\xff\xfe\0\0", 4) == 0)
		return "UTF-32";
	if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0))
		return "UTF-16";
	return NULL;
}

static gboolean is_unmarked_utf16(const char *data, gsize size)
{
	return size >= 4 &&
			((data[0] && !data[1] && data[2] && !data[3]) ||
					(!data[0] && data[1] && !data[2] && data[3]));
}

/* Converts the file to UTF-8, from any encoding that can be recognised. *mended: letters
 * were replaced. Owner: secret_free(). */
static char *to_utf8(const char *data, gsize size, gboolean *mended, GError **error)
{
	const char *encoding = size <= OSVDI_VV_MAX_BYTES ? marked_encoding(data, size) : NULL;
	const char *problem = NULL;
	char *text = NULL;

	*mended = FALSE;
	if (encoding &&
			!(text = g_convert(data, (gssize)size, "UTF-8", encoding, NULL, &size,
					  NULL)))
		problem = _("The connection file is damaged UTF-16: save it as UTF-8.");
	else if (!encoding && is_unmarked_utf16(data, size))
		problem = _("The connection file is UTF-16 without a mark: save it as UTF-8.");
	else if (size > OSVDI_VV_MAX_BYTES * 4 || (!text && size > OSVDI_VV_MAX_BYTES) ||
			memchr(text ? text : data, '\0', size))
		problem = _("This is not a connection file: it is too large, or binary.");
	else if (!text && g_utf8_validate(data, (gssize)size, NULL))
		text = g_strndup(data, size);
	else if (!text) {
		text = g_utf8_make_valid(data, (gssize)size);
		*mended = TRUE;
	}
	if (!problem)
		return text;
	secret_free(text);
	g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, problem);
	return NULL;
}

struct target *vv_parse(const char *data, gsize size, const char *osid, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GStrvBuilder) notes = g_strv_builder_new(), remarks = g_strv_builder_new();
	struct vv_values v = { .file = file, .notes = notes, .remarks = remarks };
	struct target *target = NULL;
	char *text = to_utf8(data, size, &v.mended, error);

	if (!text)
		return NULL;
	v.text = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
	if (*v.text &&
			g_key_file_load_from_data(
					file, v.text, strlen(v.text), G_KEY_FILE_NONE, NULL))
		target = from_values(&v, osid, error);
	else
		report_syntax(v.text, error);
	secret_free(text);
	return target;
}
