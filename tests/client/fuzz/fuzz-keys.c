/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include "base/keys.h"
#include "window/keymap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	GPtrArray *hotkeys = hotkeys_parse(text, NULL);
	GHashTable *map = keymap_parse(text, NULL);

	g_clear_pointer(&hotkeys, g_ptr_array_unref);
	g_clear_pointer(&map, g_hash_table_unref);
	return 0;
}
