/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_WIPE_H
#define OSVDI_PORTAL_WIPE_H

#include <glib.h>

/** Frees a secret after overwriting it; NULL is fine. */
void wipe_free(char *secret);

/** The same for a buffer that holds one. */
void wipe_string(GString *secret);

/** 256 random bits as 43 letters, digits, "-" and "_". Owner: wipe_free(). */
char *wipe_random(void);

/** Whether text could come from wipe_random(). */
gboolean wipe_random_is(const char *text);

#endif
