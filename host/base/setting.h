/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Settings and accounts in the text of files */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>

/* The last value of KEY in GROUP of a file of settings, without quotes; NULL: has none. The
 * caller frees it. */
char *host_setting(const char *text, const char *group, const char *key);

/* The fields of the line of /etc/passwd or /etc/group whose field number INDEX is VALUE;
 * NULL: there is none. The caller frees them. */
char **host_account(const char *text, guint index, const char *value);

/* The user that QEMU runs as under libvirt, by the text of qemu.conf (NULL: as without
 * the file). The caller frees it. */
char *host_qemu_user_in(const char *config);
/* The number of a user, whom libvirt may call by name, "+NUMBER" or "NUMBER" */
bool host_user_id(const char *passwd, const char *user, uid_t *uid);

#endif
