/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES 65536

static gboolean is_id(const char *text)
{
	gsize n = strlen(text);

	for (gsize i = 0; i < n; i++)
		if (!g_ascii_isalnum(text[i]))
			return FALSE;
	return n >= 1 && n <= KEY_ID_MAX_BYTES;
}

const struct key *keys_find(const struct keys *keys, const char *id, gsize size)
{
	for (guint i = 0; i < keys->n; i++)
		if (strlen(keys->all[i].id) == size && memcmp(keys->all[i].id, id, size) == 0)
			return &keys->all[i];
	return NULL;
}

void keys_free(struct keys *keys)
{
	if (!keys)
		return;
	sodium_memzero(keys, sizeof *keys);
	g_free(keys);
}

/* Messages name the line: its text may be a secret. */
static gboolean read_key(struct keys *keys, const char *line, guint number, GError **error)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 2);
	struct key *key = &keys->all[keys->n];
	const char *problem = NULL;
	size_t size = 0;

	if (keys->n == KEYS_MAX)
		problem = "too many keys";
	else if (!words[0] || !words[1] || !is_id(words[0]))
		problem = "not \"ID KEY\", where ID is 1 to 16 letters and digits";
	else if (keys_find(keys, words[0], strlen(words[0])))
		problem = "this ID is there twice";
	else if (strlen(words[1]) != 2 * SEAL_KEY_BYTES ||
			sodium_hex2bin(key->bytes, SEAL_KEY_BYTES, words[1], strlen(words[1]), NULL,
					&size, NULL) ||
			size != SEAL_KEY_BYTES)
		problem = "the key is not 64 hexadecimal digits";
	else
		g_strlcpy(keys->all[keys->n++].id, words[0], sizeof key->id);
	if (words[0] && words[1])
		sodium_memzero(words[1], strlen(words[1]));
	if (problem)
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_KEYS, "line %u: %s", number, problem);
	return problem == NULL;
}

struct keys *keys_parse(const char *text, GError **error)
{
	struct keys *keys = g_new0(struct keys, 1);
	guint number = 0;
	gboolean ok = TRUE;

	while (ok && *text) {
		gsize n = strcspn(text, "\n");
		char *line = g_strstrip(g_strndup(text, n));

		number++;
		if (*line && *line != '#')
			ok = read_key(keys, line, number, error);
		ticket_text_free(line);
		text += n + (text[n] == '\n');
	}
	if (ok && keys->n)
		return keys;
	if (ok)
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_KEYS, "no key is there");
	keys_free(keys);
	return NULL;
}

static char *read_private(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0) {
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_KEYS, "%s: %s", path,
				g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (st.st_mode & (S_IRWXO | S_IWGRP)) {
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_KEYS,
				"%s: others than its owner may use it: chmod 0640 %s", path, path);
		close(fd);
		return NULL;
	}
	text = g_malloc0(MAX_FILE_BYTES + 1);
	n = read(fd, text, MAX_FILE_BYTES);
	close(fd);
	if (n >= 0 && n < MAX_FILE_BYTES)
		return text;
	g_set_error(error, TICKET_ERROR, TICKET_ERROR_KEYS, "%s: too large, or not readable", path);
	ticket_text_free(text);
	return NULL;
}

struct keys *keys_load(const char *path, GError **error)
{
	char *text = read_private(path, error);
	struct keys *keys = text ? keys_parse(text, error) : NULL;

	if (text && !keys)
		g_prefix_error(error, "%s: ", path);
	ticket_text_free(text);
	return keys;
}

char *keys_make_line(const char *id)
{
	guint8 bytes[SEAL_KEY_BYTES];
	char text[2 * SEAL_KEY_BYTES + 1], *line;

	if (!is_id(id))
		return NULL;
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
	line = g_strdup_printf("%s %s\n", id, text);
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(text, sizeof text);
	return line;
}
