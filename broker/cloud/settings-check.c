/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <pwd.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "cloud/settings-check.h"

/* Room for an entry of the password database. */
#define PASSWD_BYTES (16 * 1024)

static gboolean refuse(const struct settings *s, enum setting which, GError **error,
		const char *format, ...) G_GNUC_PRINTF(4, 5);
static gboolean refuse(const struct settings *s, enum setting which, GError **error,
		const char *format, ...)
{
	g_autofree char *place = settings_place(s, which);
	g_autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", place, what);
	return FALSE;
}

static void replace(struct settings *s, enum setting which, const char *value)
{
	g_autofree char *origin = g_strdup(s->origin[which]);

	settings_set_from(s, which, value, origin);
}

static gboolean is_quoted(const char *text)
{
	gsize n = strlen(text);

	return n >= 2 && (*text == '"' || *text == '\'') && text[n - 1] == *text;
}

/* People type these values and programs pass them on. A name or a secret may end in a
 * blank; other words may not. */
static void tidy(const struct caller *c, struct settings *s, enum setting which)
{
	gboolean as_it_stands = settings_kind(which) == SETTING_NAME ||
			settings_kind(which) == SETTING_SECRET;
	g_autofree char *place = settings_place(s, which);
	char *text = g_strdup(settings_get(s, which));
	gsize n = strlen(text), all = n;

	while (n && (text[n - 1] == '\r' || text[n - 1] == '\n'))
		text[--n] = '\0';
	if (n < all)
		log_warning(c, "%s ends in a line break (of a file that Windows wrote?), which "
				"is left away",
				place);
	if (as_it_stands) {
		if (is_quoted(text))
			log_warning(c, "%s has quotes around it, which are taken as a part of it",
					place);
		if (n && (g_ascii_isspace(*text) || g_ascii_isspace(text[n - 1])))
			log_warning(c, "%s has a blank at an end, which is taken as a part of it",
					place);
	} else {
		g_strstrip(text);
		if (is_quoted(text)) {
			log_warning(c, "%s has quotes around it, which are left away", place);
			text[strlen(text) - 1] = '\0';
			*text = ' ';
			g_strstrip(text);
		}
	}
	replace(s, which, text);
	secret_free(text);
}

static int find_key(const char *key)
{
	for (int i = 0; i < SET_COUNT; i++)
		if (!strcmp(key, settings_key(i)) || g_strv_contains(settings_aliases(i), key))
			return i;
	return -1;
}

/* "https://iam.{region_name}.example/v3", as profiles of providers have it. */
static gboolean fill_braces(struct settings *s, enum setting which, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *text = settings_get(s, which);

	for (const char *p = text; *p; p++) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;
		g_autofree char *key = NULL;
		int named;

		if (*p != '{' && *p != '}') {
			g_string_append_c(out, *p);
			continue;
		}
		if (!end)
			return refuse(s, which, error, "a brace without its partner");
		key = g_strndup(p + 1, (gsize)(end - p - 1));
		named = find_key(key);
		if (named < 0 || settings_is_secret(named) || named == (int)which)
			return refuse(s, which, error, "{%s} names no setting that may stand here",
					key);
		if (!settings_get(s, named))
			return refuse(s, which, error, "{%s} is not set", key);
		g_string_append(out, settings_get(s, named));
		p = end;
	}
	replace(s, which, out->str);
	return TRUE;
}

/* An override may have "%(project_id)s" in it, which cloud.c fills, or refuses. */
static GUri *parse_url(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "%(", -1);
	g_autofree char *plain = g_strjoinv("(", parts);

	return g_uri_parse(plain, G_URI_FLAGS_HAS_PASSWORD, NULL);
}

static gboolean has_odd_character(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text <= ' ' || *text == 0x7f || strchr("\\\"<>^`", *text))
			return TRUE;
	return FALSE;
}

