/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TARGET_PORT_H
#define OSVDI_TARGET_PORT_H

#include "target/target.h"

/* Reads a port as connection files and addresses give it. An empty text, "None", 0 and
 * negative numbers mean no port: *port is 0. FALSE if the text is no number, or too large. */
gboolean target_port_parse(const char *text, int *port);

/* The port that the main channel connects to first. */
int target_port_used(const struct target *target);

#endif
