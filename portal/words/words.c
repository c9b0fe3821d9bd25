/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <string.h>

static const char *const table[LANGUAGE_COUNT][WORD_COUNT] = {
#define WORD_ENGLISH(name, english, german) english,
#define WORD_GERMAN(name, english, german) german,
	[ENGLISH] = { WORDS(WORD_ENGLISH) },
	[GERMAN] = { WORDS(WORD_GERMAN) },
};

static const char *const codes[LANGUAGE_COUNT] = { [ENGLISH] = "en", [GERMAN] = "de" };

const char *words_get(enum language language, enum word word)
{
	return table[language][word];
}

const char *words_code(enum language language)
{
	return codes[language];
}

gboolean words_parse_code(const char *code, enum language *language)
{
	for (guint i = 0; code && i < LANGUAGE_COUNT; i++) {
		if (strcmp(codes[i], code) != 0)
			continue;
		*language = (enum language)i;
		return TRUE;
	}
	return FALSE;
}

/* "de-CH;q=0.8" */
static double weigh(char *range, enum language *language)
{
	char *end = range + strcspn(range, ";-");
	char *q = strstr(range, ";q=");
	double weight = q ? g_ascii_strtod(q + strlen(";q="), NULL) : 1;

	*end = '\0';
	return words_parse_code(g_strstrip(range), language) ? weight : 0;
}

enum language words_accept(const char *header)
{
	g_auto(GStrv) ranges = g_strsplit(header ? header : "", ",", 20);
	enum language best = ENGLISH, language = ENGLISH;
	double most = 0;

	for (guint i = 0; ranges[i]; i++) {
		double weight = weigh(ranges[i], &language);

		if (weight > most) {
			most = weight;
			best = language;
		}
	}
	return best;
}
