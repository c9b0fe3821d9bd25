/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "form.h"

#include "wipe.h"

#include <string.h>

struct field {
	char *name, *value; /* the value may be a secret */
};

struct form {
	struct field fields[FORM_MAX_FIELDS];
	guint n;
};

static int digit(char c)
{
	return g_ascii_isxdigit(c) ? g_ascii_xdigit_value(c) : -1;
}

/* NULL: an escape that is none, a zero byte, or no UTF-8. */
static char *decode(const char *text, gsize size)
{
	char *out = g_malloc(size + 1);
	gsize n = 0;
	gboolean ok = TRUE;

	for (gsize i = 0; i < size && ok; i++) {
		char c = text[i] == '+' ? ' ' : text[i];

		if (c == '%') {
			ok = size - i > 2 && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
			if (ok)
				c = (char)(digit(text[i + 1]) << 4 | digit(text[i + 2]));
			i += 2;
		}
		ok = ok && c;
		out[n++] = c;
	}
	out[n] = '\0';
	if (ok && g_utf8_validate(out, (gssize)n, NULL))
		return out;
	memset(out, 0, n);
	g_free(out);
	return NULL;
}

static gboolean add_field(struct form *form, const char *text, gsize size)
{
	const char *equals = memchr(text, '=', size);
	gsize name_size = equals ? (gsize)(equals - text) : size;
	struct field *field = &form->fields[form->n];

	if (form->n == FORM_MAX_FIELDS)
		return FALSE;
	form->n++;
	field->name = decode(text, name_size);
	field->value = equals ? decode(equals + 1, size - name_size - 1) : g_strdup("");
	if (!field->name || !field->value)
		return FALSE;
	for (guint i = 0; i + 1 < form->n; i++)
		if (strcmp(form->fields[i].name, field->name) == 0)
			return FALSE;
	return TRUE;
}

struct form *form_parse(const char *data, gsize size)
{
	struct form *form;

	if (size > FORM_MAX_BYTES)
		return NULL;
	form = g_new0(struct form, 1);
	while (size) {
		const char *end = memchr(data, '&', size);
		gsize n = end ? (gsize)(end - data) : size;

		if (n && !add_field(form, data, n)) {
			form_free(form);
			return NULL;
		}
		n += end ? 1 : 0;
		data += n;
		size -= n;
	}
	return form;
}

void form_free(struct form *form)
{
	if (!form)
		return;
	for (guint i = 0; i < form->n; i++) {
		g_free(form->fields[i].name);
		wipe_free(form->fields[i].value);
	}
	g_free(form);
}

const char *form_get(const struct form *form, const char *name)
{
	for (guint i = 0; form && i < form->n; i++)
		if (strcmp(form->fields[i].name, name) == 0)
			return form->fields[i].value;
	return NULL;
}
