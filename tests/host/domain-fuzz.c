/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A domain's XML: whatever it is, what comes out of it is a key file with these
 * settings and no others. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"
#include "settings.h"

static void check(const struct settings *settings, const char *name, const char *value)
{
	g_autofree char *text = settings_text(settings);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *a = NULL, *b = NULL, *wanted = g_strstrip(g_strdup(value));
	gsize n_groups = 0;

	if (!g_key_file_load_from_data(file, text, (gsize)-1, G_KEY_FILE_NONE, NULL))
		abort();
	g_strfreev(g_key_file_get_groups(file, &n_groups));
	a = g_key_file_get_string(file, "spice-accel", name, NULL);
	b = g_key_file_get_string(file, "displays", name, NULL);
	if (n_groups != 2 || !a == !b || strcmp(a ? a : b, wanted))
		abort();
}

static void use(const struct domain *domain)
{
	g_autoptr(settings_t) settings = settings_create();

	if (strlen(domain->uuid) != 36 || strchr(domain->uuid, '/'))
		abort();
	for (guint i = 0; i + 1 < domain->specs->len; i += 2) {
		const char *name = domain->specs->pdata[i], *value = domain->specs->pdata[i + 1];

		if (settings_set(settings, name, value, NULL))
			check(settings, name, value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct domain domain;

	if (domain_parse(&domain, (const char *)data, size, NULL))
		use(&domain);
	domain_finish(&domain);
	return 0;
}
