/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"
#include "cloud/token-cache.h"
#include "cloud/token.h"
#include "compute/discovery.h"
#include "compute/lease.h"
#include "compute/nova.h"
#include "compute/server.h"
#include "fuzz.h"

/* Every document of a service, whatever it holds. */
static void read_as_all(JsonNode *root)
{
	static const char *const types[] = { "compute", NULL };
	JsonObject *o = js_root_object(root);
	struct server *s = server_new(o);
	struct lease *l = lease_new(o);
	struct token *t = token_new(json_node_copy(root), "id", NULL, NULL);

	discovery_parse_compute(o);
	if (s) {
		server_power_name(s);
		if (l)
			lease_has_server(l, s);
	}
	if (t) {
		token_is_scoped(t);
		token_has_role(t, "admin");
		g_free(token_endpoint(t, types, "R", "public"));
	}
	server_free(s);
	lease_free(l);
	token_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	JsonNode *root = js_load((const char *)data, size, NULL);
	struct kept_login *kept;

	if (root) {
		g_autofree char *text = js_dump(root, FALSE);

		g_assert_nonnull(text);
		read_as_all(root);
		json_node_unref(root);
	}
	kept = token_cache_parse((const char *)data, size, NULL);
	kept_login_free(kept);
	return 0;
}
