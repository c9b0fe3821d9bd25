/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "face/face.h"

struct osvdi_broker_error {
	enum osvdi_broker_code code;
	enum osvdi_broker_reason reason;
	char *message;
};

void *face_fail(const struct osvdi_broker *b, GError *e, struct osvdi_broker_error **out)
{
	struct osvdi_broker_error *error;

	if (out) {
		error = g_new0(struct osvdi_broker_error, 1);
		error->code = (enum osvdi_broker_code)broker_error_exit_code(e);
		error->reason = broker_error_reason(e);
		error->message = redact_text(b ? b->caller.secrets : NULL, e->message);
		*out = error;
	}
	g_error_free(e);
	return NULL;
}

enum osvdi_broker_code osvdi_broker_error_code(const struct osvdi_broker_error *error)
{
	return error ? error->code : OSVDI_BROKER_OK;
}

enum osvdi_broker_reason osvdi_broker_error_reason(const struct osvdi_broker_error *error)
{
	return error ? error->reason : OSVDI_BROKER_REASON_NONE;
}

const char *osvdi_broker_error_message(const struct osvdi_broker_error *error)
{
	return error ? error->message : "";
}

void osvdi_broker_error_free(struct osvdi_broker_error *error)
{
	if (!error)
		return;
	g_free(error->message);
	g_free(error);
}
