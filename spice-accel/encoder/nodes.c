/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "nodes.h"

#include <string.h>

#define PREFIX "/dev/dri/renderD"

bool node_allowed(const char *path, const char *administrators)
{
	const char *number = path + sizeof PREFIX - 1;

	if (!*path || (administrators && !strcmp(path, administrators)))
		return true;
	return !strncmp(path, PREFIX, sizeof PREFIX - 1) && *number &&
			strspn(number, "0123456789") == strlen(number);
}
