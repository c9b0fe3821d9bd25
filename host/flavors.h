/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Settings by a flavor's name, for Nova before 32, which tells no extra specs. */
#ifndef FLAVORS_H
#define FLAVORS_H

#include "settings.h"

/*
 * Takes the settings of the first group [flavor PATTERN] of a key file whose
 * pattern, of fnmatch(3), the name matches; nothing where there is no such file or
 * group. False: the file is wrong, and error says where; some of its settings may have
 * been taken.
 */
bool flavors_apply(struct settings *settings, const char *path, const char *flavor, GError **error);

#endif
