/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_TROUBLE_H
#define OSVDI_PORTAL_TROUBLE_H

#include <glib.h>
#include <osvdi-broker.h>

/* Why a call of the broker's library failed: kept for a page and for the log. */
struct trouble {
	enum osvdi_broker_code code;
	enum osvdi_broker_reason reason;
	char *message; /* English, without secrets, with addresses of services: for the log */
};

/** Takes the error over. */
void trouble_take(struct trouble *trouble, struct osvdi_broker_error *error);
void trouble_set(struct trouble *trouble, enum osvdi_broker_code code,
		enum osvdi_broker_reason reason, const char *message);
void trouble_copy(struct trouble *to, const struct trouble *from);
void trouble_clear(struct trouble *trouble);

#endif
