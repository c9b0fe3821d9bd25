/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/probe.h"

#include <osvdi-accel-protocol.h>
#include <spice/enums.h>
#include <spice/protocol.h>
#include <string.h>

#include "base/error.h"
#include "picture/line.h"
#include "picture/talk.h"

#define SLICE_MS 100
#define READ_BYTES 65536
/* Beyond the largest screen: such a server sends for ever. */
#define MAX_BYTES (256 * 1024 * 1024)
/* Images are plain pixels, and none is kept: the caches are as small as servers allow. */
#define CACHE_PIXELS 65536

struct side {
	auto_line *line;
	auto_talk *talk;
};

struct probing {
	const struct probe_target *target;
	struct probe *probe;
	struct side main, display;
	guint32 session;
	gboolean has_session, is_old;
	guint64 bytes;
	guint8 buffer[READ_BYTES];
};

/* ------------------------------------------------------------- main channel */

static void main_open(void *data G_GNUC_UNUSED, guint32 caps G_GNUC_UNUSED)
{
}

static void main_message(void *data, guint16 type, const guint8 *body, gsize size)
{
	struct probing *p = data;

	if (type == SPICE_MSG_MAIN_INIT && size >= 20) {
		p->session = osvdi_get32(body);
		p->has_session = TRUE;
		p->probe->agent = osvdi_get32(body + 16) != 0;
	} else if (type == SPICE_MSG_MAIN_AGENT_CONNECTED ||
			type == SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS) {
		p->probe->agent = TRUE;
	}
}

/* ------------------------------------------------------------- display channel */

static void display_open(void *data, guint32 caps)
{
	struct probing *p = data;
	const guint8 off = SPICE_IMAGE_COMPRESSION_OFF;
	guint8 init[14] = { 1 };
	guint64 pixels = GUINT64_TO_LE(CACHE_PIXELS);
	guint32 window = GUINT32_TO_LE(CACHE_PIXELS);

	memcpy(init + 1, &pixels, sizeof(pixels));
	init[9] = 1;
	memcpy(init + 10, &window, sizeof(window));
	p->is_old = !(caps & 1u << SPICE_DISPLAY_CAP_PREF_COMPRESSION);
	talk_send(p->display.talk, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION, &off, 1);
	talk_send(p->display.talk, SPICE_MSGC_DISPLAY_INIT, init, sizeof(init));
}

static void display_message(void *data, guint16 type, const guint8 *body, gsize size)
{
	struct probing *p = data;

	screen_message(&p->probe->screen, type, body, size);
}

/* ------------------------------------------------------------- both */

static gboolean side_open(struct side *side, const struct probing *p, guint8 type, guint32 caps,
		const struct talk_handler *handler, GError **error)
{
	const struct probe_target *t = p->target;
	const struct line_target target = { t->host, t->tls_port ? t->tls_port : t->port,
		t->tls_port != 0, t->ca, t->host_subject };

	side->line = line_new(&target, error);
	if (side->line)
		side->talk = talk_new(type, p->session, caps, t->password, handler);
	return side->line != NULL;
}

static void side_close(struct side *side)
{
	talk_free(side->talk);
	line_free(side->line);
}

static gboolean side_step(struct side *side, struct probing *p, GError **error)
{
	gsize n;

	do {
		if (!line_step(side->line, talk_output(side->talk), p->buffer,
				    sizeof(p->buffer), &n, error) ||
				!talk_feed(side->talk, p->buffer, n, error))
			return FALSE;
		p->bytes += n;
	} while (n && p->bytes < MAX_BYTES && !screen_is_seen(&p->probe->screen));
	return TRUE;
}

static gboolean open_display(struct probing *p, GError **error)
{
	const struct talk_handler handler = { display_open, display_message, p };

	return side_open(&p->display, p, SPICE_CHANNEL_DISPLAY,
			1u << SPICE_DISPLAY_CAP_PREF_COMPRESSION, &handler, error);
}

static gboolean step(struct probing *p, GError **error)
{
	GPollFD fds[2];
	guint n = 1;

	line_poll(p->main.line, talk_output(p->main.talk)->len != 0, &fds[0]);
	if (p->display.line) {
		line_poll(p->display.line, talk_output(p->display.talk)->len != 0, &fds[1]);
		n = 2;
	}
	g_poll(fds, n, SLICE_MS);
	if (!side_step(&p->main, p, error))
		return FALSE;
	if (p->has_session && !p->display.line)
		return open_display(p, error);
	return !p->display.line || side_step(&p->display, p, error);
}

static gboolean check(const struct probing *p, GError **error)
{
	const char *why = NULL;

	if (p->is_old)
		why = "cannot send plain pixels: it is older than 0.12.6";
	else if (p->bytes >= MAX_BYTES)
		why = "sends more than the largest screen";
	if (why)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "the SPICE server %s", why);
	return !why;
}

static gboolean run(struct probing *p, const struct caller *caller, const struct clock *clock,
		gint64 deadline_us, GError **error)
{
	while (!screen_is_seen(&p->probe->screen) && clock_now_us(clock) < deadline_us)
		if (!caller_check(caller, error) || !step(p, error) || !check(p, error))
			return FALSE;
	return TRUE;
}

gboolean probe_screen(const struct probe_target *target, const struct caller *caller,
		const struct clock *clock, gint64 deadline_us, struct probe *probe,
		GError **error)
{
	struct probing *p = g_new0(struct probing, 1);
	const struct talk_handler handler = { main_open, main_message, p };
	gboolean ok;

	memset(probe, 0, sizeof(*probe));
	p->target = target;
	p->probe = probe;
	ok = side_open(&p->main, p, SPICE_CHANNEL_MAIN, 0, &handler, error) &&
			run(p, caller, clock, deadline_us, error);
	side_close(&p->display);
	side_close(&p->main);
	g_free(p);
	return ok;
}
