/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "check/report.h"

#include <stdarg.h>

enum state { RIGHT, WRONG, UNUSED };

static const char *const state_names[] = { "right", "wrong", "unused" };
static const char *const state_signs[] = { "ok", "WRONG", "-" };

struct finding {
	enum state state;
	const char *check;
	char *text;
	char *remedy; /* NULL: nothing to mend */
};

struct report {
	GArray *findings;
};

static void finding_clear(gpointer data)
{
	struct finding *finding = data;

	g_free(finding->text);
	g_free(finding->remedy);
}

struct report *report_create(void)
{
	struct report *report = g_new0(struct report, 1);

	report->findings = g_array_new(FALSE, FALSE, sizeof(struct finding));
	g_array_set_clear_func(report->findings, finding_clear);
	return report;
}

void report_destroy(struct report *report)
{
	if (!report)
		return;
	g_array_unref(report->findings);
	g_free(report);
}

static void add(struct report *report, enum state state, const char *check, const char *remedy,
		const char *format, va_list args) G_GNUC_PRINTF(5, 0);

static void add(struct report *report, enum state state, const char *check, const char *remedy,
		const char *format, va_list args)
{
	struct finding finding = { state, check, g_strdup_vprintf(format, args), g_strdup(remedy) };

	g_array_append_val(report->findings, finding);
}

void report_right(struct report *report, const char *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(report, RIGHT, check, NULL, format, args);
	va_end(args);
}

void report_unused(struct report *report, const char *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(report, UNUSED, check, NULL, format, args);
	va_end(args);
}

void report_wrong(struct report *report, const char *check, const char *remedy,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(report, WRONG, check, remedy, format, args);
	va_end(args);
}

unsigned report_count_wrong(const struct report *report)
{
	unsigned count = 0;

	for (guint i = 0; i < report->findings->len; i++)
		count += g_array_index(report->findings, struct finding, i).state == WRONG;
	return count;
}

void report_print_text(const struct report *report, FILE *out)
{
	for (guint i = 0; i < report->findings->len; i++) {
		const struct finding *f = &g_array_index(report->findings, struct finding, i);

		fprintf(out, "%-6s %-16s %s\n", state_signs[f->state], f->check, f->text);
		if (f->remedy)
			fprintf(out, "%24s%s\n", "", f->remedy);
	}
}

static void print_string(FILE *out, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	fputc('"', out);
	for (const char *c = valid; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(out, "\\%c", *c);
		else if ((unsigned char)*c < 0x20)
			fprintf(out, "\\u%04x", (unsigned)*c);
		else
			fputc(*c, out);
	}
	fputc('"', out);
}

static void print_member(FILE *out, const char *name, const char *value)
{
	fprintf(out, ", \"%s\": ", name);
	if (value)
		print_string(out, value);
	else
		fputs("null", out);
}

void report_print_json(const struct report *report, FILE *out)
{
	fprintf(out, "{\"wrong\": %u, \"checks\": [", report_count_wrong(report));
	for (guint i = 0; i < report->findings->len; i++) {
		const struct finding *f = &g_array_index(report->findings, struct finding, i);

		fprintf(out, "%s\n  {\"check\": \"%s\"", i ? "," : "", f->check);
		print_member(out, "state", state_names[f->state]);
		print_member(out, "text", f->text);
		print_member(out, "remedy", f->remedy);
		fputc('}', out);
	}
	fputs("\n]}\n", out);
}
