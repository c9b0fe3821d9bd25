/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PROMPT_H
#define OSVDI_BROKER_PROMPT_H

#include <glib.h>

/**
 * Ask on the controlling terminal, without echo. NULL when there is none, at its
 * end of input, or when more was typed than a terminal's line holds (which is said
 * there); the terminal is as before then too, also after an interrupt.
 * Owner: secret_free().
 */
char *prompt_password(const char *question);

/** Ask yes or no on the terminal; FALSE when there is none. */
/** Whether there is a terminal to ask at. */
gboolean prompt_is_possible(void);

gboolean prompt_yes(const char *question);

#endif
