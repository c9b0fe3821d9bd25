/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <curl/curl.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "cloud/http.h"

#define CONNECT_TIMEOUT_S 10
#define TRIES 3
/* A caller that can cancel is asked this often. */
#define LOOK_MS 100
/* If a service asks for a longer pause than this, tell the user instead of waiting. */
#define RETRY_AFTER_MAX_S 10

struct http {
	CURL *curl;
	CURLM *multi; /* keeps the connections */
	char *ca, *cert, *key;
	gboolean insecure;
	gboolean ipv4_only;
	int timeout_s;
	gint64 deadline_us;
	const struct clock *clock;
	const struct caller *caller;
	http_transport transport;
	void *transport_data;
	struct http_stats stats;
};

/* The reply that libcurl's callbacks fill. */
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
		/* A user who names an authority trusts no other, the system's included. */
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
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A name that is still being looked up holds up nobody who cancels. */
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT,
			http->caller && http->caller->hooks.cancelled ? 1L : 0L);
#endif
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
	/* Where a connection that served before ends without an answer, libcurl itself sends the
	 * request again, whatever its method is. */
	if (request->makes)
		curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	if (request->userpwd) {
		curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_USERPWD, request->userpwd);
	}
}

static gboolean is_cut_off(CURLcode code)
{
	return code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
			code == CURLE_PARTIAL_FILE;
}

/* Bad files of a client certificate are the user's mistake, not the service's. */
static enum broker_error curl_error_code(CURLcode code)
{
	return code == CURLE_SSL_CERTPROBLEM ? BROKER_ERROR_USAGE : BROKER_ERROR_SERVICE;
}

static enum osvdi_broker_reason curl_reason(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE: return OSVDI_BROKER_REASON_NOT_TRUSTED;
	case CURLE_OPERATION_TIMEDOUT: return OSVDI_BROKER_REASON_REQUEST_TIMEOUT;
	default: return OSVDI_BROKER_REASON_NONE;
	}
}

/* The end of a message about a failed transfer. */
static const char *curl_remedy(const char *url, CURLcode code)
{
	switch (code) {
	case CURLE_SSL_CONNECT_ERROR:
		return "; does this address speak TLS (https), and take this login's certificate?";
	case CURLE_SSL_CERTPROBLEM: return "; do OS_CERT and OS_KEY belong together?";
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST: return "; is the service up, and the address right?";
	case CURLE_OPERATION_TIMEDOUT: return "; try again";
	/* With TLS 1.3 a certificate that is missing is told after the handshake. */
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
		return g_str_has_prefix(url, "https:") ?
				"; the service hung up: does it want a certificate of the client "
				"(OS_CERT, OS_KEY)?" :
				"";
	default: return "";
	}
}

/* connect_status: what a proxy answered to CONNECT, 0: nothing. */
static gboolean may_be_the_proxy(CURLcode code, long connect_status)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_PROXY ||
			code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_OPERATION_TIMEDOUT ||
			code == CURLE_PROXY || (connect_status && connect_status / 100 != 2);
}

/* Only the program knows which proxies its environment names. */
static gboolean blame_proxy(const struct http *http, const char *url, const char *text,
		GError **error)
{
	g_autofree char *remedy = caller_remedy(http->caller, OSVDI_BROKER_REASON_PROXY, url);

	if (*remedy)
		broker_set_error(error, BROKER_ERROR_SERVICE, OSVDI_BROKER_REASON_PROXY, "%s%s",
				text, remedy);
	return *remedy != '\0';
}

static void set_curl_error(const struct http *http, const char *url, CURLcode code,
		long connect_status, const char *message, GError **error)
{
	gboolean cut = is_cut_off(code) && !connect_status;
	g_autofree char *text =
			text_clean(*message && !cut ? message : curl_easy_strerror(code), 200);
	enum osvdi_broker_reason reason = curl_reason(code);
	g_autofree char *remedy = reason ? caller_remedy(http->caller, reason, NULL) : g_strdup("");

	if (may_be_the_proxy(code, connect_status) && blame_proxy(http, url, text, error))
		return;
	broker_set_error(error, curl_error_code(code), reason, "%s%s%s", text,
			curl_remedy(url, code), remedy);
}

