/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: the one server, its heads, and how it renders.
 */
#include "qemu/osdep.h"

#include "ui/spice-accel-int.h"

static struct {
    struct spice_accel_server *server;
    SpiceAccelHead *heads[SPICE_ACCEL_MAX_HEADS];
    unsigned n_heads;
    char *render_node;
    bool gl;
} state;

void qemu_spice_accel_set_server(struct spice_accel_server *server)
{
    state.server = server;
    state.n_heads = 0;
}

struct spice_accel_server *qemu_spice_accel_server(void)
{
    return state.server;
}

SpiceAccelHead *qemu_spice_accel_head(unsigned i)
{
    return i < state.n_heads ? state.heads[i] : NULL;
}

unsigned qemu_spice_accel_n_heads(void)
{
    return state.n_heads;
}

void qemu_spice_accel_append_head(SpiceAccelHead *head)
{
    g_assert(state.n_heads < SPICE_ACCEL_MAX_HEADS);
    head->index = state.n_heads;
    state.heads[state.n_heads++] = head;
}

const char *qemu_spice_accel_render_node(void)
{
    return state.render_node;
}

void qemu_spice_accel_set_renderer(const char *render_node, bool gl)
{
    g_free(state.render_node);
    state.render_node = g_strdup(render_node);
    state.gl = gl;
}

bool qemu_spice_accel_gl(void)
{
    return state.gl;
}
