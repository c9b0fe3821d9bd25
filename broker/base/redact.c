/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/redact.h"
#include "base/text.h"

#define MASK "***"
/* Shorter ones stand in many words; where a secret belongs they are masked all the same. */
#define MIN_SECRET 4

static GMutex lock; /* for what follows */
static GPtrArray *secrets; /* char *: each known secret in each way that texts spell it */
static GHashTable *plain; /* words that are no secret although a secret is the same word */

static void free_secret(gpointer data)
{
	secret_free(data);
}

static void add_form(const char *text)
{
	if (strlen(text) >= MIN_SECRET && !g_ptr_array_find_with_equal_func(secrets, text, g_str_equal, NULL))
		g_ptr_array_add(secrets, g_strdup(text));
}

void redact_remember(const char *secret)
{
	char *base64;

	if (!secret || !*secret)
		return;
	base64 = g_base64_encode((const guchar *)secret, strlen(secret));
	g_mutex_lock(&lock);
	if (!secrets)
		secrets = g_ptr_array_new_with_free_func(free_secret);
	add_form(secret);
	add_form(base64);
	g_mutex_unlock(&lock);
	secret_free(base64);
}

void redact_except(const char *word)
{
	if (!word || !*word)
		return;
	g_mutex_lock(&lock);
	if (!plain)
		plain = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_hash_table_add(plain, g_ascii_strdown(word, -1));
	g_mutex_unlock(&lock);
}

void redact_forget(void)
{
	g_mutex_lock(&lock);
	g_clear_pointer(&secrets, g_ptr_array_unref);
	g_clear_pointer(&plain, g_hash_table_unref);
	g_mutex_unlock(&lock);
}

static gboolean is_plain(const char *secret)
{
	static const char *const ours[] = { "password", "secret", "token", "identity", "compute", "login", NULL };
	g_autofree char *lower = g_ascii_strdown(secret, -1);

	return g_strv_contains(ours, lower) || (plain && g_hash_table_contains(plain, lower));
}

static gboolean is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

static int hex_pair(const char *p)
{
	int high = g_ascii_xdigit_value(p[0]), low = high < 0 ? -1 : g_ascii_xdigit_value(p[1]);

	return low < 0 ? -1 : high * 16 + low;
}

/* The character that an escape at p stands for, and its length; 0: none. */
static gsize unescape(const char *p, char *out)
{
	int value = *p == '%' ? hex_pair(p + 1) : -1;

	if (value == '%' && hex_pair(p + 3) >= 0) {
		*out = (char)hex_pair(p + 3);
		return 5;
	}
	if (value < 0 && g_str_has_prefix(p, "\\u00")) {
		*out = (char)hex_pair(p + 4);
		return hex_pair(p + 4) < 0 ? 0 : 6;
	}
	if (value < 0 && *p == '\\' && p[1]) {
		*out = p[1];
		return 2;
	}
	*out = *p == '+' ? ' ' : (char)value;
	return *p == '+' ? 1 : value < 0 ? 0
					 : 3;
}

/* How many characters at text spell the secret, each plain or escaped; 0: none do. */
static gsize spelled(const char *secret, const char *text)
{
	const char *p = text;

	for (; *secret; secret++) {
		char c;
		gsize n = *p ? unescape(p, &c) : 0;

		if (n && c == *secret) {
			gsize rest = secret[1] ? spelled(secret + 1, p + n) : 0;

			if (rest || !secret[1])
				return (gsize)(p - text) + n + rest;
		}
		if (*p != *secret)
			return 0;
		p++;
	}
	return (gsize)(p - text);
}

/* A secret of small letters alone is masked as a whole word, any other wherever it stands. */
static gsize fits(const char *secret, const char *text, const char *at)
{
	gsize n = spelled(secret, at);

	for (const char *p = secret; n && *p; p++)
		if (!g_ascii_islower(*p))
			return n;
	return n && (at == text || !is_word(at[-1])) && !is_word(at[n]) ? n : 0;
}

static gsize known_secret(const char *text, const char *at)
{
	gsize longest = 0;

	for (guint i = 0; secrets && i < secrets->len; i++) {
		const char *secret = secrets->pdata[i];
		gsize n = fits(secret, text, at);

		if (n > longest && !is_plain(secret))
			longest = n;
	}
	return longest;
}

static char *mask_known(const char *text)
{
	GString *out = g_string_new(NULL);

	g_mutex_lock(&lock);
	for (const char *p = text; *p;) {
		gsize n = known_secret(text, p);

		if (n)
			g_string_append(out, MASK);
		else
			g_string_append_c(out, *p);
		p += n ? n : 1;
	}
	g_mutex_unlock(&lock);
	return g_string_free(out, FALSE);
}

/* Parameters that services are asked with, and that tell where something is wrong. */
static gboolean is_open_parameter(const char *key)
{
	static const char *const open[] = {
		"all_projects", "all_tenants", "deleted", "fields", "id", "limit", "marker", "name", "not-tags", "page", "port",
		"project_id", "sort_dir", "sort_key", "status", "tags", "tenant_id", "tls-port", "user_id", NULL
	};

	return g_strv_contains(open, key);
}

