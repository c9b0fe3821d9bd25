/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/diagnosis.h"
#include "session/tls-cause.h"
#include "session/wire.h"

#include <glib/gi18n.h>
#include <string.h>

#define PATIENCE_MS 3000

struct diagnosis {
	guint refs; /* held by the caller and by each operation under way */
	const struct target *target;
	const struct options *options; /* NULL: listen only */
	diagnosis_func done;
	gpointer data;
	guint timer;
	GCancellable *cancellable;
	GSocketConnection *connection;
	GIOStream *tls;
	GTlsCertificate *certificate;
	char greeting[32];
};

static void diagnosis_unref(struct diagnosis *d)
{
	if (--d->refs)
		return;
	g_clear_object(&d->tls);
	g_clear_object(&d->connection);
	g_clear_object(&d->certificate);
	g_object_unref(d->cancellable);
	g_free(d);
}

static void diagnosis_autounref(struct diagnosis **d)
{
	diagnosis_unref(*d);
}
#define diagnosis_auto __attribute__((cleanup(diagnosis_autounref))) struct diagnosis *

void diagnosis_cancel(struct diagnosis *d)
{
	if (!d)
		return;
	d->done = NULL;
	g_clear_handle_id(&d->timer, g_source_remove);
	g_cancellable_cancel(d->cancellable);
	diagnosis_unref(d);
}

static void finish(struct diagnosis *d, struct failure *failure)
{
	diagnosis_func done = d->done;
	gpointer data = d->data;

	if (!done) {
		failure_free(failure);
		return;
	}
	diagnosis_cancel(d);
	done(failure, data);
}

/* ---- another service ----------------------------------------------------- */

/* The name of the service that speaks this greeting, for people; NULL if not known. */
static const char *name_service(const char *greeting, gsize size)
{
	static const struct {
		const char *start, *name;
	} services[] = {
		{ "RFB ", N_("VNC") },
		{ "SSH-", N_("SSH") },
		{ "220", N_("mail or FTP") },
		{ "* OK", N_("mail (IMAP)") },
		{ "+OK", N_("mail (POP3)") },
		{ "HTTP/", N_("the web (HTTP)") },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(services); i++)
		if (size >= strlen(services[i].start) &&
				memcmp(greeting, services[i].start, strlen(services[i].start)) == 0)
			return _(services[i].name);
	return NULL;
}

static struct failure *other_service(const struct diagnosis *d, gsize size)
{
	const char *name = name_service(d->greeting, size);
	g_autofree char *what = g_strdup_printf(_("%s is not a SPICE server."), d->target->label);
	g_autofree char *why = name ?
			g_strdup_printf(_("The service there speaks another protocol: %s."),
					name) :
			g_strdup(_("The service there speaks another protocol."));

	if (name && g_str_has_prefix(d->greeting, "RFB "))
		return failure_new(what, why,
				_("Open it with a VNC viewer, or give the port of SPICE."), TRUE);
	return failure_new(what, why, _("Check the port."), TRUE);
}

static void heard(GObject *source, GAsyncResult *result, gpointer data)
{
	gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);
	diagnosis_auto d = data;

	if (d->done)
		finish(d,
				n > 0 && memcmp(d->greeting, "REDQ", 4) != 0 ?
						other_service(d, (gsize)n) :
						NULL);
}

/* ---- TLS ----------------------------------------------------------------- */

static struct failure *explain_tls(struct diagnosis *d, const GError *error)
{
	const struct options *options = d->options;
	const struct target *target = d->target;
	struct tls_expected expected = {
		.ca = target->ca,
		.ca_file = options->ca_file ? options->ca_file : target->ca_file,
		.subject = options->host_subject ? options->host_subject : target->host_subject,
		.host = target->host,
	};
	enum tls_cause cause = tls_cause_find(&expected, d->certificate, error);
	g_autofree char *what = g_strdup_printf(_("No secure connection to %s."), target->label);
	g_autofree char *why = NULL;
	const char *remedy = tls_cause_explain(cause, &expected, d->certificate, &why);

	return failure_new(what, why, remedy, TRUE);
}

/* Accepts any certificate: we only look at it, and send nothing. */
static gboolean take_certificate(GTlsConnection *tls, GTlsCertificate *certificate,
		GTlsCertificateFlags errors, gpointer data)
{
	struct diagnosis *d = data;

	g_set_object(&d->certificate, certificate);
	return TRUE;
}

static void shaken(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	diagnosis_auto d = data;

	g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, &error);
	if (!d->certificate && g_tls_connection_get_peer_certificate(G_TLS_CONNECTION(source)))
		d->certificate = g_object_ref(
				g_tls_connection_get_peer_certificate(G_TLS_CONNECTION(source)));
	if (d->done)
		finish(d, explain_tls(d, error));
}

static void shake_hands(struct diagnosis *d)
{
	d->tls = g_tls_client_connection_new(G_IO_STREAM(d->connection), NULL, NULL);
	if (!d->tls) {
		finish(d, explain_tls(d, NULL));
		return;
	}
	g_signal_connect(d->tls, "accept-certificate", G_CALLBACK(take_certificate), d);
	d->refs++;
	g_tls_connection_handshake_async(
			G_TLS_CONNECTION(d->tls), G_PRIORITY_DEFAULT, d->cancellable, shaken, d);
}

/* ---- both ---------------------------------------------------------------- */

static void opened(GObject *source, GAsyncResult *result, gpointer data)
{
	diagnosis_auto d = data;

	d->connection = wire_open_finish(result, NULL);
	if (!d->done)
		return;
	if (!d->connection) {
		finish(d, d->options ? explain_tls(d, NULL) : NULL);
	} else if (d->options) {
		shake_hands(d);
	} else {
		d->refs++;
		g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(d->connection)),
				d->greeting, sizeof d->greeting - 1, G_PRIORITY_DEFAULT,
				d->cancellable, heard, d);
	}
}

static gboolean on_timeout(gpointer data)
{
	struct diagnosis *d = data;

	d->timer = 0;
	finish(d, d->options ? explain_tls(d, NULL) : NULL);
	return G_SOURCE_REMOVE;
}

static struct diagnosis *start(SpiceSession *session, struct address *address,
		const struct target *target, const struct options *options, diagnosis_func done,
		gpointer data)
{
	struct diagnosis *d = g_new0(struct diagnosis, 1);

	d->refs = 2;
	d->target = target;
	d->options = options;
	d->done = done;
	d->data = data;
	d->cancellable = g_cancellable_new();
	d->timer = g_timeout_add(PATIENCE_MS, on_timeout, d);
	wire_open_async(session, address, options != NULL || wire_is_tls(session), d->cancellable,
			opened, d);
	return d;
}

struct diagnosis *diagnosis_listen(SpiceSession *session, struct address *address,
		const struct target *target, diagnosis_func done, gpointer data)
{
	return start(session, address, target, NULL, done, data);
}

struct diagnosis *diagnosis_of_tls(SpiceSession *session, struct address *address,
		const struct target *target, const struct options *options, diagnosis_func done,
		gpointer data)
{
	return start(session, address, target, options, done, data);
}
