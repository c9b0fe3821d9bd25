/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_FAULT_H
#define OSVDI_PORTAL_FAULT_H

#include <glib.h>

/* Why a login by a provider of identities fails, as far as a page has a sentence for it. */
enum oidc_fault {
	OIDC_FAULT_SERVICE, /* no answer, or none that makes sense */
	OIDC_FAULT_REFUSED, /* the provider does not take the code, or our client */
	OIDC_FAULT_PROOF, /* what it signed cannot be trusted */
	OIDC_FAULT_CLOCK, /* the same, because its clock and ours differ */
	OIDC_FAULT_KEY, /* signed by a key that we do not know (yet) */
};

#define OIDC_FAULT oidc_fault_quark()
GQuark oidc_fault_quark(void);

/** Sets an error. Returns FALSE. */
gboolean oidc_fail(GError **error, enum oidc_fault fault, const char *format, ...)
		G_GNUC_PRINTF(3, 4);

#endif
