/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <curl/curl.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "cloud/http-proxy.h"
#include "cloud/http.h"

#define CONNECT_TIMEOUT_S 10
#define TRIES 3
/* Longer than this no one is made to wait unasked: it is told instead. */
#define RETRY_AFTER_MAX_S 10

struct http {
	CURL *curl;
	char *ca, *cert, *key;
	gboolean insecure;
	gboolean ipv4_only;
	int timeout_s;
	gint64 deadline_us;
	const struct clock *clock;
	http_transport transport;
	void *transport_data;
	struct http_stats stats;
};

/* What libcurl's callbacks fill. */
struct receipt {
	struct http_reply *reply;
	gboolean too_large;
	gboolean by_deadline; /* the time it may take ends with the deadline's */
};

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	struct receipt *r = user;

	if (r->reply->body->len + size * n > HTTP_MAX_BODY) {
		r->too_large = TRUE;
		return 0;
	}
	g_string_append_len(r->reply->body, data, (gssize)(size * n));
	return size * n;
}

static size_t on_header(char *data, size_t size, size_t n, void *user)
{
	struct receipt *r = user;

	if (!http_reply_add_header_line(r->reply, data, size * n)) {
		r->too_large = TRUE;
		return 0;
	}
	return size * n;
}

static void set_tls(struct http *http)
{
	CURL *c = http->curl;

	if (http->ca) {
		struct curl_blob blob = { http->ca, strlen(http->ca), CURL_BLOB_NOCOPY };

		curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob);
		/* Who names an authority trusts the system's no more. */
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	if (http->cert)
		curl_easy_setopt(c, CURLOPT_SSLCERT, http->cert);
	if (http->key)
		curl_easy_setopt(c, CURLOPT_SSLKEY, http->key);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, http->insecure ? 0L : 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, http->insecure ? 0L : 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

/* Milliseconds that the request may take. */
static long set_time(const struct http *http, int timeout_s, struct receipt *receipt)
{
	gint64 all = (gint64)timeout_s * 1000;
	gint64 left = (http->deadline_us - clock_now_us(http->clock)) / 1000;

	if (!http->deadline_us || left >= all)
		return (long)all;
	receipt->by_deadline = TRUE;
	return (long)MIN(all, MAX(left, HTTP_GRACE_S * 1000));
}

/* Options last for one request; the connections last (curl_easy_reset()). */
static void set_common(struct http *http, int timeout_s, struct receipt *receipt, char *message)
{
	long time_ms = set_time(http, timeout_s, receipt);
	CURL *c = http->curl;

	curl_easy_reset(c);
	set_tls(http);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	if (http->ipv4_only)
		curl_easy_setopt(c, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, MIN(CONNECT_TIMEOUT_S * 1000L, time_ms));
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, time_ms);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "osvdi-broker/" OSVDI_VERSION);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, receipt);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, receipt);
}

static void set_request(CURL *c, const struct http_request *request, struct curl_slist *headers)
{
	curl_easy_setopt(c, CURLOPT_URL, request->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	if (request->public_data) {
		curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
		curl_easy_setopt(c, CURLOPT_MAXREDIRS, 3L);
	}
	if (request->body) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, request->body);
	}
	if (strcmp(request->method, "GET") || request->body)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, request->method);
	if (request->userpwd) {
		curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_USERPWD, request->userpwd);
	}
}

static gboolean is_cut_off(CURLcode code)
{
	return code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE;
}

/* What is wrong with the files of a client certificate is no failure of the service. */
static int curl_error_code(CURLcode code)
{
	return code == CURLE_SSL_CERTPROBLEM ? BROKER_ERROR_USAGE : BROKER_ERROR_SERVICE;
}

/* What libcurl says of a cut connection is about its sockets. */
static const char *curl_remedy(const char *url, CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE: return "; name the authority with --os-cacert";
	case CURLE_SSL_CONNECT_ERROR: return "; does this address speak TLS (https), and take this login's certificate?";
	case CURLE_SSL_CERTPROBLEM: return "; do OS_CERT and OS_KEY belong together?";
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST: return "; is the service up, and the address right?";
	case CURLE_OPERATION_TIMEDOUT: return "; try again, or give more --request-timeout";
	/* With TLS 1.3 a certificate that is missing is told after the handshake. */
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING: return g_str_has_prefix(url, "https:") ? "; the service hung up: does it want a certificate of the client (OS_CERT, OS_KEY)?" : "";
	default: return "";
	}
}

/* connect_status: what a proxy answered to CONNECT, 0: nothing. */
static gboolean may_be_the_proxy(CURLcode code, long connect_status)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_RESOLVE_HOST ||
			code == CURLE_OPERATION_TIMEDOUT || code == CURLE_PROXY || (connect_status && connect_status / 100 != 2);
}

static void set_curl_error(const char *url, CURLcode code, long connect_status, const char *message, GError **error)
{
	gboolean cut = is_cut_off(code) && !connect_status;
	g_autofree char *text = text_clean(*message && !cut ? message : curl_easy_strerror(code), 200);
	g_autofree char *proxy = may_be_the_proxy(code, connect_status) ? http_proxy_describe(url) : NULL;

	if (proxy)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s; the way leads through %s: is it right and up? no_proxy names what is reached without", text, proxy);
	else
		g_set_error(error, BROKER_ERROR, curl_error_code(code), "%s%s", text, curl_remedy(url, code));
}

