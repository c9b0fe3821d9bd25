/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "desktop/pool-tags.h"
#include "desktop/pool.h"
#include "scripted.h"

/*
 * Brokers in threads against a model of Nova's tags, one request at a time in an
 * order drawn anew for each run: far more interleavings than a real race meets.
 */
#define SERVERS 2
/* A sanitizer that unwinds each allocation takes minutes for all of them. */
#ifdef __SANITIZE_ADDRESS__
#define RUNS 100
#else
#define RUNS 800
#endif

static struct {
	GMutex lock;
	GCond turn;
	GRand *rand;
	GHashTable *tags[SERVERS];
	int waiting; /* brokers that want to send */
	int running; /* brokers that have not ended */
	int next; /* which of them may; -1: none drawn yet */
} model;

struct player {
	const char *owner;
	gboolean release; /* gives back what it has, or what it half has, once */
	int dies_after; /* requests; 0: lives */
	int number;
	int requests;
	gboolean wants;
	gboolean won;
	int server;
	gint64 now_us;
	struct clock clock;
	struct caller caller; /* knows no hook */
};

static struct player *players;
static int n_players;

static char *server_id(int i)
{
	return g_strdup_printf("00000000-0000-4000-8000-00000000000%d", i);
}

static gint64 player_now(void *data)
{
	return ((struct player *)data)->now_us;
}

static gint64 player_unix(void *data)
{
	return 1767225600;
}

static void player_sleep(void *data, gint64 us)
{
	((struct player *)data)->now_us += us;
}

static void draw(void)
{
	int n;

	if (model.waiting < model.running || !model.waiting)
		return;
	n = g_rand_int_range(model.rand, 0, model.waiting);
	for (int i = 0; i < n_players; i++)
		if (players[i].wants && !n--) {
			model.next = i;
			g_cond_broadcast(&model.turn);
			return;
		}
}

static void wait_for_turn(struct player *p)
{
	p->wants = TRUE;
	model.waiting++;
	draw();
	while (model.next != p->number)
		g_cond_wait(&model.turn, &model.lock);
	p->wants = FALSE;
	model.waiting--;
	model.next = -1;
}

static void append_tags(GString *out, int i)
{
	GHashTableIter iter;
	gpointer tag;
	const char *comma = "";

	g_string_append(out, "\"tags\":[");
	g_hash_table_iter_init(&iter, model.tags[i]);
	while (g_hash_table_iter_next(&iter, &tag, NULL)) {
		g_string_append_printf(out, "%s\"%s\"", comma, (char *)tag);
		comma = ",";
	}
	g_string_append_c(out, ']');
}

static void append_server(GString *out, int i)
{
	g_autofree char *id = server_id(i);

	g_string_append_printf(out, "{\"id\":\"%s\",\"name\":\"s%d\",\"status\":\"ACTIVE\","
			"\"metadata\":{\"osvdi:pool\":\"p\"},", id, i);
	append_tags(out, i);
	g_string_append_c(out, '}');
}

static long tag_request(const struct http_request *r, int i, const char *tag)
{
	if (!strcmp(r->method, "PUT"))
		return g_hash_table_add(model.tags[i], g_strdup(tag)) ? 201 : 204;
	return g_hash_table_remove(model.tags[i], tag) ? 204 : 404;
}

static void nova_model(const struct http_request *r, struct http_reply *reply)
{
	const char *path = strstr(r->url, "/servers/");
	const char *tags = path ? strstr(path, "/tags") : NULL;
	int i;

	reply->status = 200;
	if (!path) {
		g_string_assign(reply->body,
				"{\"version\":{\"id\":\"v2.1\",\"version\":\"2.93\"}}");
	} else if (g_str_has_prefix(path, "/servers/detail")) {
		g_string_assign(reply->body, "{\"servers\":[");
		for (i = 0; i < SERVERS; i++) {
			g_string_append(reply->body, i ? "," : "");
			append_server(reply->body, i);
		}
		g_string_append(reply->body, "]}");
	} else {
		i = path[strlen("/servers/") + 35] - '0';
		if (tags && tags[5]) {
			g_autofree char *tag = g_uri_unescape_string(tags + 6, NULL);

			reply->status = tag_request(r, i, tag);
		} else {
			g_string_assign(reply->body, tags ? "{" : "{\"server\":");
			if (tags)
				append_tags(reply->body, i);
			else
				append_server(reply->body, i);
			g_string_append_c(reply->body, '}');
		}
	}
}

