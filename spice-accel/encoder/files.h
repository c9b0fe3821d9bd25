/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef FILES_H
#define FILES_H

/* Forbids this process all files but programs, libraries, settings (to be read), and render
 * nodes, by Landlock. node: as of sandbox_enter(). 0; -EOPNOTSUPP this kernel has no Landlock;
 * other negative errno. Needs no_new_privs. */
int files_forbid(const char *node);

#endif