static gboolean curl_transport(void *data, const struct http_request *request, struct http_reply *reply, GError **error)
{
	struct http *http = data;
	struct receipt receipt = { .reply = reply };
	char message[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	long connects = 0, connect_status = 0;
	CURLcode code;

	set_common(http, request->timeout_s ? MIN(request->timeout_s, http->timeout_s) : http->timeout_s, &receipt, message);
	for (gsize i = 0; request->headers && request->headers[i]; i++)
		headers = curl_slist_append(headers, request->headers[i]);
	headers = curl_slist_append(headers, "Expect:");
	set_request(http->curl, request, headers);
	code = curl_easy_perform(http->curl);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	curl_easy_getinfo(http->curl, CURLINFO_NUM_CONNECTS, &connects);
	curl_easy_getinfo(http->curl, CURLINFO_HTTP_CONNECTCODE, &connect_status);
	http->stats.connections += (guint)connects;
	for (struct curl_slist *h = headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
	if (code == CURLE_OK)
		return TRUE;
	reply->cut = is_cut_off(code) && !connect_status;
	if (receipt.by_deadline && code == CURLE_OPERATION_TIMEDOUT)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "no answer in time; try again, or give more --timeout");
	else if (receipt.too_large)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "the answer is too large (over %d MiB)", HTTP_MAX_BODY >> 20);
	else
		set_curl_error(request->url, code, connect_status, message, error);
	return FALSE;
}

/* Some of libcurl's TLS libraries know no CAINFO_BLOB: then nobody must be trusted. */
static gboolean takes_authority(const struct http *http)
{
	struct curl_blob blob = { http->ca, http->ca ? strlen(http->ca) : 0, CURL_BLOB_NOCOPY };

	return !http->ca || curl_easy_setopt(http->curl, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK;
}

struct http *http_new(const struct http_params *params, GError **error)
{
	struct http *http = g_new0(struct http, 1);

	http->ca = g_strdup(params->ca);
	http->cert = g_strdup(params->cert);
	http->key = g_strdup(params->key);
	http->insecure = params->insecure;
	http->ipv4_only = params->ipv4_only;
	http->timeout_s = params->timeout_s > 0 ? params->timeout_s : 60;
	http->deadline_us = params->deadline_us;
	http->clock = params->clock ? params->clock : clock_system();
	http->transport = params->transport ? params->transport : curl_transport;
	http->transport_data = params->transport ? params->transport_data : http;
	if (params->transport)
		return http;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	http->curl = curl_easy_init();
	if (http->curl && takes_authority(http))
		return http;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s", http->curl ? "this libcurl takes no authority from memory" : "libcurl could not be started");
	http_free(http);
	return NULL;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	if (http->curl) {
		curl_easy_cleanup(http->curl);
		curl_global_cleanup();
	}
	g_free(http->ca);
	g_free(http->cert);
	g_free(http->key);
	g_free(http);
}

void http_get_stats(const struct http *http, struct http_stats *stats)
{
	*stats = http->stats;
}

static gboolean try_once(struct http *http, const struct http_request *request, struct http_reply *reply, GError **error)
{
	gint64 start = clock_now_us(http->clock);
	g_autofree char *url = text_redact(request->url);
	gboolean ok;
	gint64 us;

	http_reply_clear(reply);
	http->stats.requests++;
	ok = http->transport(http->transport_data, request, reply, error);
	us = clock_now_us(http->clock) - start;
	http->stats.network_us += us;
	if (ok) {
		g_autofree char *id = text_clean(http_reply_header(reply, "x-openstack-request-id"), 60);

		log_debug("%s %s: %ld in %.1f ms %s", request->method, url, reply->status, (double)us / 1000, id);
	} else {
		log_debug("%s %s: no reply in %.1f ms", request->method, url, (double)us / 1000);
	}
	return ok;
}

static gboolean worth_another(const struct http_request *request, gboolean ok, const struct http_reply *reply)
{
	if (request->once || (strcmp(request->method, "GET") && !request->repeatable))
		return FALSE;
	/* Without a service, or when a time limit passed, that is told at once. What
	 * hangs up half way, or a gateway that answers, is often back in a second. */
	if (!ok)
		return reply->cut;
	return reply->status == 429 || reply->status == 502 || reply->status == 503 || reply->status == 504;
}

/* FALSE: the service asks for more time than anyone is made to wait unasked. */
static gboolean wait_for_another(struct http *http, const struct http_request *request, const struct http_reply *reply, int tries)
{
	gint64 asked = http_retry_after_s(reply);
	gint64 us = asked >= 0 ? MAX(asked * G_USEC_PER_SEC, 100 * 1000) : (reply->status == 429 ? 1000 : 300) * 1000 * tries;
	g_autofree char *url = text_redact(request->url);

	if (asked > RETRY_AFTER_MAX_S || (http->deadline_us && clock_now_us(http->clock) + us >= http->deadline_us))
		return FALSE;
	if (us >= G_USEC_PER_SEC)
		log_warning("%s: %ld %s; trying again in %" G_GINT64_FORMAT " s", url, reply->status, http_status_text(reply->status), us / G_USEC_PER_SEC);
	clock_sleep_us(http->clock, us);
	return TRUE;
}

struct http_reply *http_send(struct http *http, const struct http_request *request, GError **error)
{
	g_autoptr(auto_http_reply) reply = g_new0(struct http_reply, 1);
	gboolean ok = FALSE;

	for (int i = 1; i <= TRIES; i++) {
		g_clear_error(error);
		ok = try_once(http, request, reply, error);
		if (i == TRIES || !worth_another(request, ok, reply) || !wait_for_another(http, request, reply, i))
			break;
	}
	return ok ? g_steal_pointer(&reply) : NULL;
}
