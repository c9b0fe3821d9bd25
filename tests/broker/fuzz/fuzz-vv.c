/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/text.h"
#include "compute/console.h"
#include "desktop/vv.h"
#include "fuzz.h"

static void as_file(const char *data, size_t size)
{
	struct address *a = g_new0(struct address, 1);
	char *text;

	a->protocol = g_strdup("spice");
	a->server_id = g_strdup("id");
	a->title = text_clean("name", 10);
	if (vv_parse(data, size, a, NULL, NULL)) {
		a->uri = console_uri("spice", a->host, a->port, a->tls_port);
		text = vv_format(a, TRUE);
		secret_free(text);
	}
	address_free(a);
}

static void as_url(const char *url)
{
	g_autofree char *ws = console_websocket(url, NULL, NULL);
	g_autofree char *token = console_token(url, NULL);
	g_autofree char *shown = redact_text(NULL, url);
	g_autofree char *clean = text_clean(url, 100);

	/* The output goes on one line of a file. */
	g_assert_true(!ws || !strpbrk(ws, "\r\n \"'<>"));
	g_assert_true(!ws || token);
	g_assert_true(g_utf8_validate(clean, -1, NULL));
	g_assert_nonnull(shown);
	text_parse_time(url);
	text_parse_duration(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	as_file((const char *)data, size);
	as_url(text);
	return 0;
}
