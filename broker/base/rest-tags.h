/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_BASE_REST_TAGS_H
#define OSVDI_BROKER_BASE_REST_TAGS_H

#include <glib.h>

/*
 * A desktop that nobody uses is put to rest (shelved, suspended, stopped) by "plan apply".
 * Tags of the Nova server tell about it, as a tag is added and removed by one request and
 * Nova says who of two has removed it; metadata loses one of two writers.
 *
 *   osvdi-rest:TIME            announced: it is put to rest at that time (UTC)
 *   osvdi-resting:EPOCH-NONCE  a run is about to do it
 *   osvdi-open:EPOCH-NONCE     a user's broker is about to open it
 *
 * A run adds "resting", reads all tags, and goes on only when no "open" is there and the
 * announcement still is; it then removes the announcement, and only the run that has
 * removed it sends the verb, once. A broker that sees an announcement or a "resting" adds
 * "open", removes the announcement, and reads all tags: is a "resting" there, it waits for
 * what the run does. Each writes before it reads, so at least one of them sees the other.
 * A broker that sees neither tag goes on at once: a run announces first, and the grace is
 * long enough for the viewer to be seen. Marks older than REST_MARK_S are of the dead.
 */
#define REST_TAG "osvdi-rest:"
#define REST_TAG_RESTING "osvdi-resting:"
#define REST_TAG_OPEN "osvdi-open:"
#define REST_TAG_BUSY "osvdi-busy" /* a guest, or somebody, says that work goes on */
#define REST_MARK_S 120

/** "osvdi-rest:2026-12-01T10:20:00Z". Free with g_free(). */
char *rest_tag(gint64 at);
/** "osvdi-open:1796120400-0badcafe". Free with g_free(). */
char *rest_mark(const char *prefix, gint64 now, guint32 nonce);

/** When a tag says that its desktop is put to rest; 0: it does not say. */
gint64 rest_tag_time(const char *tag);
/** The latest time among the tags; 0: none. */
gint64 rest_tags_time(char **tags);

/** Whether a tag is a mark of that prefix, and whether it is of the dead. */
gboolean rest_is_mark(const char *tag, const char *prefix);
gboolean rest_mark_is_old(const char *tag, const char *prefix, gint64 now);
/** Whether a mark that is not of the dead is among the tags. */
gboolean rest_tags_have_mark(char **tags, const char *prefix, gint64 now);

#endif
