/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_DESKTOP_REST_H
#define OSVDI_BROKER_DESKTOP_REST_H

#include "compute/nova.h"

/**
 * Keep a desktop that is about to be opened from being put to rest, as base/rest-tags.h
 * says. A request costs nothing where nothing is announced. Where Nova refuses, the
 * announcement stands, and *s shows it.
 *
 * s: replaced by what Nova shows last.
 * Returns the time that was announced; 0: none was.
 */
gint64 rest_cancel(struct cloud *cloud, struct server **s, gint64 deadline_us);

/** When the desktop is put to rest unless somebody uses it; 0: not announced. */
gint64 rest_announced(const struct server *s);

#endif
