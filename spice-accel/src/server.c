/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <spice.h>

#include <spice-accel/server.h>

#include "base/bottom-half.h"
#include "base/log.h"
#include "display/display.h"
#include "engine/local-engine.h"
#include "options/options.h"
#include "status.h"
#include "wire/agent.h"
#include "wire/ext-port.h"
#include "wire/port-guard.h"
#include "wire/qxl.h"
#include "wire/viewers.h"

#define MAX_HEADS 16u /* spice-gtk knows no more */

struct spice_accel_server {
	struct RedsState *spice;
	struct spice_accel_host_ops own_ops; /* NULL where the host has no callback */
	const struct spice_accel_host_ops *ops; /* points to own_ops */
	void *host;
	struct spice_accel_options *options;
	struct encoder_info encoders[ENCODERS_MAX];
	unsigned n_encoders;
	const char *encoder_socket; /* of the options */
	struct viewers *viewers;
	struct agent *agent;
	struct ext_port *ext;
	struct bottom_half answers; /* flushes the agent, the port and the guard */
	struct port_guard port_guard;
	struct spice_accel_display *displays[MAX_HEADS];
	unsigned n_displays;
	bool own_viewer;    /* the extension port speaks */
	bool viewer_tiles;  /* and takes tiles */
	bool guest_agent, absolute, running;
	int64_t input_us;   /* since 1970; 0: none yet */
};

static void on_answer(void *opaque)
{
	struct spice_accel_server *s = opaque;

	bottom_half_schedule(&s->answers);
}

/* ---- input -------------------------------------------------------------- */

void spice_accel_server_input(struct spice_accel_server *s)
{
	s->input_us = g_get_real_time();
}

static void on_pointer(void *opaque, unsigned display, uint32_t x, uint32_t y, uint32_t buttons)
{
	struct spice_accel_server *s = opaque;

	if (display >= s->n_displays)
		return;
	spice_accel_server_input(s);
	s->ops->pointer(s->host, display, x, y, buttons);
	display_input(s->displays[display]);
}

static void on_monitors(void *opaque, const struct spice_accel_monitor *monitors, unsigned n)
{
	struct spice_accel_server *s = opaque;

	if (s->ops->monitors)
		s->ops->monitors(s->host, monitors, n);
}

static const struct agent_ops agent_ops = {
	.pointer = on_pointer,
	.monitors = on_monitors,
	.answer = on_answer,
};

/* ---- viewers ------------------------------------------------------------ */

static void update_viewers(struct spice_accel_server *s)
{
	bool known;
	unsigned n = viewers_count(s->viewers, &known);
	bool own = s->own_viewer && (!known || n <= 1);

	for (unsigned i = 0; i < s->n_displays; i++)
		display_set_own_viewer(s->displays[i], own, s->viewer_tiles);
}

static void on_connected(void *opaque, const struct osvdi_client_hello *hello)
{
	struct spice_accel_server *s = opaque;

	log_info("a viewer with the extension port, version %u", hello->version);
	s->own_viewer = (hello->caps & OSVDI_CAP_ACK) != 0;
	s->viewer_tiles = (hello->caps & OSVDI_CAP_TILES) != 0;
	update_viewers(s);
}

static void on_disconnected(void *opaque)
{
	struct spice_accel_server *s = opaque;

	s->own_viewer = false;
	update_viewers(s);
}

static void on_ack(void *opaque, const struct osvdi_ack *ack)
{
	struct spice_accel_server *s = opaque;

	if (ack->display < s->n_displays)
		display_ack(s->displays[ack->display], ack);
}

static void on_key_frame(void *opaque, uint32_t display)
{
	struct spice_accel_server *s = opaque;

	if (display < s->n_displays)
		display_request_key_frame(s->displays[display]);
}

static void on_preferences(void *opaque, const struct osvdi_preferences *wish)
{
	struct spice_accel_server *s = opaque;

	for (unsigned i = 0; i < s->n_displays; i++)
		display_prefer(s->displays[i], wish);
}

static void on_sizes(void *opaque, const struct osvdi_monitors *wish)
{
	struct spice_accel_monitor monitors[OSVDI_MONITORS_MAX] = { 0 };

	for (unsigned i = 0; i < wish->n; i++) {
		monitors[i].width = wish->sizes[i].width;
		monitors[i].height = wish->sizes[i].height;
	}
	on_monitors(opaque, monitors, wish->n);
}

static const struct ext_port_ops ext_ops = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.ack = on_ack,
	.key_frame = on_key_frame,
	.preferences = on_preferences,
	.monitors = on_sizes,
	.answer = on_answer,
};

void spice_accel_server_socket_added(struct spice_accel_server *s, int fd)
{
	viewers_socket_added(s->viewers, fd);
	if (port_guard_socket_added(&s->port_guard, fd))
		bottom_half_schedule(&s->answers);
}

void spice_accel_server_channel_event(struct spice_accel_server *s, int event,
		const struct SpiceChannelEventInfo *info)
{
	viewers_channel_event(s->viewers, event, info);
	port_guard_channel_event(&s->port_guard, event, info);
	update_viewers(s);
}

/* ---- life --------------------------------------------------------------- */

