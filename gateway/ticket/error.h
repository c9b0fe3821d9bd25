/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_TICKET_ERROR_H
#define OSVDI_GATEWAY_TICKET_ERROR_H

#include <glib.h>

enum ticket_error {
	TICKET_ERROR_FORM,   /* no ticket, or one with a field that is not understood */
	TICKET_ERROR_KEY,    /* sealed with a key that is not there */
	TICKET_ERROR_FORGED, /* not what was sealed */
	TICKET_ERROR_KEYS,   /* the file of keys cannot be used */
};

#define TICKET_ERROR ticket_error_quark()
GQuark ticket_error_quark(void);

#endif
