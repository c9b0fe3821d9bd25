/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_BROKER_CLIENT_H
#define OSVDI_BROKER_CLIENT_H

#include "target/target.h"

/*
 * Runs the program osvdi-broker and reads its output from pipes. The output may hold
 * secrets, so it never touches a disk or a command line.
 */

/* Whether the program is installed. program: path or name; NULL means the value of
 * OSVDI_BROKER, or osvdi-broker. */
gboolean broker_client_available(const char *program);

enum broker_client_error {
	BROKER_CLIENT_ASLEEP,       /* the desktop does not run, or not yet */
	BROKER_CLIENT_UNCONFIGURED, /* the broker's configuration names no cloud, or is wrong */
};
#define BROKER_CLIENT_ERROR broker_client_error_quark()
GQuark broker_client_error_quark(void);

/**
 * Finds a desktop.
 *
 * name:   of the desktop, or its id; NULL means the user's only desktop.
 * wake:   start a desktop that does not run. Otherwise such a desktop is an error.
 * Errors: the broker's message, or G_IO_ERROR_NOT_FOUND without a broker.
 * Cancelling ends the broker and all programs that the broker started, and only then
 * returns.
 * Thread: main loop of the caller.
 */
void broker_client_resolve_async(const char *program, const char *name, gboolean wake,
		GCancellable *cancellable, GAsyncReadyCallback done, gpointer data);
/* Owner: caller, target_free(). */
struct target *broker_client_resolve_finish(GAsyncResult *result, GError **error);

struct broker_desktop {
	char *id, *name, *status;
};
void broker_desktop_free(gpointer desktop);

/* The user's desktops: GPtrArray of struct broker_desktop. */
void broker_client_list_async(const char *program, GCancellable *cancellable,
		GAsyncReadyCallback done, gpointer data);
GPtrArray *broker_client_list_finish(GAsyncResult *result, GError **error);

/**
 * Reads what the broker's "list --format json" prints. Objects without an id are skipped.
 *
 * size:   in bytes.
 * Errors: G_IO_ERROR_INVALID_DATA.
 */
GPtrArray *broker_client_parse_list(const char *json, gssize size, GError **error);

#endif
