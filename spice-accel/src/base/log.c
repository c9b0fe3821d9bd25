/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include <spice-accel/version.h>

static spice_accel_log_func log_func;
static void *log_opaque;
static enum spice_accel_log_level log_max = SPICE_ACCEL_LOG_INFO;

void spice_accel_log_set(spice_accel_log_func func, void *opaque,
		enum spice_accel_log_level max_level)
{
	log_func = func;
	log_opaque = opaque;
	log_max = max_level;
}

void log_write(enum spice_accel_log_level level, const char *format, ...)
{
	char line[1024];
	va_list ap;

	if (!log_func || level > log_max)
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof line, format, ap);
	va_end(ap);
	log_func(log_opaque, level, line);
}

const char *spice_accel_version(void)
{
	return SPICE_ACCEL_VERSION;
}
