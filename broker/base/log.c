/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

int log_verbosity;
static gboolean progress_shown;

static void print_line(const char *kind, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
static void print_line(const char *kind, const char *format, va_list args)
{
	g_autofree char *given = g_strdup_vprintf(format, args);
	g_autofree char *text = text_redact(given);

	log_progress_end();
	fprintf(stderr, "osvdi-broker: %s%s\n", kind, text);
}

void log_warning(const char *format, ...)
{
	va_list args;

	if (log_verbosity < 0)
		return;
	va_start(args, format);
	print_line("warning: ", format, args);
	va_end(args);
}

void log_note(const char *format, ...)
{
	va_list args;

	if (log_verbosity < 0 || !isatty(STDERR_FILENO))
		return;
	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	if (log_verbosity < 1)
		return;
	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;

	if (log_verbosity < 2)
		return;
	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void log_progress(const char *format, ...)
{
	g_autofree char *given = NULL;
	g_autofree char *text = NULL;
	va_list args;

	if (!isatty(STDERR_FILENO))
		return;
	va_start(args, format);
	given = g_strdup_vprintf(format, args);
	va_end(args);
	text = text_redact(given);
	fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
	progress_shown = TRUE;
}

void log_progress_end(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = FALSE;
}
