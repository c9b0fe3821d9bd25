/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/yaml-tree.h"
#include "cloud/keystone.h"
#include "cloud/settings-check.h"
#include "clouds.h"
#include "desktop/config.h"
#include "fuzz.h"
#include "terminal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yaml *tree = yaml_load("fuzz", (const char *)data, size, NULL);
	struct clouds_files files = { tree, tree, tree, FALSE };
	struct settings s = { 0 };
	struct config c;

	terminal_set_verbosity(-1);
	if (tree) {
		const char *name = clouds_only_name(tree);

		if (clouds_pick(&s, &files, name ? name : "lab", NULL) &&
				settings_check(&s, NULL, NULL, NULL) && keystone_method(&s)) {
			JsonNode *body = keystone_body(&s, keystone_method(&s), NULL, NULL, NULL);

			g_clear_pointer(&body, json_node_unref);
		}
		settings_clear(&s);
		yaml_destroy(tree);
	}
	config_init(&c, NULL);
	if (config_parse(&c, "broker.yaml", (const char *)data, size, NULL))
		config_profile(&c, "standard");
	config_clear(&c);
	return 0;
}