/* libcurl takes an address without a scheme for http, and sends the password in the clear. */
static gboolean check_url(struct settings *s, enum setting which, GError **error)
{
	g_autoptr(GUri) uri = NULL;
	g_autofree char *text = NULL;

	if (!fill_braces(s, which, error))
		return FALSE;
	text = g_strdup(settings_get(s, which));
	for (char *p = text; p < text + 5 && g_ascii_isalpha(*p); p++)
		*p = g_ascii_tolower(*p);
	if (!g_str_has_prefix(text, "http://") && !g_str_has_prefix(text, "https://"))
		return refuse(s, which, error,
				"http:// or https:// is wanted at the beginning of the address");
	if (has_odd_character(text))
		return refuse(s, which, error,
				"a blank, or another character that no address has, stands in "
				"the address");
	uri = parse_url(text);
	if (!uri || !g_uri_get_host(uri) || !*g_uri_get_host(uri))
		return refuse(s, which, error, "this is no valid address (host, port)");
	if (which != SET_DISCOVERY_ENDPOINT && which != SET_ACCESS_TOKEN_ENDPOINT &&
			(g_uri_get_query(uri) || g_uri_get_fragment(uri)))
		return refuse(s, which, error,
				"a \"?\" or \"#\" stands in the address of a service");
	replace(s, which, text);
	return TRUE;
}

static gboolean check_bool(struct settings *s, enum setting which, GError **error)
{
	g_autofree char *shown = text_clean(settings_get(s, which), 40);
	gboolean value;

	if (!text_parse_bool(settings_get(s, which), &value))
		return refuse(s, which, error, "true or false is wanted, not \"%s\"", shown);
	replace(s, which, value ? "true" : "false");
	return TRUE;
}

static gboolean is_interface(const char *word)
{
	static const char *const names[] = { "public", "internal", "admin" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *url = g_strconcat(names[i], "url", NULL);

		if (!strcmp(word, names[i]) || !strcmp(word, url))
			return TRUE;
	}
	return FALSE;
}

/* "publicURL" of older configurations; "[internal, public]" as "internal,public". */
static gboolean check_interface(struct settings *s, enum setting which, GError **error)
{
	g_auto(GStrv) words = g_strsplit(settings_get(s, which), ",", -1);
	g_autofree char *joined = NULL;

	for (char **w = words; *w; w++) {
		g_autofree char *lower = g_ascii_strdown(g_strstrip(*w), -1);
		g_autofree char *shown = text_clean(*w, 40);

		if (!is_interface(lower))
			return refuse(s, which, error,
					"public, internal or admin is wanted, not \"%s\"", shown);
		if (g_str_has_suffix(lower, "url"))
			lower[strlen(lower) - 3] = '\0';
		g_free(*w);
		*w = g_steal_pointer(&lower);
	}
	joined = g_strjoinv(",", words);
	replace(s, which, joined);
	return TRUE;
}

/* The home of the user whose name stands in "~name", or NULL. */
static char *home_of(const char *user)
{
	struct passwd entry, *found = NULL;
	g_autofree char *memory = g_malloc(PASSWD_BYTES);

	if (getpwnam_r(user, &entry, memory, PASSWD_BYTES, &found) || !found)
		return NULL;
	return g_strdup(entry.pw_dir);
}

char *settings_expand_home(const char *path, const char *home)
{
	const char *slash = strchr(path, '/');
	g_autofree char *user = NULL;
	g_autofree char *other = NULL;

	if (*path != '~' || !home)
		return g_strdup(path);
	if (!slash)
		slash = path + strlen(path);
	if (slash == path + 1)
		return g_strconcat(home, slash, NULL);
	user = g_strndup(path + 1, (gsize)(slash - path - 1));
	other = home_of(user);
	return other ? g_strconcat(other, slash, NULL) : g_strdup(path);
}

static gboolean check_one(struct settings *s, enum setting which, const char *home,
		GError **error)
{
	g_autofree char *path = NULL;

	switch (settings_kind(which)) {
	case SETTING_URL: return check_url(s, which, error);
	case SETTING_BOOL: return check_bool(s, which, error);
	case SETTING_INTERFACE: return check_interface(s, which, error);
	case SETTING_FILE:
		path = settings_expand_home(settings_get(s, which), home);
		replace(s, which, path);
		return TRUE;
	default: return TRUE;
	}
}

static gboolean looks_like_path(const char *text, const char *home)
{
	g_autofree char *path = settings_expand_home(text, home);

	return strchr(path, '/') || g_str_has_suffix(path, ".pem") ||
			g_str_has_suffix(path, ".crt") || g_file_test(path, G_FILE_TEST_EXISTS);
}

