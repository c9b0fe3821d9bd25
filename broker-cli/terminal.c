/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "prompt.h"
#include "remedy.h"
#include "terminal.h"

/* The program has one terminal, so this may be the program's as a whole. */
static struct {
	int verbosity;
	gboolean progress_shown;
	struct redact *secrets;
} terminal;

struct redact *terminal_secrets(void)
{
	if (!terminal.secrets)
		terminal.secrets = redact_new();
	return terminal.secrets;
}

void terminal_forget(void)
{
	g_clear_pointer(&terminal.secrets, redact_free);
}

void terminal_end_progress(void)
{
	if (terminal.progress_shown)
		fputs("\r\033[K", stderr);
	terminal.progress_shown = FALSE;
}

static void print(const char *kind, const char *text)
{
	terminal_end_progress();
	fprintf(stderr, "osvdi-broker: %s%s\n", kind, text);
}

static void print_line(const char *kind, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
static void print_line(const char *kind, const char *format, va_list args)
{
	g_autofree char *given = g_strdup_vprintf(format, args);
	g_autofree char *text = redact_text(terminal_secrets(), given);

	print(kind, text);
}

void terminal_warning(const char *format, ...)
{
	va_list args;

	if (terminal.verbosity < 0)
		return;
	va_start(args, format);
	print_line("warning: ", format, args);
	va_end(args);
}

void terminal_note(const char *format, ...)
{
	va_list args;

	if (terminal.verbosity < 0 || !isatty(STDERR_FILENO))
		return;
	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void terminal_info(const char *format, ...)
{
	va_list args;

	if (terminal.verbosity < 1)
		return;
	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void terminal_debug(const char *format, ...)
{
	va_list args;

	if (terminal.verbosity < 2)
		return;
	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void terminal_error(const char *message)
{
	g_autofree char *redacted = redact_text(terminal_secrets(), message);
	g_autofree char *shown = text_clean(redacted, 2000);

	print("", shown);
}

/* The library's messages come redacted. */
static void on_log(void *data, enum osvdi_broker_level level, const char *message)
{
	print(level == OSVDI_BROKER_WARNING ? "warning: " : "", message);
}

static void on_progress(void *data, const char *status, int64_t waited_us)
{
	if (!status) {
		terminal_end_progress();
		return;
	}
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%s", status);
	if (waited_us >= 0)
		fprintf(stderr, ", %" G_GINT64_FORMAT " s", (gint64)(waited_us / G_USEC_PER_SEC));
	fflush(stderr);
	terminal.progress_shown = TRUE;
}

static char *on_remedy(void *data, enum osvdi_broker_reason reason, const char *subject)
{
	return remedy_for(reason, subject);
}

static char *on_ask(void *data, const char *question)
{
	char *password = prompt_password(question);

	redact_remember(terminal_secrets(), password);
	return password;
}

void terminal_set_verbosity(int verbosity)
{
	terminal.verbosity = verbosity;
}

void terminal_louder(void)
{
	terminal.verbosity++;
}

struct osvdi_broker_hooks terminal_hooks(void)
{
	return (struct osvdi_broker_hooks){
		.log = terminal.verbosity < 0 ? NULL : on_log,
		.level = (enum osvdi_broker_level)CLAMP(terminal.verbosity, 0, 2),
		.progress = on_progress,
		.remedy = on_remedy,
		.ask_password = on_ask,
	};
}
