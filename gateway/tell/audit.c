/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <unistd.h>

struct audit {
	char *path;
	int fd;
	gboolean failed;
	gboolean cut; /* the last line in the file has no end */
};

struct audit_line {
	struct audit *audit;
	GString *text;
};

static int open_file(const char *path, GError **error)
{
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640) :
			dup(STDOUT_FILENO);

	if (fd < 0)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "audit %s: %s", path ? path : "",
				g_strerror(errno));
	return fd;
}

struct audit *audit_new(const char *path, GError **error)
{
	struct audit *audit;
	int fd = open_file(path, error);

	if (fd < 0)
		return NULL;
	audit = g_new0(struct audit, 1);
	audit->path = g_strdup(path);
	audit->fd = fd;
	return audit;
}

gboolean audit_reopen(struct audit *audit, GError **error)
{
	int fd = open_file(audit->path, error);

	if (fd < 0)
		return FALSE;
	close(audit->fd);
	audit->fd = fd;
	audit->cut = FALSE;
	return TRUE;
}

void audit_free(struct audit *audit)
{
	if (!audit)
		return;
	close(audit->fd);
	g_free(audit->path);
	g_free(audit);
}

void audit_quote(GString *out, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	g_string_append_c(out, '"');
	for (const char *p = valid; *p; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_printf(out, "\\%c", *p);
		else if ((guchar)*p < 0x20 || *p == 0x7f)
			g_string_append_printf(out, "\\u%04x", (guint)(guchar)*p);
		else
			g_string_append_c(out, *p);
	}
	g_string_append_c(out, '"');
}

struct audit_line *audit_begin(struct audit *audit, const char *event)
{
	struct audit_line *line = g_new0(struct audit_line, 1);
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S.%fZ");

	line->audit = audit;
	line->text = g_string_new("{\"time\":");
	audit_quote(line->text, time);
	audit_text(line, "event", event);
	return line;
}

void audit_text(struct audit_line *line, const char *name, const char *value)
{
	if (!value)
		return;
	g_string_append_printf(line->text, ",\"%s\":", name);
	audit_quote(line->text, value);
}

void audit_number(struct audit_line *line, const char *name, guint64 value)
{
	g_string_append_printf(line->text, ",\"%s\":%" G_GUINT64_FORMAT, name, value);
}

/* A full disk must not end people's sessions; it is told once. The line that the disk cut off
 * stays by itself. */
void audit_end(struct audit_line *line)
{
	struct audit *audit = line->audit;
	ssize_t n;

	g_string_append(line->text, "}\n");
	if (audit->cut)
		g_string_prepend_c(line->text, '\n');
	n = write(audit->fd, line->text->str, line->text->len);
	if (n != (ssize_t)line->text->len && !audit->failed)
		g_warning("The audit record cannot be written: %s",
				g_strerror(n < 0 ? errno : ENOSPC));
	audit->failed = n != (ssize_t)line->text->len;
	if (n > 0)
		audit->cut = line->text->str[n - 1] != '\n';
	g_string_free(line->text, TRUE);
	g_free(line);
}
