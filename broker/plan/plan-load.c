/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/plan.h"

struct plan *plan_load(const char *name, const char *data, gsize length, GError **error)
{
	static const char begin[] = "BEGIN:VCALENDAR";

	if (length > strlen(begin) && !g_ascii_strncasecmp(data, begin, strlen(begin)))
		return plan_load_calendar(name, data, length, error);
	return plan_load_yaml(name, data, length, error);
}