static gboolean transport(void *data, const struct http_request *r, struct http_reply *reply,
		GError **error)
{
	struct player *p = data;
	gboolean dead;

	if (strstr(r->url, "/auth/tokens")) {
		reply->status = 201;
		g_string_assign(reply->body, scripted_token);
		http_reply_add_header_line(reply, "x-subject-token: t",
				strlen("x-subject-token: t"));
		return TRUE;
	}
	g_mutex_lock(&model.lock);
	dead = p->dies_after && ++p->requests > p->dies_after;
	if (!dead) {
		wait_for_turn(p);
		p->now_us += 1000;
		nova_model(r, reply);
	}
	g_mutex_unlock(&model.lock);
	if (dead)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "dead");
	return !dead;
}

static struct cloud *open_session(struct player *p)
{
	struct settings s = { 0 };
	struct cloud_params params = { 0 };
	struct cloud *cloud;

	settings_set(&s, SET_AUTH_URL, "http://cloud/identity");
	settings_set(&s, SET_USERNAME, p->owner);
	settings_set(&s, SET_PASSWORD, "w");
	settings_set(&s, SET_PROJECT_NAME, "p");
	p->clock = (struct clock){ player_now, player_unix, player_sleep, p };
	params.settings = &s;
	p->caller.secrets = redact_new();
	params.clock = &p->clock;
	params.caller = &p->caller;
	params.transport = transport;
	params.transport_data = p;
	cloud = cloud_new(&params, NULL);
	settings_clear(&s);
	return cloud;
}

static void release_all(struct player *p, struct cloud *cloud)
{
	for (int i = 0; i < SERVERS; i++) {
		g_autofree char *id = server_id(i);
		struct server s = { .id = id };

		pool_release(cloud, &s, p->owner, NULL);
	}
}

static gpointer play(gpointer data)
{
	struct player *p = data;
	struct cloud *cloud = open_session(p);
	struct server *s = NULL;

	if (p->release)
		release_all(p, cloud);
	else
		s = pool_assign(cloud, "p", p->owner, G_MAXINT64, NULL);
	p->won = s != NULL;
	p->server = s ? s->id[35] - '0' : -1;
	server_free(s);
	cloud_free(cloud);
	redact_free(p->caller.secrets);
	g_mutex_lock(&model.lock);
	model.running--;
	draw();
	g_mutex_unlock(&model.lock);
	return NULL;
}

static void play_all(struct player *all, int n)
{
	GThread *threads[8];

	players = all;
	n_players = n;
	model.running = n;
	model.waiting = 0;
	model.next = -1;
	for (int i = 0; i < n; i++) {
		all[i].number = i;
		all[i].now_us = 0;
	}
	for (int i = 0; i < n; i++)
		threads[i] = g_thread_new(NULL, play, &all[i]);
	for (int i = 0; i < n; i++)
		g_thread_join(threads[i]);
}

