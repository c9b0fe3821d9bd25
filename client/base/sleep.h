/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SLEEP_H
#define OSVDI_SLEEP_H

#include <gio/gio.h>

/*
 * Tells when the computer wakes from a suspend (logind's PrepareForSleep on the
 * system bus). Without a system bus it never does.
 */
struct sleep_watch;

struct sleep_watch *sleep_watch_new(void (*awake)(gpointer data), gpointer data);
void sleep_watch_free(struct sleep_watch *watch);

#endif
