/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rates.h"

struct bucket {
	char *key;
	double left;
	gint64 at_us;
	GList link; /* in `rates->order`, the one seen last at its end */
};

struct rates {
	GHashTable *buckets;
	GQueue order;
	guint burst, keys_max;
};

static void bucket_free(gpointer data)
{
	struct bucket *bucket = data;

	g_free(bucket->key);
	g_free(bucket);
}

struct rates *rates_new(guint burst, guint keys_max)
{
	struct rates *rates = g_new0(struct rates, 1);

	rates->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, bucket_free);
	rates->burst = burst;
	rates->keys_max = keys_max;
	return rates;
}

void rates_free(struct rates *rates)
{
	if (!rates)
		return;
	g_hash_table_unref(rates->buckets);
	g_free(rates);
}

static double per_us(const struct rates *rates)
{
	return rates->burst / (60.0 * G_USEC_PER_SEC);
}

static void forget(struct rates *rates, struct bucket *bucket)
{
	g_queue_unlink(&rates->order, &bucket->link);
	g_hash_table_remove(rates->buckets, bucket->key);
}

static struct bucket *add(struct rates *rates, const char *key, gint64 now_us)
{
	struct bucket *bucket = g_new0(struct bucket, 1);

	if (g_hash_table_size(rates->buckets) >= rates->keys_max)
		forget(rates, rates->order.head->data);
	bucket->key = g_strdup(key);
	bucket->left = rates->burst;
	bucket->at_us = now_us;
	bucket->link.data = bucket;
	g_hash_table_insert(rates->buckets, bucket->key, bucket);
	g_queue_push_tail_link(&rates->order, &bucket->link);
	return bucket;
}

static double left_at(const struct rates *rates, const struct bucket *bucket, gint64 now_us)
{
	double left = bucket->left + (double)MAX(now_us - bucket->at_us, 0) * per_us(rates);

	return MIN(left, rates->burst);
}

gboolean rates_take(struct rates *rates, const char *key, gint64 now_us)
{
	struct bucket *bucket = g_hash_table_lookup(rates->buckets, key);

	if (!bucket)
		bucket = add(rates, key, now_us);
	g_queue_unlink(&rates->order, &bucket->link);
	g_queue_push_tail_link(&rates->order, &bucket->link);
	bucket->left = left_at(rates, bucket, now_us);
	bucket->at_us = MAX(now_us, bucket->at_us);
	if (bucket->left < 1)
		return FALSE;
	bucket->left -= 1;
	return TRUE;
}

guint rates_wait_s(const struct rates *rates, const char *key, gint64 now_us)
{
	const struct bucket *bucket = g_hash_table_lookup(rates->buckets, key);
	double missing = bucket ? 1 - left_at(rates, bucket, now_us) : 0;

	return missing > 0 ? (guint)(missing / per_us(rates) / G_USEC_PER_SEC) + 1 : 0;
}
