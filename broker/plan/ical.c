/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/ical.h"

#include <dlfcn.h>

#include "base/error.h"

/* The headers write the 3 of version 3 in brackets. */
G_STATIC_ASSERT(ICAL_MAJOR_VERSION == 3);
#define LIBRARY "libical.so.3"

struct ical_calls ical;

/* NULL, or why not. */
static const char *load(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return "cannot be loaded";
#define ICAL_FIND(name) \
	ical.name = (__typeof__(ical.name))dlsym(library, "ical" #name); \
	if (!ical.name) \
		return "lacks the function ical" #name;
	ICAL_CALLS(ICAL_FIND)
#undef ICAL_FIND
	return NULL;
}

gboolean ical_load(GError **error)
{
	static gsize tried;
	static const char *failure;

	if (g_once_init_enter(&tried)) {
		failure = load();
		g_once_init_leave(&tried, 1);
	}
	if (failure)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED,
				"rules and calendars need the library " LIBRARY ", which %s",
				failure);
	return !failure;
}
