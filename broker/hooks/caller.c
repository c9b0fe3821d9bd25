/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>

#include "base/error.h"
#include "hooks/caller.h"

/* A sleeper asks this often whether the caller has cancelled. */
#define LOOK_US (100 * 1000)

static void say(const struct caller *c, enum osvdi_broker_level level, const char *format,
		va_list args) G_GNUC_PRINTF(3, 0);
static void say(const struct caller *c, enum osvdi_broker_level level, const char *format,
		va_list args)
{
	g_autofree char *given = NULL;
	g_autofree char *text = NULL;

	if (!c || !c->hooks.log || level > c->hooks.level)
		return;
	given = g_strdup_vprintf(format, args);
	text = redact_text(c->secrets, given);
	c->hooks.log(c->hooks.data, level, text);
}

void log_warning(const struct caller *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(c, OSVDI_BROKER_WARNING, format, args);
	va_end(args);
}

void log_info(const struct caller *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(c, OSVDI_BROKER_INFO, format, args);
	va_end(args);
}

void log_debug(const struct caller *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(c, OSVDI_BROKER_DEBUG, format, args);
	va_end(args);
}

void caller_progress(const struct caller *c, const char *status, gint64 waited_us)
{
	g_autofree char *text = NULL;

	if (!c || !c->hooks.progress)
		return;
	text = redact_text(c->secrets, status);
	c->hooks.progress(c->hooks.data, text, waited_us);
}

void caller_progress_end(const struct caller *c)
{
	if (c && c->hooks.progress)
		c->hooks.progress(c->hooks.data, NULL, -1);
}

struct redact *caller_secrets(const struct caller *c)
{
	return c ? c->secrets : NULL;
}

char *caller_remedy(const struct caller *c, enum osvdi_broker_reason reason, const char *subject)
{
	const char *text = NULL;
	char *own = NULL;

	if (c && c->hooks.remedy)
		text = own = c->hooks.remedy(c->hooks.data, reason, subject);
	own = g_strdup(text ? text : "");
	free((char *)text);
	return own;
}

char *caller_ask_password(const struct caller *c, const char *question)
{
	return c && c->hooks.ask_password ? c->hooks.ask_password(c->hooks.data, question) : NULL;
}

gboolean caller_cancelled(const struct caller *c)
{
	return c && c->hooks.cancelled && c->hooks.cancelled(c->hooks.data);
}

gboolean caller_check(const struct caller *c, GError **error)
{
	if (!caller_cancelled(c))
		return TRUE;
	broker_set_error(error, BROKER_ERROR_FAILED, OSVDI_BROKER_REASON_CANCELLED, "cancelled");
	return FALSE;
}

gboolean caller_sleep_us(const struct caller *c, const struct clock *clock, gint64 us,
		GError **error)
{
	gint64 step = c && c->hooks.cancelled ? LOOK_US : us;

	for (; us > 0; us -= step) {
		if (!caller_check(c, error))
			return FALSE;
		clock_sleep_us(clock, MIN(us, step));
	}
	return caller_check(c, error);
}
