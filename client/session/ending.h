/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_ENDING_H
#define OSVDI_ENDING_H

#include <glib.h>

/* How near the moment is at which the desktop is taken back. Later ones are nearer. */
enum ending_stage {
	ENDING_FAR,  /* or there is none */
	ENDING_SOON, /* time to come to an end */
	ENDING_NEAR, /* time to save */
	ENDING_OVER,
};

/**
 * ends: Unix time in seconds at which the desktop is taken back; 0 if it is kept.
 * now:  the same clock.
 */
enum ending_stage ending_at(gint64 ends, gint64 now);

#endif