/* true, false, or (a habit of Python's programs) the file to verify by. */
static gboolean check_verify(const struct caller *c, struct settings *s,
		const char *home, GError **error)
{
	const char *text = settings_get(s, SET_VERIFY);
	g_autofree char *shown = text_clean(text, 40);
	g_autofree char *path = NULL;
	gboolean value = TRUE;

	if (!text)
		return TRUE;
	if (!text_parse_bool(text, &value)) {
		if (!looks_like_path(text, home))
			return refuse(s, SET_VERIFY, error,
					"verify: true or false (or a file of certificates) is "
					"wanted, not \"%s\"",
					shown);
		path = settings_expand_home(text, home);
		if (settings_get(s, SET_CACERT)) {
			g_autofree char *place = settings_place(s, SET_CACERT);

			log_warning(c, "verify names a file, and so does %s, which counts", place);
		} else {
			settings_set_from(s, SET_CACERT, path, s->origin[SET_VERIFY]);
		}
	}
	replace(s, SET_VERIFY, value ? "true" : "false");
	return TRUE;
}

gboolean settings_are_insecure(const struct settings *s)
{
	return text_is_true(settings_get(s, SET_INSECURE)) ||
			!g_strcmp0(settings_get(s, SET_VERIFY), "false");
}

static gboolean check_timeout(const struct settings *s, GError **error)
{
	const char *text = settings_get(s, SET_API_TIMEOUT);
	char *end = NULL;
	double seconds = text ? g_ascii_strtod(text, &end) : 1;

	/* "None" is what Python's programs write of no limit of their own. */
	if (!text || !strcmp(text, "None"))
		return TRUE;
	if (end == text || *end || !isfinite(seconds) || seconds <= 0 || seconds > 24 * 3600)
		return refuse(s, SET_API_TIMEOUT, error, "a number of seconds is wanted");
	return TRUE;
}

/* Versions that are asked for and not spoken are named: the answers may differ. */
static void note_versions(const struct caller *c, const struct settings *s)
{
	static const struct {
		enum setting which;
		const char *spoken[4];
		const char *what;
	} versions[] = {
		{ SET_IDENTITY_API_VERSION, { "3", "v3", "3.0" },
				"Identity is asked in version 3" },
		{ SET_COMPUTE_API_VERSION, { "2", "2.0", "2.1", "2.latest" },
				"each request asks for the microversion that it needs" },
		{ SET_IMAGE_API_VERSION, { "2", "2.0" }, "Image is asked in version 2" },
		{ SET_NETWORK_API_VERSION, { "2", "2.0" }, "Network is asked in version 2.0" },
		{ SET_COMPUTE_DEFAULT_MICROVERSION, { NULL },
				"each request asks for the microversion that it needs" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(versions); i++) {
		const char *wanted = settings_get(s, versions[i].which);
		g_autofree char *place = settings_place(s, versions[i].which);
		gboolean spoken = !wanted;

		for (gsize j = 0; wanted && j < G_N_ELEMENTS(versions[i].spoken) &&
				versions[i].spoken[j];
				j++)
			spoken = spoken || !strcmp(wanted, versions[i].spoken[j]);
		if (!spoken)
			log_warning(c, "%s is not followed: %s", place, versions[i].what);
	}
}

static void note_others(const struct caller *c, const struct settings *s)
{
	g_autofree char *ca = settings_place(s, SET_CACERT);
	g_autofree char *system = settings_place(s, SET_SYSTEM_SCOPE);

	if (settings_are_insecure(s) && settings_get(s, SET_CACERT))
		log_warning(c, "%s is not used: nothing is verified", ca);
	if (settings_get(s, SET_SYSTEM_SCOPE) &&
			(settings_get(s, SET_PROJECT_NAME) || settings_get(s, SET_PROJECT_ID)))
		log_warning(c, "%s has no effect: desktops are in the project that is named "
				"beside it",
				system);
}

gboolean settings_check(struct settings *s, const char *home, const struct caller *c,
		GError **error)
{
	for (int i = 0; i < SET_COUNT; i++)
		if (settings_get(s, i))
			tidy(c, s, i);
	for (int i = 0; i < SET_COUNT; i++)
		if (settings_get(s, i) && !check_one(s, i, home, error))
			return FALSE;
	if (!check_verify(c, s, home, error) || !check_timeout(s, error))
		return FALSE;
	if (settings_get(s, SET_KEY) && !settings_get(s, SET_CERT))
		return refuse(s, SET_KEY, error,
				"a key needs the certificate that it belongs to (OS_CERT)");
	note_versions(c, s);
	note_others(c, s);
	return TRUE;
}
