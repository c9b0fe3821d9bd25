/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_POOL_TAGS_H
#define OSVDI_BROKER_POOL_TAGS_H

#include <glib.h>

/*
 * Who holds a pool desktop, said in tags of the Nova server (see pool.h for how):
 *   osvdi-user:OWNER:NONCE   a bid, made by one attempt of OWNER
 *   osvdi-user:OWNER         the hold: OWNER has the desktop
 * OWNER is the user id, or a digest of it where it does not fit (Nova's tags have
 * 60 characters and no / or comma).
 */
#define CLAIM_TAG_MAX 60
#define CLAIM_OWNER_MAX 40
#define CLAIM_NONCE_LENGTH 8

/** OWNER for a user id. Free with g_free(). */
char *pool_owner(const char *user_id);

/** The tags of an owner. Free with g_free(). */
char *pool_tags_bid(const char *owner, guint32 nonce);
char *pool_tags_hold(const char *owner);

/** OWNER of either tag, or NULL when it is none. Free with g_free(). */
char *pool_tag_owner(const char *tag);
gboolean pool_tag_is_hold(const char *tag);

/** Whether there is no claim of any kind. */
gboolean pool_tags_is_free(char **tags);
/** Whether anyone but that owner has a claim. */
gboolean pool_tags_has_other(char **tags, const char *owner);
/** Whether anyone but that owner has the hold. */
gboolean pool_tags_has_other_hold(char **tags, const char *owner);
/** Whether anyone has the hold. */
gboolean pool_tags_is_held(char **tags);

/** The owner who has the hold, if nobody else has one as well; else NULL. Free with g_free(). */
char *pool_tags_holder(char **tags);

#endif
