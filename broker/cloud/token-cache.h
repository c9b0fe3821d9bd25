/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_TOKEN_CACHE_H
#define OSVDI_BROKER_TOKEN_CACHE_H

#include "base/settings.h"
#include "cloud/token.h"

/*
 * Tokens kept between runs: DIRECTORY/token-<digest>.json,
 * mode 0600 in a directory of mode 0700, replaced atomically. The digest is over
 * all that made the login: see token-key.h. With the token go facts learned about
 * the cloud (JSON object of strings), to be asked only once, and where the login
 * was made, for logout.
 *
 * A file that is not a regular one of this user's with no access for others is
 * not read. A file's time of change is the end of its token, so that those of the
 * past are seen, and removed, without being read.
 */
struct kept_login {
	char *path; /* NULL from token_cache_parse() */
	struct token *token;
	JsonObject *facts;
	struct settings made_by; /* where, who, and how the service is verified */
};
typedef struct kept_login auto_kept_login;

void kept_login_free(struct kept_login *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_kept_login, kept_login_free)

/**
 * Path of the file for these settings; the directory is made. NULL and an error of
 * BROKER_ERROR_FAILED when there is no place. Free with g_free().
 */
char *token_cache_path(const struct settings *s, const char *directory, GError **error);

/** The kept login, when its token is good for min_life_s more seconds; else NULL. */
struct kept_login *token_cache_load(const char *path, gint64 now_s, gint64 min_life_s,
		struct redact *secrets);

/** Parse what token_cache_save() wrote. NULL when it is anything else. */
struct kept_login *token_cache_parse(const char *data, gsize length, struct redact *secrets);

/** FALSE and an error of BROKER_ERROR_FAILED when it cannot be written. */
gboolean token_cache_save(const char *path, const struct settings *s, const struct token *token,
		JsonObject *facts, GError **error);

void token_cache_remove(const char *path);

/** All that is kept, of struct kept_login, whether it has ended or not. */
GPtrArray *token_cache_list(const char *directory, struct redact *secrets);

/** Remove the files of tokens that have ended. */
void token_cache_purge(const char *directory, gint64 now_s);

#endif
