/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * A QXL instance that shows nothing. libspice-server allows absolute pointers
 * only after some QXL instance had a primary surface (reds.cpp,
 * reds_update_client_mouse_allowed), and hands the viewers' window sizes to a
 * QXL instance even while the guest's own agent is attached.
 */
#ifndef QXL_H
#define QXL_H

#include "wire/agent.h"

/** Thread: host thread. */
struct qxl;

/* id: display channel id, beyond those of the streams. 0, -ENOMEM, -EIO. */
int qxl_create(struct qxl **out, struct RedsState *spice, unsigned id,
		const struct agent_ops *ops, void *opaque);
void qxl_destroy(struct qxl *qxl);

#endif
