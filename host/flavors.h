/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Settings by a flavor's name, for Nova before 32, which tells no extra specs. */
#ifndef FLAVORS_H
#define FLAVORS_H

#include "settings.h"

/*
 * Takes the settings of the first group [flavor PATTERN] of a key file whose
 * pattern, of fnmatch(3), the name matches. No such file, or no such group: none.
 * False: the file has an error, which says where; settings may have some of it.
 */
bool flavors_apply(struct settings *settings, const char *path, const char *flavor, GError **error);

#endif
