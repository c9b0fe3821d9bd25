/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CONFIG_FILE_H
#define OSVDI_BROKER_CONFIG_FILE_H

#include "desktop/config.h"

/**
 * Find and read broker.yaml: path (of --config), $OSVDI_BROKER_CONFIG, the user's
 * configuration directory (osvdi/broker.yaml), /etc/osvdi/broker.yaml; the first there
 * is. Without any of them c has what holds without a file.
 *
 * Errors: BROKER_ERROR_USAGE naming the file and what is wrong in it.
 */
gboolean config_load(struct config *c, const char *path, GError **error);

#endif