/* The value ends where a parameter, a word or a line does. */
static gsize value_length(const char *p)
{
	gsize n = 0;

	while (p[n] && !strchr("&# \t\r\n\"'<>;,)]}", p[n]) && g_ascii_strncasecmp(p + n, "%26", 3))
		n++;
	return n;
}

/* "key=" or "key%3D" right before the value, inside a word. */
static const char *key_before(const char *text, const char *at, GString *key)
{
	const char *p = at;

	while (p > text && (g_ascii_isalnum(p[-1]) || strchr("-_.", p[-1])))
		p--;
	/* "%3Ftoken": the digits of an escape are no part of the key */
	if (p > text && p[-1] == '%' && at - p > 2)
		p += 2;
	g_string_assign(key, "");
	g_string_append_len(key, p, at - p);
	return p;
}

static gboolean is_secret_key(const char *key)
{
	static const char *const parts[] = { "token", "passw", "pwd", "secret", "passcode", "credential", "signature", "cookie", "session", "apikey", "api_key" };
	g_autofree char *lower = g_ascii_strdown(key, -1);

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		if (strstr(lower, parts[i]))
			return TRUE;
	return FALSE;
}

/* In an address every parameter's value may open something; elsewhere the key must say so. */
static char *mask_parameters(const char *text)
{
	g_autoptr(GString) key = g_string_new(NULL);
	GString *out = g_string_new(NULL);
	gboolean in_query = FALSE;

	for (const char *p = text; *p;) {
		gboolean encoded = !g_ascii_strncasecmp(p, "%3D", 3);
		gsize n = encoded ? 3 : 1;

		if (*p == '?' || *p == '#')
			in_query = p > text && !g_ascii_isspace(p[-1]) && p[1] && !g_ascii_isspace(p[1]);
		else if (g_ascii_isspace(*p) || *p == '"')
			in_query = FALSE;
		g_string_append_len(out, p, (gssize)n);
		p += n;
		if (p[-1] != '=' && !encoded)
			continue;
		key_before(text, p - n, key);
		n = value_length(p);
		if (n && (is_secret_key(key->str) || (in_query && !is_open_parameter(key->str)))) {
			g_string_append(out, MASK);
			p += n;
		}
	}
	return g_string_free(out, FALSE);
}

/* Compiles a pattern when it is needed first, whichever thread that is. */
static const GRegex *pattern(gsize *once, const char *text, GRegexCompileFlags flags)
{
	if (g_once_init_enter(once))
		g_once_init_leave(once, (gsize)g_regex_new(text, flags | G_REGEX_OPTIMIZE, 0, NULL));
	return (const GRegex *)*once;
}

/* "X-Auth-Token: x", "Authorization: Bearer x", "\"password\": \"x\"". */
static char *mask_named(const char *text)
{
	static gsize header_once, json_once;
	const GRegex *header = pattern(&header_once,
			"\\b((?:x-[a-z-]*(?:token|secret)|(?:proxy-)?authorization|(?:set-)?cookie)\\s*:\\s*)"
			"[^\\r\\n\"',}]+", G_REGEX_CASELESS);
	const GRegex *json = pattern(&json_once,
			"(\\\\?[\"'][a-z_-]*(?:password|passwd|passcode|secret|token)[a-z_-]*\\\\?[\"']"
			"\\s*:\\s*u?\\\\?[\"'])((?:\\\\.|[^\"'\\\\])*)", G_REGEX_CASELESS);
	g_autofree char *first = g_regex_replace(header, text, -1, 0, "\\1" MASK, 0, NULL);

	return g_regex_replace(json, first ? first : text, -1, 0, "\\1" MASK, 0, NULL);
}

/* "https://user:word@host", "user:word@proxy:3128", and what follows a console's page. */
static char *mask_places(const char *text)
{
	static gsize user_once, bare_once, path_once;
	const GRegex *user = pattern(&user_once, "([a-z][a-z0-9+.-]*:/{1,2})[^\\s/?#\"'<>]*@", G_REGEX_CASELESS);
	const GRegex *bare = pattern(&bare_once, "(^|[\\s\"'(=])[^\\s/:@\"'(]+:[^\\s/@]+@(?=[\\w\\[])", 0);
	const GRegex *path = pattern(&path_once,
			"((?:os-console-auth-tokens|[a-z_-]+\\.html|[a-z_-]+\\.vv|websockify|tokens?)/)"
			"[^\\s/?#\"'<>&]+", G_REGEX_CASELESS);
	g_autofree char *first = g_regex_replace(user, text, -1, 0, "\\1" MASK "@", 0, NULL);
	g_autofree char *second = g_regex_replace(bare, first ? first : text, -1, 0, "\\1" MASK "@", 0, NULL);

	return g_regex_replace(path, second ? second : text, -1, 0, "\\1" MASK, 0, NULL);
}

char *text_redact(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autofree char *known = mask_known(valid);
	g_autofree char *places = mask_places(known);
	g_autofree char *named = mask_named(places ? places : known);

	return mask_parameters(named ? named : places);
}