/* Keeps the encoders that work here, and logs why others do not. */
static unsigned probe_encoders(struct spice_accel_server *s)
{
	struct encoder_info wanted[ENCODERS_MAX];
	unsigned n = options_encoders(s->options, wanted);
	struct job_config config = { .width = 1280, .height = 720, .fps = s->options->fps };

	if (strcmp(s->options->render_node, "auto"))
		snprintf(config.render_node, sizeof config.render_node, "%s",
				s->options->render_node);
	for (unsigned i = 0; i < n; i++) {
		char why[256];

		/* osvdi-encoder finds out by itself, where the drivers are. */
		if (s->encoder_socket ||
				local_engine_probe(wanted[i].id, &config, why, sizeof why) == 0)
			s->encoders[s->n_encoders++] = wanted[i];
		else
			log_info("encoder %s is not used: %s", wanted[i].name, why);
	}
	return s->n_encoders;
}

static void flush_answers(void *opaque)
{
	struct spice_accel_server *s = opaque;

	port_guard_pass_on(&s->port_guard);
	agent_flush(s->agent);
	if (s->ext)
		ext_port_flush(s->ext);
}

static int attach(struct spice_accel_server *s)
{
	int ret = bottom_half_init(&s->answers, s->ops, s->host, flush_answers, s);

	if (ret == 0)
		ret = qxl_allow_absolute_pointer(s->spice);
	if (ret == 0)
		ret = agent_create(&s->agent, s->spice, &agent_ops, s);
	if (ret == 0)
		ret = agent_attach(s->agent);
	if (ret == 0)
		ret = ext_port_create(&s->ext, s->spice, s->options->fps, &ext_ops, s);
	return ret;
}

int spice_accel_server_create(struct spice_accel_server **out, struct RedsState *spice,
		const struct spice_accel_options *options,
		const struct spice_accel_host_ops *ops, void *host)
{
	struct spice_accel_server *s;
	int ret = -ENOMEM;

	if (ops->size < offsetof(struct spice_accel_host_ops, monitors) || !ops->timer_add ||
			!ops->timer_start || !ops->timer_cancel || !ops->timer_remove ||
			!ops->watch_add || !ops->watch_remove || !ops->pointer)
		return -EINVAL;
	s = calloc(1, sizeof *s);
	if (!s)
		return -ENOMEM;
	s->spice = spice;
	port_guard_init(&s->port_guard);
	memcpy(&s->own_ops, ops, ops->size < sizeof *ops ? ops->size : sizeof *ops);
	s->ops = &s->own_ops;
	s->host = host;
	s->absolute = s->running = true;
	s->options = options_copy(options);
	s->viewers = viewers_create();
	if (!s->options || !s->viewers)
		goto fail;
	s->encoder_socket = options_encoder_socket(s->options);
	ret = -ENODEV;
	if (!probe_encoders(s)) {
		log_error("no encoder works here; spice-accel-probe says what each one lacks");
		goto fail;
	}
	ret = attach(s);
	if (ret < 0)
		goto fail;
	*out = s;
	return 0;

fail:
	spice_accel_server_destroy(s);
	return ret;
}

void spice_accel_server_destroy(struct spice_accel_server *s)
{
	if (!s)
		return;
	while (s->n_displays)
		display_destroy(s->displays[--s->n_displays]);
	port_guard_pass_on(&s->port_guard);
	ext_port_destroy(s->ext);
	agent_destroy(s->agent);
	bottom_half_finish(&s->answers);
	viewers_destroy(s->viewers);
	spice_accel_options_destroy(s->options);
	free(s);
}

/* ---- the host's events -------------------------------------------------- */

static void update_agent(struct spice_accel_server *s)
{
	if (s->guest_agent)
		agent_detach(s->agent);
	else if (agent_attach(s->agent) < 0)
		log_error("libspice-server takes no agent: pointer positions are relative");
}

void spice_accel_server_guest_agent(struct spice_accel_server *s, bool present)
{
	if (s->guest_agent == present)
		return;
	s->guest_agent = present;
	log_info("the guest's own agent has %s", present ? "come" : "gone");
	update_agent(s);
}

void spice_accel_server_pointer_absolute(struct spice_accel_server *s, bool absolute)
{
	if (s->absolute == absolute)
		return;
	s->absolute = absolute;
	/* Agents stay attached (they resize too); only their pointer is not used,
	 * and libspice-server falls back to relative motion. */
	spice_server_set_agent_mouse(s->spice, absolute);
}

void spice_accel_server_running(struct spice_accel_server *s, bool running)
{
	s->running = running;
}

int spice_accel_display_create(struct spice_accel_display **out, struct spice_accel_server *s)
{
	struct display_context context = {
		.spice = s->spice,
		.ops = s->ops,
		.host = s->host,
		.options = s->options,
		.encoders = s->encoders,
		.n_encoders = s->n_encoders,
		.encoder_socket = s->encoder_socket,
		.viewers = s->viewers,
		.ext = s->ext,
	};
	bool known;
	int ret;

	if (viewers_count(s->viewers, &known))
		return -EBUSY;
	if (s->n_displays == MAX_HEADS)
		return -ENOSPC;
	ret = display_create(&s->displays[s->n_displays], &context, s->n_displays);
	if (ret < 0)
		return ret;
	*out = s->displays[s->n_displays++];
	return 0;
}

char *spice_accel_server_status(struct spice_accel_server *s, enum spice_accel_status_format format)
{
	struct display_status displays[MAX_HEADS];
	struct server_status status = {
		.displays = displays,
		.n_displays = s->n_displays,
		.guest_agent = s->guest_agent,
		.absolute = s->absolute,
		.running = s->running,
		.last_input = (double)s->input_us / 1e6,
	};

	status.viewers = viewers_count(s->viewers, &status.viewers_known);
	for (unsigned i = 0; i < s->n_displays; i++)
		display_status(s->displays[i], &displays[i]);
	return format == SPICE_ACCEL_STATUS_JSON ? status_json(&status) : status_text(&status);
}
