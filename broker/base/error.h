/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ERROR_H
#define OSVDI_BROKER_ERROR_H

#include <glib.h>

#include "include/osvdi-broker.h"

/* Kinds of failure, coarsely: the program's exit codes. */
enum broker_error {
	BROKER_ERROR_FAILED = OSVDI_BROKER_FAILED,
	BROKER_ERROR_USAGE = OSVDI_BROKER_USAGE,
	BROKER_ERROR_AUTH = OSVDI_BROKER_AUTH,
	BROKER_ERROR_NOT_FOUND = OSVDI_BROKER_NOT_FOUND,
	BROKER_ERROR_NOT_READY = OSVDI_BROKER_NOT_READY,
	BROKER_ERROR_SERVICE = OSVDI_BROKER_SERVICE,
};

/* The code of such a GError holds the reason as well. Ask the functions below. */
#define BROKER_ERROR broker_error_quark()
GQuark broker_error_quark(void);

/** g_set_error() with a reason. An error that has none may be made by g_set_error(). */
void broker_set_error(GError **error, enum broker_error code, enum osvdi_broker_reason reason,
		const char *format, ...) G_GNUC_PRINTF(4, 5);

/** Give an error of ours, whatever its code, this reason. */
void broker_error_set_reason(GError *error, enum osvdi_broker_reason reason);

/** Whether an error is one of ours, with that code and any reason. NULL is none. */
gboolean broker_error_is(const GError *error, enum broker_error code);

/** The reason; NONE for errors of other domains and for NULL. */
enum osvdi_broker_reason broker_error_reason(const GError *error);

/** Whether an error makes further requests pointless: other requests will fail too. */
gboolean broker_error_is_final(const GError *error);

/** Exit code for an error of any domain; 0 for NULL. */
int broker_error_exit_code(const GError *error);

#endif
