/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <crypt.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "base/file.h"
#include "cloud/keystone.h"
#include "cloud/token-key.h"

#define YESCRYPT "$y$"
#define YESCRYPT_COST 2 /* 2 MiB, some 4 ms: more would be the program's peak of memory */
#define ROUNDS 4
#define DIGEST_CHARS 32

struct key {
	guint8 mac[32];
	char salt[16];
};

static gboolean key_read(struct key *key, const char *path)
{
	gsize length = 0;
	char *data = file_read_private(path, sizeof(*key), &length);
	gboolean ok = data && length == sizeof(*key);

	if (ok)
		memcpy(key, data, sizeof(*key));
	if (data)
		explicit_bzero(data, length);
	g_free(data);
	return ok;
}

/* Two that start at once must end with one key: the first stays, unless what lies
 * there is no key. */
static gboolean key_make(struct key *key, const char *path, GError **error)
{
	if (getrandom(key, sizeof(*key), 0) != sizeof(*key)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "no random bytes: %s",
				g_strerror(errno));
		return FALSE;
	}
	if (file_create_private(path, (const char *)key, sizeof(*key)) || key_read(key, path))
		return TRUE;
	return file_write_private(path, (const char *)key, sizeof(*key), error);
}

/* These settings say where in the cloud to look; they do not change the login. */
static gboolean is_of_the_login(enum setting which)
{
	/* From there on they are of one service each. */
	if (which >= SET_IDENTITY_ENDPOINT_OVERRIDE)
		return FALSE;
	return which != SET_CLOUD && which != SET_REGION_NAME && which != SET_INTERFACE;
}

static void add(GHmac *mac, const char *text)
{
	/* With the closing NUL, so that "ab", "c" is not "a", "bc". */
	g_hmac_update(mac, (const guchar *)text, (gssize)strlen(text) + 1);
}

static char *keyed_digest(const struct settings *s, const struct key *key)
{
	g_autoptr(GHmac) mac = g_hmac_new(G_CHECKSUM_SHA256, key->mac, sizeof(key->mac));
	const char *method = keystone_method(s);

	add(mac, method ? method : "");
	for (int i = 0; i < SET_COUNT; i++) {
		if (!is_of_the_login(i) || !settings_get(s, i))
			continue;
		add(mac, settings_key(i));
		add(mac, settings_get(s, i));
	}
	return g_strdup(g_hmac_get_string(mac));
}

/* One round; out: SHA-256 of the hash, which is no shorter than the digest. */
static char *stretch_once(const char *digest, const struct key *key, struct crypt_data *data)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *hash;

	if (!crypt_gensalt_rn(YESCRYPT, YESCRYPT_COST, key->salt, sizeof(key->salt), setting,
			    sizeof(setting)))
		return NULL;
	hash = crypt_r(digest, setting, data);
	return hash && g_str_has_prefix(hash, YESCRYPT) ?
			g_compute_checksum_for_string(G_CHECKSUM_SHA256, hash, -1) :
			NULL;
}

static char *stretch(const char *digest, const struct key *key, GError **error)
{
	struct crypt_data *data = g_new0(struct crypt_data, 1);
	char *out = g_strdup(digest);

	for (int i = 0; i < ROUNDS && out; i++) {
		g_autofree char *last = out;

		out = stretch_once(last, key, data);
	}
	if (!out)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "crypt(3) has no yescrypt");
	explicit_bzero(data, sizeof(*data));
	g_free(data);
	return out;
}

char *token_key_digest(const struct settings *s, const char *directory, GError **error)
{
	g_autofree char *path = g_build_filename(directory, "key", NULL);
	g_autofree char *digest = NULL;
	struct key key;
	char *out;

	if (!key_read(&key, path) && !key_make(&key, path, error))
		return NULL;
	digest = keyed_digest(s, &key);
	out = stretch(digest, &key, error);
	explicit_bzero(&key, sizeof(key));
	if (out)
		out[DIGEST_CHARS] = '\0';
	return out;
}
