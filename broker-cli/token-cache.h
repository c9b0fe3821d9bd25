/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_TOKEN_CACHE_H
#define OSVDI_BROKER_TOKEN_CACHE_H

#include "settings.h"
#include "token.h"

/*
 * Tokens kept between runs: $XDG_CACHE_HOME/osvdi-broker/token-<digest>.json,
 * mode 0600 in a directory of mode 0700, replaced atomically. The digest is over
 * who logs in where, never over a secret. With the token go facts learned about
 * the cloud (JSON object of strings), to be asked only once.
 *
 * A file that is not a regular one of this user's with no access for others is
 * not read.
 */

/** Path of the file for these settings. Free with g_free(). */
char *token_cache_path(const struct settings *s, const char *directory);

/** The default directory. Free with g_free(). */
char *token_cache_directory(void);

/**
 * The kept token, when it is good for min_life_s more seconds; else NULL.
 * *facts: a new object; release with json_object_unref().
 */
struct token *token_cache_load(const char *path, gint64 now_s, gint64 min_life_s, JsonObject **facts);

/** Parse what token_cache_save() wrote. NULL when it is anything else. */
struct token *token_cache_parse(const char *data, gsize length, JsonObject **facts);

/** FALSE and an error of BROKER_ERROR_FAILED when it cannot be written. */
gboolean token_cache_save(const char *path, const struct token *token, JsonObject *facts, GError **error);

void token_cache_remove(const char *path);

#endif
