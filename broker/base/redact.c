/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/redact.h"
#include "base/text.h"

#define MASK "***"
/* Shorter ones stand in many words; where a secret belongs they are masked all the same. */
#define MIN_SECRET 4
#define MAX_ESCAPE 6 /* characters: "\\u0041" */

enum pattern {
	PATTERN_HEADER, /* "X-Auth-Token: x", "Authorization: Bearer x" */
	PATTERN_JSON, /* "\"password\": \"x\"" */
	PATTERN_USER, /* "https://user:word@host" */
	PATTERN_BARE, /* "user:word@proxy:3128" */
	PATTERN_PATH, /* what follows a console's page */
	PATTERN_COUNT,
};

struct redact {
	GMutex lock; /* for what follows */
	GPtrArray *secrets; /* char *: each known secret in each way that texts spell it */
	GHashTable *plain; /* words that are no secret although a secret is the same word */
	GRegex *patterns[PATTERN_COUNT]; /* compiled when they are needed first */
};

static void free_secret(gpointer data)
{
	secret_free(data);
}

struct redact *redact_new(void)
{
	struct redact *r = g_new0(struct redact, 1);

	g_mutex_init(&r->lock);
	r->secrets = g_ptr_array_new_with_free_func(free_secret);
	r->plain = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return r;
}

void redact_free(struct redact *r)
{
	if (!r)
		return;
	g_ptr_array_unref(r->secrets);
	g_hash_table_unref(r->plain);
	for (int i = 0; i < PATTERN_COUNT; i++)
		g_clear_pointer(&r->patterns[i], g_regex_unref);
	g_mutex_clear(&r->lock);
	g_free(r);
}

static void add_form(struct redact *r, const char *text)
{
	if (strlen(text) >= MIN_SECRET &&
			!g_ptr_array_find_with_equal_func(r->secrets, text, g_str_equal, NULL))
		g_ptr_array_add(r->secrets, g_strdup(text));
}

void redact_remember(struct redact *r, const char *secret)
{
	char *base64, *valid;

	if (!r || !secret || !*secret)
		return;
	base64 = g_base64_encode((const guchar *)secret, strlen(secret));
	/* A message is made valid before it is searched. */
	valid = g_utf8_make_valid(secret, -1);
	g_mutex_lock(&r->lock);
	add_form(r, secret);
	add_form(r, base64);
	add_form(r, valid);
	g_mutex_unlock(&r->lock);
	secret_free(base64);
	secret_free(valid);
}

void redact_except(struct redact *r, const char *word)
{
	if (!r || !word || !*word)
		return;
	g_mutex_lock(&r->lock);
	g_hash_table_add(r->plain, g_ascii_strdown(word, -1));
	g_mutex_unlock(&r->lock);
}