static void new_model(guint32 seed)
{
	model.rand = g_rand_new_with_seed(seed);
	for (int i = 0; i < SERVERS; i++)
		model.tags[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void end_model(void)
{
	g_rand_free(model.rand);
	for (int i = 0; i < SERVERS; i++)
		g_hash_table_unref(model.tags[i]);
}

/* No desktop with two owners who were told they have it. */
static void check_exclusive(const struct player *p, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++)
			if (p[i].won && p[j].won && p[i].server == p[j].server)
				g_assert_cmpstr(p[i].owner, ==, p[j].owner);
}

static void test_race(void)
{
	int winners = 0;

	for (guint32 seed = 0; seed < RUNS; seed++) {
		struct player p[4] = { { .owner = "a" }, { .owner = "b" }, { .owner = "c" },
			{ .owner = "d" } };

		new_model(seed);
		play_all(p, 4);
		check_exclusive(p, 4);
		for (int i = 0; i < 4; i++)
			winners += p[i].won;
		end_model();
	}
	/* Safe and useful: nearly every desktop is handed out. */
	g_test_message("%d of %d desktops handed out", winners, RUNS * SERVERS);
	g_assert_cmpint(winners, >, RUNS * SERVERS * 9 / 10);
}

/* One owner at most of those who were told still has the hold. */
static void check_told_and_held(const struct player *p, int n, int server)
{
	const char *holder = NULL;

	for (int i = 0; i < n; i++) {
		g_autofree char *hold = pool_tags_hold(p[i].owner);

		if (!p[i].won || p[i].server != server ||
				!g_hash_table_contains(model.tags[server], hold))
			continue;
		if (holder)
			g_assert_cmpstr(holder, ==, p[i].owner);
		holder = p[i].owner;
	}
}

static void test_race_with_release(void)
{
	for (guint32 seed = 0; seed < RUNS; seed++) {
		struct player p[4] = { { .owner = "a" }, { .owner = "b" },
			{ .owner = "a", .release = TRUE }, { .owner = "c" } };

		new_model(seed);
		play_all(p, 4);
		/* Player 2 (owner a) may have released since what player 0 was told. */
		check_exclusive(p + 1, 3);
		for (int i = 0; i < SERVERS; i++)
			check_told_and_held(p, 4, i);
		end_model();
	}
}

static void test_death(void)
{
	for (guint32 seed = 0; seed < RUNS; seed++) {
		struct player p[3] = { { .owner = "a", .dies_after = 1 + (int)(seed % 8) },
			{ .owner = "b" }, { .owner = "c" } };
		struct player again[1] = { { .owner = "a" } };

		new_model(seed);
		play_all(p, 3);
		check_exclusive(p, 3);
		/* Its next try clears what it left, or gets it. */
		play_all(again, 1);
		for (int i = 1; i < 3; i++)
			if (p[i].won && again[0].won)
				g_assert_cmpint(p[i].server, !=, again[0].server);
		end_model();
	}
}

static void test_tags(void)
{
	g_autofree char *plain = pool_owner("5ab09363294a4fadb26b26c170582fa3");
	g_autofree char *digest = pool_owner("ldap,cn=x/y");
	g_autofree char *longest = pool_owner("0123456789012345678901234567890123456789");
	g_autofree char *bid = pool_tags_bid(longest, 0xffffffff);
	g_autofree char *hold = pool_tags_hold("a");
	char *one[] = { (char *)"other", (char *)"osvdi-user:a", (char *)"osvdi-user:a:00000001",
		NULL };
	char *two[] = { (char *)"osvdi-user:a", (char *)"osvdi-user:b", NULL };
	char *bids[] = { (char *)"osvdi-user:a:00000001", NULL };
	g_autofree char *holder = pool_tags_holder(one);

	g_assert_cmpstr(plain, ==, "5ab09363294a4fadb26b26c170582fa3");
	g_assert_cmpint(strlen(digest), ==, CLAIM_OWNER_MAX);
	g_assert_cmpint(strlen(bid), ==, CLAIM_TAG_MAX);
	g_assert_cmpstr(hold, ==, "osvdi-user:a");
	g_assert_cmpstr(holder, ==, "a");
	g_assert_null(pool_tags_holder(two));
	g_assert_null(pool_tags_holder(bids));
	g_assert_false(pool_tags_has_other(one, "a"));
	g_assert_true(pool_tags_has_other(two, "a"));
	g_assert_false(pool_tags_is_held(bids));
	g_assert_false(pool_tags_is_free(bids));
	g_assert_null(pool_tag_owner("osvdi-user:"));
	g_assert_null(pool_tag_owner("osvdi-user::00000001"));
	g_assert_null(pool_tag_owner("user:a"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/claim/tags", test_tags);
	g_test_add_func("/pool/race", test_race);
	g_test_add_func("/pool/release", test_race_with_release);
	g_test_add_func("/pool/death", test_death);
	return g_test_run();
}
