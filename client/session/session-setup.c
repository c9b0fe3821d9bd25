/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/session-setup.h"
#include "target/proxy.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

static void set_tls(
		SpiceSession *session, const struct options *options, const struct target *target)
{
	const char *ca_file = options->ca_file ? options->ca_file : target->ca_file;
	const char *subject = options->host_subject ? options->host_subject : target->host_subject;

	if (ca_file)
		g_object_set(session, "ca-file", ca_file, NULL);
	if (target->ca) {
		g_autoptr(GByteArray) ca = g_byte_array_new();

		g_byte_array_append(ca, (const guint8 *)target->ca, (guint)strlen(target->ca));
		g_object_set(session, "ca", ca, NULL);
	}
	if (subject)
		g_object_set(session, "cert-subject", subject, "verify",
				SPICE_SESSION_VERIFY_SUBJECT, NULL);
	if (target->tls_ciphers)
		g_object_set(session, "ciphers", target->tls_ciphers, NULL);
}

static void set_address(SpiceSession *session, const struct target *target)
{
	g_autofree char *port = target->port ? g_strdup_printf("%d", target->port) : NULL;
	g_autofree char *tls_port = target->tls_port ? g_strdup_printf("%d", target->tls_port) :
						       NULL;

	if (target->kind == TARGET_TCP)
		g_object_set(session, "host", target->host, "port", port, "tls-port", tls_port,
				NULL);
	else if (target->kind == TARGET_UNIX)
		g_object_set(session, "unix-path", target->unix_path, NULL);
	if (target->username)
		g_object_set(session, "username", target->username, NULL);
	if (target->password)
		g_object_set(session, "password", target->password, NULL);
}

void session_setup_proxy_login(SpiceSession *session, const char *user, const char *password)
{
	SpiceURI *uri = spice_session_get_proxy_uri(session);

	g_return_if_fail(uri);
	spice_uri_set_user(uri, user);
	spice_uri_set_password(uri, password);
}

/* Fails if spice-gtk does not understand the proxy, because it would connect without one. */
static gboolean set_proxy(SpiceSession *session, const struct target *target, GError **error)
{
	if (target->kind != TARGET_TCP || !target->proxy)
		return TRUE;
	g_object_set(session, "proxy", target->proxy->address, NULL);
	if (!spice_session_get_proxy_uri(session)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
				_("The proxy %s cannot be used."), target->proxy->address);
		return FALSE;
	}
	if (target->proxy->user)
		session_setup_proxy_login(session, target->proxy->user, target->proxy->password);
	return TRUE;
}

static void set_channels(
		SpiceSession *session, const struct options *options, const struct target *target)
{
	if (options->secure_channels) {
		g_auto(GStrv) list = g_strsplit(options->secure_channels, ",", -1);

		g_object_set(session, "secure-channels", list, NULL);
	} else if (target->secure_channels) {
		g_object_set(session, "secure-channels", target->secure_channels, NULL);
	}
	if (options->disable_effects) {
		g_auto(GStrv) list = g_strsplit(options->disable_effects, ",", -1);

		g_object_set(session, "disable-effects", list, NULL);
	} else if (target->disable_effects) {
		g_object_set(session, "disable-effects", target->disable_effects, NULL);
	}
	if (target->color_depth)
		g_object_set(session, "color-depth", target->color_depth, NULL);
}

static gboolean is_disabled(const struct target *target, const char *channel)
{
	return target->disable_channels &&
			g_strv_contains((const char *const *)target->disable_channels, channel);
}

static void set_devices(
		SpiceSession *session, const struct options *options, const struct target *target)
{
	gboolean usb = !options->disable_usbredir && target->usbredir != TARGET_NO &&
			!is_disabled(target, "usbredir");
	gboolean audio = !options->disable_audio &&
			!(is_disabled(target, "playback") && is_disabled(target, "record"));
	gboolean smartcard = (options->smartcard || target->smartcard == TARGET_YES) &&
			!is_disabled(target, "smartcard");

	g_object_set(session, "enable-usbredir", usb, "enable-audio", audio, "enable-smartcard",
			smartcard, NULL);
	if (options->smartcard_certificates) {
		g_auto(GStrv) list = g_strsplit(options->smartcard_certificates, ",", -1);

		g_object_set(session, "smartcard-certificates", list, NULL);
	}
	if (options->smartcard_db)
		g_object_set(session, "smartcard-db", options->smartcard_db, NULL);
	if (options->shared_dir)
		g_object_set(session, "shared-dir", options->shared_dir, "share-dir-ro",
				options->shared_dir_ro, NULL);
}

static void set_compression(SpiceSession *session, const struct options *options)
{
	g_autoptr(GEnumClass) class = NULL;
	GEnumValue *value;

	if (options->cache_size)
		g_object_set(session, "cache-size", options->cache_size, NULL);
	if (options->glz_window_size)
		g_object_set(session, "glz-window-size", options->glz_window_size, NULL);
	if (!options->preferred_compression)
		return;
	/* spice-gtk does not export the type of this enumeration by name. */
	class = g_type_class_ref(g_object_class_find_property(G_OBJECT_GET_CLASS(session),
			"preferred-compression")->value_type);
	value = g_enum_get_value_by_nick(class, options->preferred_compression);
	if (value)
		g_object_set(session, "preferred-compression", value->value, NULL);
	else
		g_warning("--spice-preferred-compression: unknown value “%s” ignored",
				options->preferred_compression);
}

SpiceSession *session_setup_new(
		const struct options *options, const struct target *target, GError **error)
{
	SpiceSession *session = spice_session_new();

	if (!set_proxy(session, target, error)) {
		g_object_unref(session);
		return NULL;
	}
	set_address(session, target);
	set_tls(session, options, target);
	set_channels(session, options, target);
	set_devices(session, options, target);
	set_compression(session, options);
	return session;
}

gboolean session_setup_readdress(SpiceSession *session, const struct options *options,
		const struct target *target, GError **error)
{
	if (!set_proxy(session, target, error))
		return FALSE;
	set_address(session, target);
	set_tls(session, options, target);
	return TRUE;
}

void session_setup_connect(SpiceSession *session, const struct target *target)
{
	if (target->kind == TARGET_WEBSOCKET)
		spice_session_open_fd(session, -1);
	else
		spice_session_connect(session);
}

void session_setup_webdav(const struct options *options, SpiceChannel *channel)
{
	if (options->shared_dir)
		spice_channel_connect(channel);
}

char *session_setup_get_uuid(SpiceSession *session)
{
	const guint8 *u = NULL;

	g_object_get(session, "uuid", &u, NULL);
	if (!u)
		return NULL;
	return g_strdup_printf(
			"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
			u[12], u[13], u[14], u[15]);
}
