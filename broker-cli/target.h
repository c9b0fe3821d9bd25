/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_TARGET_H
#define OSVDI_BROKER_TARGET_H

#include <glib.h>

/*
 * An output file that the user named. A regular file is replaced as a whole. A device, a
 * pipe and a descriptor (/dev/stdout, /dev/fd/N, /proc/self/fd/N) are written to and stay
 * what they are.
 */
struct target;
typedef struct target auto_target;

/**
 * Look at the path before anything else is done, so that what cannot be written
 * is told while nothing has happened yet.
 *
 * Links: a link to a device, pipe or descriptor is followed. A link to a regular
 *        file, or to nothing, is replaced by the file: the link may have been laid
 *        there to have another file overwritten.
 * Errors: BROKER_ERROR_FAILED, naming the path and the cause.
 * Owner:  target_free().
 */
struct target *target_open(const char *path, GError **error);

/** Whether it is a regular file, which a viewer may delete. */
gboolean target_is_file(const struct target *target);

/** Errors: BROKER_ERROR_FAILED, naming the path. */
gboolean target_write(struct target *target, const char *text, GError **error);

void target_free(struct target *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_target, target_free)

#endif
