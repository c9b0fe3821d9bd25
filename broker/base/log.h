/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_LOG_H
#define OSVDI_BROKER_LOG_H

#include <glib.h>

/*
 * Messages for people, on standard error. All go through text_redact(), yet never
 * give a secret to any of these; text of a service goes through text_clean().
 */
extern int log_verbosity; /* 0; 1 for -v: reasons; 2 for -vv: requests; -1: nothing at all */

void log_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
/** For people at a terminal: on standard error, only when that is one. */
void log_note(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_debug(const char *format, ...) G_GNUC_PRINTF(1, 2);

/** One line that is written over on a terminal; nothing elsewhere. */
void log_progress(const char *format, ...) G_GNUC_PRINTF(1, 2);
/** Removes the progress line, if there is one. */
void log_progress_end(void);

#endif
