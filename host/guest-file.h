/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * FOLDER/UUID.conf: whole or not at all, readable by all, writable by nobody else.
 * FOLDER/UUID.json: empty, for one user to write and read.
 */
#ifndef GUEST_FILE_H
#define GUEST_FILE_H

#include <sys/types.h>

/* Makes the folder if need be. Errors: 0 or a negative errno. */
int guest_file_write(const char *folder, const char *uuid, const char *text);
/* 0 also when there is none. */
int guest_file_remove(const char *folder, const char *uuid);

int guest_file_give(const char *folder, const char *uuid, uid_t user);
int guest_file_take(const char *folder, const char *uuid); /* 0 also when there is none */

#endif
