/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CLAIM_H
#define OSVDI_BROKER_CLAIM_H

#include "server.h"

/*
 * Who holds a pool desktop: server tags "osvdi:OWNER:NONCE". OWNER is the user
 * id, or a digest of it where it does not fit (Nova's tags have 60 characters
 * and no / or comma). NONCE tells two attempts of one user apart.
 */
#define CLAIM_TAG_MAX 60
#define CLAIM_OWNER_MAX 45
#define CLAIM_NONCE_LENGTH 8

/** OWNER for a user id. Free with g_free(). */
char *claim_owner(const char *user_id);

/** A tag for a new attempt. Free with g_free(). */
char *claim_tag(const char *user_id, guint32 nonce);

/** OWNER of a tag, or NULL when it is no claim. Free with g_free(). */
char *claim_tag_owner(const char *tag);

/** First claim among tags of that user; borrowed, or NULL. */
const char *claim_find(char **tags, const char *user_id);

/** How many claims there are. */
guint claim_count(char **tags);

/** OWNER when exactly one user claims it; else NULL. Free with g_free(). */
char *claim_holder(char **tags);

#endif
