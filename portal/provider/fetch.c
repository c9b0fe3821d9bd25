/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch.h"

#include "core/wipe.h"
#include "oidc/document.h"
#include "oidc/fault.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_LIMIT_S 10L

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	GString *body = user;

	if (body->len + size * n > DOCUMENT_MAX_BYTES)
		return 0;
	g_string_append_len(body, data, (gssize)(size * n));
	return size * n;
}

static int on_progress(void *ended, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	return g_atomic_int_get((const gint *)ended) != 0;
}

/* FALSE: this libcurl cannot trust our authority alone. */
static gboolean set_safety(CURL *c, const struct fetch *fetch)
{
	struct curl_blob blob = { (void *)fetch->ca, fetch->ca ? strlen(fetch->ca) : 0,
		CURL_BLOB_NOCOPY };

	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (!fetch->ca)
		return TRUE;
	curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	return curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK;
}

static void set_request(CURL *c, const struct fetch *fetch, struct curl_slist *headers)
{
	curl_easy_setopt(c, CURLOPT_URL, fetch->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "osvdi-portal/" OSVDI_VERSION);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)fetch->limit_s);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, MIN(CONNECT_LIMIT_S, (long)fetch->limit_s));
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, fetch->ended);
	if (!fetch->form)
		return;
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)strlen(fetch->form));
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, fetch->form);
}

/* A header may hold our secret. */
static struct curl_slist *make_headers(const struct fetch *fetch)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
	char *line = fetch->authorization ? g_strconcat("Authorization: ", fetch->authorization,
							    NULL) :
					    NULL;

	if (line)
		headers = curl_slist_append(headers, line);
	wipe_free(line);
	return headers;
}

static void free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static gboolean perform(CURL *c, const struct fetch *fetch, struct fetched *fetched, GError **error)
{
	char message[CURL_ERROR_SIZE] = "";
	CURLcode code;

	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, fetched->body);
	code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &fetched->status);
	if (code == CURLE_OK)
		return TRUE;
	return oidc_fail(error, OIDC_FAULT_SERVICE, "%s: %s", fetch->url,
			code == CURLE_WRITE_ERROR ? "the answer is too long" :
			*message                  ? message :
						    curl_easy_strerror(code));
}

gboolean fetch_send(const struct fetch *fetch, struct fetched *fetched, GError **error)
{
	struct curl_slist *headers = make_headers(fetch);
	CURL *c = curl_easy_init();
	gboolean ok;

	fetched->status = 0;
	fetched->body = g_string_new(NULL);
	if (c)
		set_request(c, fetch, headers);
	ok = c && set_safety(c, fetch) ?
			perform(c, fetch, fetched, error) :
			oidc_fail(error, OIDC_FAULT_SERVICE, "libcurl does not do what is asked");
	curl_easy_cleanup(c);
	free_headers(headers);
	return ok;
}

void fetched_clear(struct fetched *fetched)
{
	wipe_string(fetched->body);
	fetched->body = NULL;
}
