/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The host that is looked at: files below a root, which is / but for tests and images. */
#ifndef CHECK_HOST_H
#define CHECK_HOST_H

#include <stdbool.h>

#include <glib.h>

#include "base/setting.h"

/* The folder that stands for /; "" without one. Call before anything else. */
void host_set_root(const char *root);
bool host_is_running(void); /* false: another root than / */

/* Where PATH is; the caller frees it. */
char *host_path(const char *path);
bool host_exists(const char *path);
/* NULL: cannot be read. The caller frees it. */
char *host_read(const char *path);
/* Names, without the root, of what matches the pattern; never NULL. */
GPtrArray *host_glob(const char *pattern);

/* The user that QEMU runs as under libvirt. The caller frees it. */
char *host_qemu_user(void);
/* May that user (NULL: each user) open the file so (R_OK, W_OK), by its mode? *why says why
 * not; the caller frees it. */
bool host_user_may(const char *user, const char *path, int mode, char **why);
/* The remedy (taken over) for a user who may not, or another one where libvirt names a user who
 * does not exist. The caller frees it. */
char *host_user_remedy(const char *user, char *remedy);

#endif
