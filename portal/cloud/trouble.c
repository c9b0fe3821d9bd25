/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trouble.h"

void trouble_set(struct trouble *trouble, enum osvdi_broker_code code,
		enum osvdi_broker_reason reason, const char *message)
{
	trouble_clear(trouble);
	trouble->code = code;
	trouble->reason = reason;
	trouble->message = g_strdup(message);
}

void trouble_take(struct trouble *trouble, struct osvdi_broker_error *error)
{
	trouble_set(trouble, osvdi_broker_error_code(error), osvdi_broker_error_reason(error),
			osvdi_broker_error_message(error));
	osvdi_broker_error_free(error);
}

void trouble_copy(struct trouble *to, const struct trouble *from)
{
	trouble_set(to, from->code, from->reason, from->message);
}

void trouble_clear(struct trouble *trouble)
{
	g_clear_pointer(&trouble->message, g_free);
	trouble->code = OSVDI_BROKER_OK;
	trouble->reason = OSVDI_BROKER_REASON_NONE;
}