static void set_in_time(const struct http *http, GError **error)
{
	g_autofree char *remedy = caller_remedy(http->caller, OSVDI_BROKER_REASON_TIMEOUT, NULL);

	broker_set_error(error, BROKER_ERROR_NOT_READY, OSVDI_BROKER_REASON_TIMEOUT,
			"no answer in time; try again%s", remedy);
}

/* The result of a transfer that is over. */
static CURLcode result_of(CURLM *multi)
{
	const CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(multi, &left)))
		if (m->msg == CURLMSG_DONE)
			return m->data.result;
	return CURLE_FAILED_INIT;
}

/* curl_easy_perform() would look at a caller who cancels once a second only. */
static CURLcode perform(struct http *http)
{
	int look_ms = http->caller && http->caller->hooks.cancelled ? LOOK_MS : 1000;
	CURLcode code = CURLE_ABORTED_BY_CALLBACK;
	CURLMcode bad = curl_multi_add_handle(http->multi, http->curl);
	int running = 1;

	while (!bad && !caller_cancelled(http->caller)) {
		bad = curl_multi_perform(http->multi, &running);
		if (!running) {
			code = result_of(http->multi);
			break;
		}
		if (!bad)
			bad = curl_multi_poll(http->multi, NULL, 0, look_ms, NULL);
	}
	curl_multi_remove_handle(http->multi, http->curl);
	return bad ? CURLE_OUT_OF_MEMORY : code;
}

/* Headers may hold a token. */
static void free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static gboolean curl_transport(void *data, const struct http_request *request,
		struct http_reply *reply, GError **error)
{
	struct http *http = data;
	struct receipt receipt = { .reply = reply };
	char message[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	long connects = 0, connect_status = 0;
	CURLcode code;

	set_common(http,
			request->timeout_s ? MIN(request->timeout_s, http->timeout_s) :
					     http->timeout_s,
			&receipt, message);
	for (gsize i = 0; request->headers && request->headers[i]; i++)
		headers = curl_slist_append(headers, request->headers[i]);
	headers = curl_slist_append(headers, "Expect:");
	set_request(http->curl, request, headers);
	code = perform(http);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	curl_easy_getinfo(http->curl, CURLINFO_NUM_CONNECTS, &connects);
	curl_easy_getinfo(http->curl, CURLINFO_HTTP_CONNECTCODE, &connect_status);
	http->stats.connections += (guint)connects;
	free_headers(headers);
	if (code == CURLE_OK)
		return TRUE;
	if (code == CURLE_ABORTED_BY_CALLBACK && !caller_check(http->caller, error))
		return FALSE;
	reply->cut = is_cut_off(code) && !connect_status;
	if (receipt.by_deadline && code == CURLE_OPERATION_TIMEDOUT)
		set_in_time(http, error);
	else if (receipt.too_large)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"the answer is too large (over %d MiB)", HTTP_MAX_BODY >> 20);
	else
		set_curl_error(http, request->url, code, connect_status, message, error);
	return FALSE;
}

/* Some of libcurl's TLS libraries know no CAINFO_BLOB. Refuse to go on without it. */
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
	http->caller = params->caller;
	http->transport = params->transport ? params->transport : curl_transport;
	http->transport_data = params->transport ? params->transport_data : http;
	if (params->transport)
		return http;
	http->curl = curl_easy_init();
	http->multi = curl_multi_init();
	if (http->curl && http->multi && takes_authority(http))
		return http;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s",
			http->curl && http->multi ? "this libcurl takes no authority from memory" :
						    "libcurl could not be started");
	http_free(http);
	return NULL;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	curl_multi_cleanup(http->multi);
	g_free(http->ca);
	g_free(http->cert);
	g_free(http->key);
	g_free(http);
}

