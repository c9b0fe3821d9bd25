/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/tls-cause.h"

#include <glib/gi18n.h>
#include <string.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"

/* Reads the given authorities; FALSE if one of them cannot be read. */
static gboolean read_authorities(const char *pem, GPtrArray *list)
{
	const char *at = pem ? strstr(pem, BEGIN) : NULL;

	if (pem && !at)
		return FALSE;
	while (at) {
		const char *next = strstr(at + strlen(BEGIN), BEGIN);
		g_autofree char *one = next ? g_strndup(at, (gsize)(next - at)) : g_strdup(at);
		GTlsCertificate *certificate = g_tls_certificate_new_from_pem(one, -1, NULL);

		if (!certificate)
			return FALSE;
		g_ptr_array_add(list, certificate);
		at = next;
	}
	return TRUE;
}

/* Whether the certificate is too old or too new for this computer's date. */
static GTlsCertificateFlags compare_dates(GTlsCertificate *certificate)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autoptr(GDateTime) first = g_tls_certificate_get_not_valid_before(certificate);
	g_autoptr(GDateTime) last = g_tls_certificate_get_not_valid_after(certificate);
	GTlsCertificateFlags errors = 0;

	if (last && g_date_time_compare(now, last) > 0)
		errors |= G_TLS_CERTIFICATE_EXPIRED;
	if (first && g_date_time_compare(now, first) < 0)
		errors |= G_TLS_CERTIFICATE_NOT_ACTIVATED;
	return errors;
}

/* The errors of the certificate, judged by the authority that leaves the fewest. */
static GTlsCertificateFlags verify(GTlsCertificate *certificate, GPtrArray *authorities)
{
	GTlsCertificateFlags left = G_TLS_CERTIFICATE_VALIDATE_ALL;
	guint i;

	for (i = 0; i < authorities->len; i++)
		left &= g_tls_certificate_verify(certificate, NULL, authorities->pdata[i]);
	/* Without an authority GIO looks at names only. */
	return authorities->len ? left : compare_dates(certificate);
}

static enum tls_cause of_names(const struct tls_expected *expected, GTlsCertificate *certificate)
{
	g_autoptr(GSocketConnectable) host = NULL;

	if (expected->subject)
		return TLS_CAUSE_SUBJECT;
	if (!expected->host)
		return TLS_CAUSE_UNKNOWN;
	host = g_network_address_new(expected->host, 0);
	return g_tls_certificate_verify(certificate, host, NULL) & G_TLS_CERTIFICATE_BAD_IDENTITY ?
			TLS_CAUSE_HOST :
			TLS_CAUSE_UNKNOWN;
}

enum tls_cause tls_cause_find(const struct tls_expected *expected, GTlsCertificate *certificate,
		const GError *error)
{
	g_autoptr(GPtrArray) authorities = g_ptr_array_new_with_free_func(g_object_unref);
	g_autofree char *pem = NULL;
	GTlsCertificateFlags flags;

	if (expected->ca_file && !g_file_get_contents(expected->ca_file, &pem, NULL, NULL))
		return TLS_CAUSE_BROKEN_CA;
	if (!read_authorities(pem ? pem : expected->ca, authorities))
		return TLS_CAUSE_BROKEN_CA;
	if (!certificate)
		return error ? TLS_CAUSE_NO_TLS : TLS_CAUSE_UNKNOWN;
	flags = verify(certificate, authorities);
	if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
		return TLS_CAUSE_AUTHORITY;
	if (flags & G_TLS_CERTIFICATE_EXPIRED)
		return TLS_CAUSE_EXPIRED;
	if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
		return TLS_CAUSE_NOT_YET;
	return of_names(expected, certificate);
}

static char *date_of(GTlsCertificate *certificate, gboolean last)
{
	g_autoptr(GDateTime) date = last ? g_tls_certificate_get_not_valid_after(certificate) :
					   g_tls_certificate_get_not_valid_before(certificate);

	return date ? g_date_time_format(date, "%x") : g_strdup("?");
}

static char *name_of(GTlsCertificate *certificate)
{
	char *name = g_tls_certificate_get_subject_name(certificate);

	return name ? name : g_strdup("?");
}

const char *tls_cause_explain(enum tls_cause cause, const struct tls_expected *expected,
		GTlsCertificate *certificate, char **why)
{
	g_autofree char *text = NULL;

	switch (cause) {
	case TLS_CAUSE_NO_TLS:
		*why = g_strdup(_("What listens there does not speak TLS."));
		return _("The port may be the one for plain connections: give it as “port”, not "
				"“tls-port”, or spice:// in place of spice+tls://. Ask who runs "
				"the server whether it has TLS.");
	case TLS_CAUSE_BROKEN_CA:
		*why = g_strdup(_("The certificate authority that was given cannot be read."));
		return _("“ca” in the connection file, or the file of --spice-ca-file, has to hold "
				"certificates in PEM. Get a new one.");
	case TLS_CAUSE_EXPIRED:
		text = date_of(certificate, TRUE);
		*why = g_strdup_printf(_("The certificate of the server, or its authority, has "
				"expired (%s)."), text);
		return _("Ask who runs the server for a new one, and check the date of this "
				"computer.");
	case TLS_CAUSE_NOT_YET:
		text = date_of(certificate, FALSE);
		*why = g_strdup_printf(
				_("The certificate of the server is not valid before %s."), text);
		return _("Check the date of this computer.");
	case TLS_CAUSE_AUTHORITY:
		*why = g_strdup(_("The certificate of the server comes from an authority that is "
				"not the given one."));
		return _("Give the right authority (--spice-ca-file, or “ca” in the connection "
				"file). Do not go on if you did not expect this.");
	case TLS_CAUSE_SUBJECT:
		text = name_of(certificate);
		*why = g_strdup_printf(_("The certificate belongs to “%s”, and “%s” was expected."),
				text, expected->subject);
		return _("Give the right subject (“host-subject” in the connection file), or ask "
				"who runs the server. Do not go on if you did not expect this.");
	case TLS_CAUSE_HOST:
		text = name_of(certificate);
		*why = g_strdup_printf(_("The certificate belongs to “%s”, and not to %s."), text,
				expected->host);
		return _("Use the name that is in the certificate, or give its subject "
				"(“host-subject” in the connection file). Do not go on if you did "
				"not expect this.");
	default:
		*why = g_strdup(_("The certificate of the server is not the expected one."));
		return _("Give the right authority (--spice-ca-file, or “ca” in the connection "
				"file) and subject, or ask who runs the server. Do not go on if "
				"you did not expect this.");
	}
}
