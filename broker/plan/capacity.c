/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/capacity.h"

static void provider_clear(gpointer data)
{
	struct provider *p = data;

	g_free(p->id);
	g_array_unref(p->traits);
}

struct capacity *capacity_new(void)
{
	struct capacity *c = g_new0(struct capacity, 1);

	c->hosts = g_array_new(FALSE, FALSE, sizeof(struct host));
	c->providers = g_array_new(FALSE, FALSE, sizeof(struct provider));
	g_array_set_clear_func(c->providers, provider_clear);
	c->stocks = g_array_new(FALSE, FALSE, sizeof(struct stock));
	c->names = g_ptr_array_new_with_free_func(g_free);
	c->index = g_hash_table_new(g_str_hash, g_str_equal);
	return c;
}

void capacity_free(struct capacity *c)
{
	if (!c)
		return;
	g_array_unref(c->hosts);
	g_array_unref(c->providers);
	g_array_unref(c->stocks);
	g_hash_table_unref(c->index);
	g_ptr_array_unref(c->names);
	g_free(c);
}

int capacity_name(struct capacity *c, const char *name)
{
	gpointer found = g_hash_table_lookup(c->index, name);

	if (found)
		return GPOINTER_TO_INT(found) - 1;
	g_ptr_array_add(c->names, g_strdup(name));
	g_hash_table_insert(c->index, c->names->pdata[c->names->len - 1],
			GINT_TO_POINTER((int)c->names->len));
	return (int)c->names->len - 1;
}

void capacity_add_host(struct capacity *c, gboolean disabled)
{
	const struct host host = { .first_provider = (int)c->providers->len, .disabled = disabled };

	g_array_append_val(c->hosts, host);
}

void capacity_add_provider(struct capacity *c, const char *id)
{
	const struct provider provider = {
		.id = g_strdup(id),
		.first_stock = (int)c->stocks->len,
		.traits = g_array_new(FALSE, FALSE, sizeof(int)),
	};

	g_array_append_val(c->providers, provider);
	g_array_index(c->hosts, struct host, c->hosts->len - 1).n_providers++;
}

static struct provider *last_provider(struct capacity *c)
{
	return &g_array_index(c->providers, struct provider, c->providers->len - 1);
}

void capacity_add_trait(struct capacity *c, const char *trait)
{
	int index = capacity_name(c, trait);

	g_array_append_val(last_provider(c)->traits, index);
}

void capacity_add_stock(struct capacity *c, const struct stock *stock)
{
	g_array_append_vals(c->stocks, stock, 1);
	last_provider(c)->n_stocks++;
}

struct need *need_new(void)
{
	struct need *need = g_new0(struct need, 1);

	need->items = g_array_new(FALSE, FALSE, sizeof(struct need_item));
	need->traits = g_array_new(FALSE, FALSE, sizeof(struct need_trait));
	return need;
}

void need_free(struct need *need)
{
	if (!need)
		return;
	g_array_unref(need->items);
	g_array_unref(need->traits);
	g_free(need);
}
