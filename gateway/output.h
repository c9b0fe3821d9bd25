/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_OUTPUT_H
#define OSVDI_GATEWAY_OUTPUT_H

#include <glib.h>

/* Prints to standard output. FALSE, and a message: not all of the text was taken. */
gboolean output_text(const char *text);

#endif
