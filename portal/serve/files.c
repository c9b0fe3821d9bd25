/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define FILE_MAX_BYTES (8 * 1024 * 1024)

struct files {
	GHashTable *bytes, *packed; /* of GBytes, by "VERSION/NAME" */
	char *version;
};

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".wasm", "application/wasm" },
};

static const char *type_of(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_has_suffix(name, types[i].ending))
			return types[i].type;
	return NULL;
}

static gboolean load_file(GHashTable *found, const char *path, const char *name, GError **error)
{
	char *data;
	gsize size;

	if (!g_file_get_contents(path, &data, &size, error))
		return FALSE;
	g_hash_table_insert(found, g_strdup(name), g_bytes_new_take(data, size));
	if (size <= FILE_MAX_BYTES)
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: too large", path);
	return FALSE;
}

/* A file of no known kind is no part of the page. */
static gboolean load_folder(GHashTable *found, const char *folder, const char *prefix,
		GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	const char *entry;

	while (dir && (entry = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, entry, NULL);
		g_autofree char *name = g_strconcat(prefix, entry, NULL);

		if (type_of(entry) && !load_file(found, path, name, error))
			return FALSE;
		if (!*prefix && strcmp(entry, "src") == 0 &&
				!load_folder(found, path, "src/", error))
			return FALSE;
	}
	return dir != NULL;
}

/* The digest of names and contents, in the order of names. */
static char *version_of(GHashTable *found)
{
	g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(found), (GCompareFunc)strcmp);
	crypto_generichash_state state;
	guint8 digest[16];
	char text[2 * sizeof(digest) + 1];

	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	for (GList *name = names; name; name = name->next) {
		gsize size;
		GBytes *bytes = g_hash_table_lookup(found, name->data);
		const guint8 *data = g_bytes_get_data(bytes, &size);

		crypto_generichash_update(&state, name->data, strlen(name->data) + 1);
		crypto_generichash_update(&state, (const guint8 *)&size, sizeof(size));
		crypto_generichash_update(&state, data, size);
	}
	crypto_generichash_final(&state, digest, sizeof(digest));
	return g_strdup(sodium_bin2hex(text, sizeof(text), digest, sizeof(digest)));
}

static GHashTable *new_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
			(GDestroyNotify)g_bytes_unref);
}

/* Nothing in these files is a secret that a length could tell. */
static GBytes *pack(GBytes *bytes)
{
	g_autoptr(GZlibCompressor) gzip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
	g_autoptr(GInputStream) in = g_memory_input_stream_new_from_bytes(bytes);
	g_autoptr(GInputStream) through =
			g_converter_input_stream_new(in, G_CONVERTER(gzip));
	g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();

	/* In memory: nothing of this can fail. */
	g_output_stream_splice(out, through, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
	return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out));
}

static struct files *files_new(GHashTable *found)
{
	struct files *files = g_new0(struct files, 1);
	GHashTableIter iter;
	gpointer name, bytes;

	files->bytes = new_table();
	files->packed = new_table();
	files->version = version_of(found);
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &name, &bytes)) {
		char *path = g_strdup_printf("%s/%s", files->version, (const char *)name);

		g_hash_table_insert(files->bytes, path, g_bytes_ref(bytes));
		g_hash_table_insert(files->packed, g_strdup(path), pack(bytes));
	}
	return files;
}

struct files *files_load(const char *folder, GError **error)
{
	g_autoptr(GHashTable) found = new_table();

	if (!load_folder(found, folder, "", error))
		return NULL;
	if (g_hash_table_contains(found, "index.html"))
		return files_new(found);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: no index.html", folder);
	return NULL;
}

void files_free(struct files *files)
{
	if (!files)
		return;
	g_hash_table_unref(files->bytes);
	g_hash_table_unref(files->packed);
	g_free(files->version);
	g_free(files);
}

const char *files_version(const struct files *files)
{
	return files->version;
}

GBytes *files_get(const struct files *files, const char *path, gboolean packed,
		const char **type)
{
	*type = type_of(path);
	return g_hash_table_lookup(packed ? files->packed : files->bytes, path);
}
