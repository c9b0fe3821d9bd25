/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_TERMINAL_H
#define OSVDI_BROKER_TERMINAL_H

#include "base/redact.h"
#include "include/osvdi-broker.h"

/*
 * Messages on standard error, the program's own and the library's. All of it
 * is redacted, yet never give a secret to any of these; text of a service goes through
 * text_clean().
 */
void terminal_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
/** For people at a terminal: on standard error, only when that is one. */
void terminal_note(const char *format, ...) G_GNUC_PRINTF(1, 2);
void terminal_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
void terminal_debug(const char *format, ...) G_GNUC_PRINTF(1, 2);

/** One line more: an error's, without a word in front. */
void terminal_error(const char *message);

/** 0; 1 for -v: reasons; 2 for -vv: requests; -1: nothing at all. */
void terminal_set_verbosity(int verbosity);
/** One more -v. */
void terminal_louder(void);

/** Removes the line of progress, if there is one. */
void terminal_end_progress(void);

/** The hooks of the library: prints, prompts, words for the program's options. */
struct osvdi_broker_hooks terminal_hooks(void);

/** The secrets that the program's own messages do not show; the library has its own. */
struct redact *terminal_secrets(void);
/** Forget and overwrite them, at the program's end. */
void terminal_forget(void);

#endif
