/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * The in-process agent: a SPICE char device of subtype "vdagent" that takes
 * absolute pointer positions and window sizes (spice/vd_agent.h). It lets
 * viewers use absolute positions without any agent in the guest; a tablet
 * device does not, once a stream exists.
 */
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include <spice-accel/server.h>

struct RedsState;

struct agent_ops {
	void (*pointer)(void *opaque, unsigned display, uint32_t x, uint32_t y, uint32_t buttons);
	void (*monitors)(void *opaque, const struct spice_accel_monitor *monitors, unsigned n);
	/* There is an answer: call agent_flush() soon, but not from here. */
	void (*answer)(void *opaque);
};

/** Thread: host thread. */
struct agent;

int agent_create(struct agent **out, struct RedsState *spice, const struct agent_ops *ops,
		void *opaque); /* 0, -ENOMEM; not attached yet */
void agent_destroy(struct agent *agent);

/* Only one agent can be attached to a server. 0; -EIO libspice-server refused. */
int agent_attach(struct agent *agent);
void agent_detach(struct agent *agent);
/* Has libspice-server read what waits. */
void agent_flush(struct agent *agent);
bool agent_attached(const struct agent *agent);

/* Reads a VDAgentMonitorsConfig; returns how many monitors. Any bytes are safe. */
#define AGENT_MAX_MONITORS 16
struct VDAgentMonitorsConfig;
unsigned agent_parse_monitors(const void *data, size_t size,
		struct spice_accel_monitor out[AGENT_MAX_MONITORS]);

#endif
