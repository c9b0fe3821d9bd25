/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_VV_H
#define OSVDI_BROKER_VV_H

#include "base/redact.h"
#include "desktop/address.h"

#define VV_ANSWER_MAX_BYTES (256 * 1024)

/**
 * Take host, ports, CA, subject and password from the .vv text that a
 * spice-direct exchange answers with. Settings that stand for nothing dangerous
 * (proxy, usb and the like) are kept in other_keys; anything else is left out.
 *
 * secrets: learns the password; or NULL.
 * Errors: BROKER_ERROR_SERVICE: no virt-viewer file, not SPICE, no usable host
 *         or port.
 */
gboolean vv_parse(const char *data, gsize length, struct address *into, struct redact *secrets,
		GError **error);

/**
 * The text of a connection file. delete_file: "delete-this-file=1".
 * Secret: free with secret_free().
 */
char *vv_format(const struct address *address, gboolean delete_file);

#endif
