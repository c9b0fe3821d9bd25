/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_JSON_FORM_H
#define OSVDI_COMMON_JSON_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A look at JSON before json-glib parses it. json-glib 1.6 calls itself once for each
 * level, takes comments and single quotes, which hide brackets from a count, and loses
 * memory when a second value follows the first.
 */

static inline const char *json_form_skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p;
}

static inline bool json_form_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool json_form_is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c && strchr(",:+-.", c));
}

/**
 * Checks the form of one JSON array or object of at most max_depth levels. Says nothing of
 * what stands between the brackets: the parser has to find the rest.
 *
 * data: length bytes, UTF-8.
 * Returns: NULL, or what is wrong, in words that follow "not JSON: ".
 */
static inline const char *json_form_check(const char *data, size_t length, int max_depth)
{
	const char *p, *end = data + length;
	bool ended = false;
	int depth = 0;

	for (p = data; p < end; p++) {
		if (json_form_is_space(*p))
			continue;
		if (ended)
			return "something follows its end";
		if (!depth && *p != '[' && *p != '{')
			return "it is not an array or object";
		if (*p == '"') {
			p = json_form_skip_string(p, end);
			if (p >= end)
				return "it ends within a string";
		} else if (*p == '[' || *p == '{') {
			if (++depth > max_depth)
				return "it is nested too deeply";
		} else if (*p == ']' || *p == '}') {
			ended = --depth == 0;
		} else if (!json_form_is_plain(*p)) {
			return *p ? "it has characters outside of JSON" : "it has a NUL byte";
		}
	}
	return depth ? "it is cut off" : !ended ? "it is not an array or object" : NULL;
}

#endif
