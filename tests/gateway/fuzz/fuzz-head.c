/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "relay/admit.h"

#include <string.h>

/* The request's slices lie in its bytes, and nobody gets in without a ticket of ours. */
static void check_slice(struct http_slice slice, const char *data, gsize size)
{
	if (slice.length)
		g_assert_true(slice.text >= data && slice.text + slice.length <= data + size);
}

static void check_head(const struct http_head *head, const char *data, gsize size)
{
	g_assert_true(head->size >= 4 && head->size <= size);
	check_slice(head->method, data, head->size);
	check_slice(head->target, data, head->size);
	for (guint i = 0; i < head->n_fields; i++) {
		check_slice(head->fields[i].name, data, head->size);
		check_slice(head->fields[i].value, data, head->size);
		g_assert_null(memchr(head->fields[i].value.text, '\n',
				head->fields[i].value.length));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char settings[] = "[gateway]\nlisten=x\nkeys=x\ntargets=10.0.0.0/8\n"
			"origins=https://a\nticket-in-url=true\n";
	static struct config *config;
	static struct keys *keys;
	/* a sanitizer sees each byte past it */
	char *copy = size ? g_memdup2(data, size) : g_malloc0(1);
	struct http_head head;
	struct request request;
	guint status;

	if (!config) {
		config = config_parse(settings, NULL);
		keys = keys_parse("k1 00000000000000000000000000000000"
			"00000000000000000000000000000000", NULL);
	}
	if (size && http_head_parse(&head, copy, size) == HTTP_OK) {
		enum refusal refusal;

		check_head(&head, copy, size);
		refusal = admit_request(&request, &head, config, keys);
		g_free(refusal ? admit_refusal(refusal, request.connect) :
				admit_answer(&request, &head));
		g_assert_true(refusal || request.ticket);
		request_clear(&request);
	}
	if (size && http_answer_parse(&head, &status, copy, size) == HTTP_OK)
		check_head(&head, copy, size);
	g_free(copy);
	return 0;
}
