/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "metrics/guest-status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".json"
#define MAX_BYTES (64u << 10) /* sixteen heads take a fifth of that */
#define TRIES 5
#define PAUSE_US 2000 /* QEMU writes at once; a reader may see the half of it */

static void status_free(gpointer data)
{
	struct guest_status *status = data;

	g_free(status->uuid);
	json_node_unref(status->json);
	g_free(status);
}

static gint by_uuid(gconstpointer a, gconstpointer b)
{
	const struct guest_status *const *one = a, *const *other = b;

	return strcmp((*one)->uuid, (*other)->uuid);
}

/* -1: no plain file; the number of bytes otherwise */
static gssize read_file(int folder, const char *name, char *text, struct stat *st)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	gssize size = -1;

	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		size = read(fd, text, MAX_BYTES);
	close(fd);
	return size;
}

static JsonNode *parse(const char *text, gssize size)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	JsonNode *root;

	if (!g_utf8_validate(text, size, NULL) ||
			!json_parser_load_from_data(parser, text, size, NULL))
		return NULL;
	root = json_parser_get_root(parser);
	return root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_ref(root) : NULL;
}

static double age(const struct stat *st)
{
	double written = (double)st->st_mtim.tv_sec + (double)st->st_mtim.tv_nsec / 1e9;
	double now = (double)g_get_real_time() / 1e6;

	return MAX(now - written, 0);
}

static JsonNode *read_status(int folder, const char *name, struct stat *st)
{
	g_autofree char *text = g_malloc(MAX_BYTES);
	JsonNode *json = NULL;
	gssize size = 0;

	for (unsigned i = 0; !json && i < TRIES; i++) {
		if (i)
			g_usleep(PAUSE_US);
		size = read_file(folder, name, text, st);
		if (size == 0 || (size < 0 && errno == ENOENT))
			return NULL; /* nothing yet, or gone */
		json = size > 0 && size < MAX_BYTES ? parse(text, size) : NULL;
	}
	if (!json)
		fprintf(stderr, "osvdi-host: %s is no status of a guest\n", name);
	return json;
}

static void add_guest(GPtrArray *found, int folder, const char *name)
{
	g_autofree char *uuid = g_strndup(name, strlen(name) - strlen(SUFFIX));
	struct guest_status *status;
	struct stat st;
	JsonNode *json;

	if (!g_uuid_string_is_valid(uuid))
		return;
	json = read_status(folder, name, &st);
	if (!json)
		return;
	status = g_new0(struct guest_status, 1);
	status->uuid = g_steal_pointer(&uuid);
	status->age_s = age(&st);
	status->json = json;
	g_ptr_array_add(found, status);
}

GPtrArray *guest_status_read(const char *folder, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	GPtrArray *found;
	const char *name;
	int fd;

	if (!dir)
		return NULL;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	found = g_ptr_array_new_with_free_func(status_free);
	while (fd >= 0 && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, SUFFIX))
			add_guest(found, fd, name);
	if (fd >= 0)
		close(fd);
	g_ptr_array_sort(found, by_uuid);
	return found;
}
