/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLANNER_VIEWERS_H
#define OSVDI_BROKER_PLANNER_VIEWERS_H

#include "cloud/cloud.h"
#include "plan/session.h"

/*
 * Whether somebody looks at a desktop. Nova does not know, and a question to the SPICE
 * server would send the viewer away. The hosts know: QEMU's module writes how many viewers
 * each guest has, and Prometheus collects that. Its metrics, of each host ("instance"):
 *
 *   osvdi_guest_viewers{guest="UUID"}             how many are connected
 *   osvdi_guest_status_age_seconds{guest="UUID"}  when the host's file was written, since
 *                                                 QEMU's module told that
 *   osvdi_guest_last_input_timestamp_seconds{guest="UUID"}  by a viewer; 0: never
 *   node_textfile_mtime_seconds{file=".../osvdi.prom"}  when that file was written
 *
 * The first two and the last must be there, and no older than VIEWERS_FRESH_S; a desktop
 * that two hosts tell of has the viewers of both. Anything else is VIEWER_UNKNOWN.
 */
#define VIEWERS_FRESH_S 90

struct viewers;
typedef struct viewers auto_viewers;

/** now: seconds since 1970. */
struct viewers *viewers_new(gint64 now);
void viewers_free(struct viewers *viewers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_viewers, viewers_free)

/** Take what one address answers. */
void viewers_add(struct viewers *viewers, const char *text, gsize length);
/** When a viewer's key, button or pointer was used last (struct seen). */
gint64 viewers_last_input(const struct viewers *viewers, const char *id);
enum seen_viewer viewers_of(const struct viewers *viewers, const char *id);

/** Ask all addresses. One that does not answer tells nothing, and is warned of. */
void viewers_ask(struct viewers *viewers, struct cloud *cloud, char **addresses);

#endif
