/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The text of /etc/libvirt/qemu.conf, in the form that libvirt reads */
#ifndef BASE_QEMU_CONF_H
#define BASE_QEMU_CONF_H

#include <glib.h>

/* The elements of KEY's value: those of a list, or one text or number. As in libvirt the first
 * of several entries counts. NULL: no entry. The caller frees them. */
char **qemu_conf_values(const char *text, const char *key);
/* The same for one text or number; NULL for a list, too. */
char *qemu_conf_value(const char *text, const char *key);

#endif
