/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SUSPEND_WATCH_H
#define OSVDI_SUSPEND_WATCH_H

#include <gio/gio.h>

/*
 * Reports that the computer woke from a suspend (logind's PrepareForSleep on the system
 * bus). Without a system bus the watch reports nothing.
 */
struct suspend_watch;

struct suspend_watch *suspend_watch_new(void (*awake)(gpointer data), gpointer data);
void suspend_watch_free(struct suspend_watch *watch);

#endif