static gboolean is_plain(const struct redact *r, const char *secret)
{
	static const char *const ours[] = { "password", "secret", "token", "identity", "compute",
		"login", NULL };
	g_autofree char *lower = g_ascii_strdown(secret, -1);

	return g_strv_contains(ours, lower) || g_hash_table_contains(r->plain, lower);
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

static void mark(guint8 *here, gsize *low, gsize *high, gsize at)
{
	here[at] = 1;
	*low = MIN(*low, at);
	*high = MAX(*high, at);
}

/* One character further, plain or escaped, from each marked place; FALSE: nothing fits. */
static gboolean step(guint8 *here, gsize *low, gsize *high, char wanted, const char *text)
{
	gsize from = *low, to = *high;

	*low = G_MAXSIZE;
	*high = 0;
	for (gsize at = to + 1; at-- > from;) {
		char c = '\0';
		gsize n = here[at] && text[at] ? unescape(text + at, &c) : 0;

		if (here[at] && text[at] == wanted)
			mark(here, low, high, at + 1);
		if (n && c == wanted)
			mark(here, low, high, at + n);
		/* "%2530" is "0" that was escaped twice, or "%30" that was escaped once */
		if (n && wanted == '%' && g_str_has_prefix(text + at, "%25"))
			mark(here, low, high, at + strlen("%25"));
		here[at] = 0;
	}
	return *high != 0;
}

/*
 * How many characters at text spell the secret, each plain or escaped, at most; 0: none
 * do. All ways are followed at once: each backslash and each "%" has two.
 */
static gsize spelled(const char *secret, const char *text)
{
	g_autofree guint8 *here = NULL;
	gsize low = 0, high = 0;

	if (*text != *secret && (!*text || !strchr("%\\+", *text)))
		return 0;
	here = g_malloc0(strlen(secret) * MAX_ESCAPE + 1);
	here[0] = 1;
	for (; *secret; secret++)
		if (!step(here, &low, &high, *secret, text))
			return 0;
	return high;
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

static gsize known_secret(const struct redact *r, const char *text, const char *at)
{
	gsize longest = 0;

	for (guint i = 0; i < r->secrets->len; i++) {
		const char *secret = r->secrets->pdata[i];
		gsize n = fits(secret, text, at);

		if (n > longest && !is_plain(r, secret))
			longest = n;
	}
	return longest;
}

static char *mask_known(struct redact *r, const char *text)
{
	GString *out = g_string_new(NULL);

	g_mutex_lock(&r->lock);
	for (const char *p = text; *p;) {
		gsize n = known_secret(r, text, p);

		if (n)
			g_string_append(out, MASK);
		else
			g_string_append_c(out, *p);
		p += n ? n : 1;
	}
	g_mutex_unlock(&r->lock);
	return g_string_free(out, FALSE);
}

/* Parameters that services are asked with, and that tell where something is wrong. */
static gboolean is_open_parameter(const char *key)
{
	static const char *const open[] = { "all_projects", "all_tenants", "deleted", "fields",
		"id", "limit", "marker", "name", "not-tags", "page", "port", "project_id",
		"sort_dir", "sort_key", "status", "tags", "tenant_id", "tls-port", "user_id",
		NULL };

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
	static const char *const parts[] = { "token", "passw", "pwd", "secret", "passcode",
		"credential", "signature", "cookie", "session", "apikey", "api_key" };
	g_autofree char *lower = g_ascii_strdown(key, -1);

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		if (strstr(lower, parts[i]))
			return TRUE;
	return FALSE;
}

/* Every parameter of an address is masked, for any may be a login. Elsewhere the key decides. */
static char *mask_parameters(const char *text)
{
	g_autoptr(GString) key = g_string_new(NULL);
	GString *out = g_string_new(NULL);
	gboolean in_query = FALSE;

	for (const char *p = text; *p;) {
		gboolean encoded = !g_ascii_strncasecmp(p, "%3D", 3);
		gsize n = encoded ? 3 : 1;

		if (*p == '?' || *p == '#')
			in_query = p > text && !g_ascii_isspace(p[-1]) && p[1] &&
					!g_ascii_isspace(p[1]);
		else if (g_ascii_isspace(*p) || *p == '"')
			in_query = FALSE;
		g_string_append_len(out, p, (gssize)n);
		p += n;
		if (p[-1] != '=' && !encoded)
			continue;
		key_before(text, p - n, key);
		if (!is_secret_key(key->str) && (!in_query || is_open_parameter(key->str)))
			continue;
		/* Only here: each of many values may reach to the end of the text. */
		n = value_length(p);
		if (n)
			g_string_append(out, MASK);
		p += n;
	}
	return g_string_free(out, FALSE);
}

static GRegex *compile(enum pattern which)
{
	static const struct {
		const char *text;
		GRegexCompileFlags flags;
	} patterns[PATTERN_COUNT] = {
		[PATTERN_HEADER] = {
			"\\b((?:x-[a-z-]{0,60}?(?:token|secret)|(?:proxy-)?authorization|"
			"(?:set-)?cookie)\\s*:\\s*)"
			"[^\\r\\n\"',}]+",
			G_REGEX_CASELESS,
		},
		[PATTERN_JSON] = {
			"(\\\\?[\"'][a-z_-]{0,60}?(?:password|passwd|passcode|secret|token)"
			"[a-z_-]{0,60}+\\\\?[\"']"
			"\\s*+:\\s*+u?\\\\?[\"'])((?:\\\\.|[^\"'\\\\]++)*+)",
			G_REGEX_CASELESS,
		},
		[PATTERN_USER] = { "([a-z][a-z0-9+.-]*:/{1,2})[^\\s/?#\"'<>]*@", G_REGEX_CASELESS },
		[PATTERN_BARE] = { "(^|[\\s\"'(=])[^\\s/:@\"'(]+:[^\\s/@]+@(?=[\\w\\[])", 0 },
		[PATTERN_PATH] = {
			"((?:os-console-auth-tokens|[a-z_-]+\\.html|[a-z_-]+\\.vv|"
			"websockify|tokens?)/)"
			"[^\\s/?#\"'<>&]+",
			G_REGEX_CASELESS,
		},
	};

	return g_regex_new(patterns[which].text, patterns[which].flags | G_REGEX_OPTIMIZE, 0, NULL);
}

static GRegex *pattern(struct redact *r, enum pattern which)
{
	GRegex *out;

	g_mutex_lock(&r->lock);
	if (!r->patterns[which])
		r->patterns[which] = compile(which);
	out = g_regex_ref(r->patterns[which]);
	g_mutex_unlock(&r->lock);
	return out;
}

/*
 * Put the mask in place of what a pattern finds, behind its first group. A text that the
 * engine gives up on may hold anything, so all of it is masked.
 */
static char *mask_pattern(struct redact *r, enum pattern which, const char *text,
		const char *mask)
{
	g_autoptr(GRegex) regex = pattern(r, which);
	char *out = g_regex_replace(regex, text, -1, 0, mask, 0, NULL);

	return out ? out : g_strdup(MASK);
}

static char *mask_named(struct redact *r, const char *text)
{
	g_autofree char *first = mask_pattern(r, PATTERN_HEADER, text, "\\1" MASK);

	return mask_pattern(r, PATTERN_JSON, first, "\\1" MASK);
}

static char *mask_places(struct redact *r, const char *text)
{
	g_autofree char *first = mask_pattern(r, PATTERN_USER, text, "\\1" MASK "@");
	g_autofree char *second = mask_pattern(r, PATTERN_BARE, first, "\\1" MASK "@");

	return mask_pattern(r, PATTERN_PATH, second, "\\1" MASK);
}

static char *mask_all(struct redact *r, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autofree char *known = mask_known(r, valid);
	g_autofree char *places = mask_places(r, known);
	g_autofree char *named = mask_named(r, places);

	return mask_parameters(named);
}

char *redact_text(struct redact *r, const char *text)
{
	struct redact *none = r ? NULL : redact_new();
	char *out = mask_all(r ? r : none, text);

	redact_free(none);
	return out;
}
