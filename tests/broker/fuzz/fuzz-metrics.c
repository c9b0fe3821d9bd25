/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "planner/metrics.h"
#include "planner/viewers.h"

#define NOW G_GINT64_CONSTANT(1800000000)

struct asked {
	struct viewers *viewers;
	guint n;
};

static void check(const struct metric *m, void *data)
{
	struct asked *asked = data;
	const char *guest = g_hash_table_lookup(m->labels, "guest");

	g_assert_nonnull(m->name);
	g_assert_true(*m->name && !g_ascii_isdigit(*m->name));
	if (guest)
		asked->n += viewers_of(asked->viewers, guest) == VIEWER_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(auto_viewers) viewers = viewers_new(NOW);
	struct asked asked = { viewers, 0 };

	viewers_add(viewers, (const char *)data, size);
	metrics_parse((const char *)data, size, check, &asked);
	return 0;
}
