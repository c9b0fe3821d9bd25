/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

G_DEFINE_QUARK(osvdi - broker - error, broker_error)

int broker_error_exit_code(const GError *error)
{
	if (!error)
		return 0;
	if (error->domain == BROKER_ERROR)
		return error->code;
	if (error->domain == G_OPTION_ERROR)
		return BROKER_ERROR_USAGE;
	return BROKER_ERROR_FAILED;
}
