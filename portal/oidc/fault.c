/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"

G_DEFINE_QUARK(osvdi-portal-oidc-fault, oidc_fault)

gboolean oidc_fail(GError **error, enum oidc_fault fault, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (error)
		*error = g_error_new_valist(OIDC_FAULT, fault, format, arguments);
	va_end(arguments);
	return FALSE;
}
