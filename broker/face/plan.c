/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"
#include "face/face.h"
#include "planner/look.h"

char *osvdi_broker_plan_snapshot(struct osvdi_broker *b, struct osvdi_broker_error **error)
{
	GError *e = NULL;
	g_autoptr(JsonNode) node = face_begin(b, 0, &e) ? look_snapshot(b->cloud, &e) : NULL;

	return node ? js_dump(node, TRUE) : face_fail(b, e, error);
}
