/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_ENCODING_H
#define OSVDI_PORTAL_ENCODING_H

#include <glib.h>

/** Whether an Accept-Encoding header, or NULL, takes gzip. */
gboolean encoding_takes_gzip(const char *header);

#endif
