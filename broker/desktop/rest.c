/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "desktop/rest.h"

#include "base/rest-tags.h"
#include "compute/power.h"
#include "hooks/caller.h"

#define PAUSE_US (500 * 1000)

gint64 rest_announced(const struct server *s)
{
	return rest_tags_time(s->tags);
}

static gint64 now_of(struct cloud *cloud)
{
	return clock_unix_s(cloud_clock(cloud));
}

/* Nova takes tags in these states only. */
static gboolean takes_tags(const struct server *s)
{
	return server_is(s, "ACTIVE") || server_is(s, "SHUTOFF") || server_is(s, "PAUSED") ||
			server_is(s, "SUSPENDED");
}

/* A refusal is told, and is no failure: the desktop may be opened all the same. */
static gboolean tag(struct cloud *cloud, const struct server *s, const char *tag, gboolean add)
{
	g_autoptr(GError) e = NULL;
	g_autoptr(auto_api_reply) reply = nova_tag(cloud, s->id, tag, add, &e);

	if (reply && (reply->status == 404 || api_reply_check(reply, &e)))
		return reply->status < 400;
	log_info(cloud_caller(cloud), "the tag %s of desktop %s stays as it is: %s", tag, s->id,
			e ? e->message : "refused");
	return FALSE;
}

static void take_away(struct cloud *cloud, const struct server *s)
{
	for (char **t = s->tags; *t; t++)
		if (rest_tag_time(*t))
			tag(cloud, s, *t, FALSE);
}

/* A run of the plan that was quicker puts the desktop to rest now: its verb shows soon. */
static gboolean is_being_rested(struct cloud *cloud, const struct server *s)
{
	return takes_tags(s) && power_task_is_harmless(s->task_state) &&
			rest_tags_have_mark(s->tags, REST_TAG_RESTING, now_of(cloud));
}

static void wait_for_run(struct cloud *cloud, struct server **s, gint64 deadline_us)
{
	const struct clock *clock = cloud_clock(cloud);

	while (power_refresh(cloud, s, NULL) && is_being_rested(cloud, *s) &&
			clock_now_us(clock) < deadline_us)
		if (!caller_sleep_us(cloud_caller(cloud), clock, PAUSE_US, NULL))
			return;
}

gint64 rest_cancel(struct cloud *cloud, struct server **s, gint64 deadline_us)
{
	gint64 now = now_of(cloud), at = rest_announced(*s);
	g_autofree char *mark = NULL;

	if (!takes_tags(*s) || (!at && !rest_tags_have_mark((*s)->tags, REST_TAG_RESTING, now)))
		return 0;
	mark = rest_mark(REST_TAG_OPEN, now, g_random_int());
	if (!tag(cloud, *s, mark, TRUE))
		return 0;
	take_away(cloud, *s);
	wait_for_run(cloud, s, deadline_us);
	tag(cloud, *s, mark, FALSE);
	return at;
}
