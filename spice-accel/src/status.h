/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef STATUS_H
#define STATUS_H

#include "display/display.h"

struct server_status {
	const struct display_status *displays;
	unsigned n_displays;
	unsigned viewers;
	bool viewers_known;
	bool guest_agent, absolute, running;
	double last_input; /* seconds since 1970; 0: none yet */
};

/* free() the result. NULL: out of memory. */
char *status_json(const struct server_status *status);
char *status_text(const struct server_status *status);

#endif
