/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include "target/broker-client.h"
#include "base/secret.h"
#include "target/target.h"
#include "target/ws-url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL, list_error = NULL;
	struct target *target = target_from_uri(text, &error);
	g_autoptr(GPtrArray) list = NULL;

	g_assert((target == NULL) == (error != NULL));
	target_free(target);
	secret_free(ws_url_socket(text));
	secret_free(ws_url_other(text));
	list = broker_client_parse_list(text, -1, &list_error);
	g_assert((list == NULL) == (list_error != NULL));
	return 0;
}
