/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>

#include "base/error.h"

#define REASON_SHIFT 8
#define CODE_MASK ((1 << REASON_SHIFT) - 1)

/* G_DEFINE_QUARK() would keep the number in a variable of the process. */
GQuark broker_error_quark(void)
{
	return g_quark_from_static_string("osvdi-broker-error-quark");
}

void broker_set_error(GError **error, enum broker_error code, enum osvdi_broker_reason reason,
		const char *format, ...)
{
	va_list args;

	if (!error)
		return;
	va_start(args, format);
	*error = g_error_new_valist(BROKER_ERROR, (int)code | (int)reason << REASON_SHIFT, format,
			args);
	va_end(args);
}

void broker_error_set_reason(GError *error, enum osvdi_broker_reason reason)
{
	error->code = (error->code & CODE_MASK) | (int)reason << REASON_SHIFT;
}

gboolean broker_error_is(const GError *error, enum broker_error code)
{
	return error && error->domain == BROKER_ERROR && (error->code & CODE_MASK) == (int)code;
}

enum osvdi_broker_reason broker_error_reason(const GError *error)
{
	if (!error || error->domain != BROKER_ERROR)
		return OSVDI_BROKER_REASON_NONE;
	return (enum osvdi_broker_reason)(error->code >> REASON_SHIFT);
}

gboolean broker_error_is_final(const GError *error)
{
	return broker_error_is(error, BROKER_ERROR_SERVICE) ||
			broker_error_is(error, BROKER_ERROR_AUTH) ||
			broker_error_reason(error) == OSVDI_BROKER_REASON_CANCELLED;
}

int broker_error_exit_code(const GError *error)
{
	if (!error)
		return 0;
	if (error->domain == BROKER_ERROR)
		return error->code & CODE_MASK;
	if (error->domain == G_OPTION_ERROR)
		return BROKER_ERROR_USAGE;
	return BROKER_ERROR_FAILED;
}