const struct caller *http_caller(const struct http *http)
{
	return http->caller;
}

void http_set_deadline(struct http *http, gint64 deadline_us)
{
	http->deadline_us = deadline_us;
}

void http_get_stats(const struct http *http, struct http_stats *stats)
{
	*stats = http->stats;
}

static gboolean try_once(struct http *http, const struct http_request *request,
		struct http_reply *reply, GError **error)
{
	gint64 start = clock_now_us(http->clock);
	gboolean ok;
	gint64 us;

	http_reply_clear(reply);
	http->stats.requests++;
	ok = http->transport(http->transport_data, request, reply, error);
	us = clock_now_us(http->clock) - start;
	http->stats.network_us += us;
	if (ok) {
		g_autofree char *id =
				text_clean(http_reply_header(reply, "x-openstack-request-id"), 60);

		log_debug(http->caller, "%s %s: %ld in %.1f ms %s", request->method, request->url,
				reply->status, (double)us / 1000, id);
	} else {
		log_debug(http->caller, "%s %s: no reply in %.1f ms", request->method, request->url,
				(double)us / 1000);
	}
	return ok;
}

static gboolean worth_another(const struct http_request *request, gboolean ok,
		const struct http_reply *reply)
{
	if (request->once || (strcmp(request->method, "GET") && !request->repeatable))
		return FALSE;
	/* A service that is not there, or a time limit that passed, is reported at once. A
	 * connection that was cut, or a gateway's error, is often gone in a second. */
	if (!ok)
		return reply->cut;
	return reply->status == 429 || reply->status == 502 || reply->status == 503 ||
			reply->status == 504;
}

/* FALSE: the service asks for more time than anyone is made to wait unasked; or, with an
 * error, the caller has cancelled. */
static gboolean wait_for_another(struct http *http, const struct http_request *request,
		const struct http_reply *reply, int tries, GError **error)
{
	gint64 asked = http_retry_after_s(reply);
	gint64 us = asked >= 0 ? MAX(asked * G_USEC_PER_SEC, 100 * 1000) :
				 (reply->status == 429 ? 1000 : 300) * 1000 * tries;

	if (asked > RETRY_AFTER_MAX_S ||
			(http->deadline_us && clock_now_us(http->clock) + us >= http->deadline_us))
		return FALSE;
	if (us >= G_USEC_PER_SEC)
		log_warning(http->caller, "%s: %ld %s; trying again in %" G_GINT64_FORMAT " s",
				request->url, reply->status, http_status_text(reply->status),
				us / G_USEC_PER_SEC);
	return caller_sleep_us(http->caller, http->clock, us, error);
}

/* Whether to send again. FALSE may come with *cancelled. */
static gboolean may_repeat(struct http *http, const struct http_request *request, gboolean ok,
		const struct http_reply *reply, int tries, GError **cancelled)
{
	return tries < TRIES && worth_another(request, ok, reply) &&
			wait_for_another(http, request, reply, tries, cancelled);
}

struct http_reply *http_send(struct http *http, const struct http_request *request, GError **error)
{
	g_autoptr(auto_http_reply) reply = g_new0(struct http_reply, 1);
	g_autoptr(GError) cancelled = NULL;
	gboolean ok, again;
	int tries = 1;

	if (!caller_check(http->caller, error))
		return NULL;
	do {
		g_clear_error(error);
		ok = try_once(http, request, reply, error);
		again = may_repeat(http, request, ok, reply, tries++, &cancelled);
	} while (again);
	if (!cancelled)
		return ok ? g_steal_pointer(&reply) : NULL;
	g_clear_error(error);
	g_propagate_error(error, g_steal_pointer(&cancelled));
	return NULL;
}
