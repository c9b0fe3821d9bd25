/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ERROR_H
#define OSVDI_BROKER_ERROR_H

#include <glib.h>

/* The codes are the program's exit codes. */
enum broker_error {
	BROKER_ERROR_FAILED = 1, /* something local: a file, a missing viewer */
	BROKER_ERROR_USAGE = 2,
	BROKER_ERROR_AUTH = 3, /* not authenticated, or not allowed */
	BROKER_ERROR_NOT_FOUND = 4,
	BROKER_ERROR_NOT_READY = 5, /* wrong state, or not in time */
	BROKER_ERROR_SERVICE = 6, /* unreachable, broken or full */
};

#define BROKER_ERROR broker_error_quark()
GQuark broker_error_quark(void);

/** Exit code for an error of any domain; 0 for NULL. */
int broker_error_exit_code(const GError *error);

#endif
