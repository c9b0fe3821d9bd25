/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_REMEDY_H
#define OSVDI_BROKER_REMEDY_H

#include "include/osvdi-broker.h"

/**
 * The words about this program's options and commands that the library puts into a
 * message with this reason; NULL: none. subject: see the enum. Free with g_free().
 */
char *remedy_for(enum osvdi_broker_reason reason, const char *subject);

#endif
