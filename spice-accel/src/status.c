/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "status.h"

#include <string.h>

#include <glib.h>

#include <spice-accel/version.h>

static const char *codec_name(enum encoder_codec codec)
{
	return codec == CODEC_H264 ? "h264" : "mjpeg";
}

/* Numbers in JSON have a point, whatever the locale. */
static void add_number(GString *out, const char *key, double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append_printf(out, ",\"%s\":%s", key,
			g_ascii_formatd(text, sizeof text, "%.3f", value));
}

static void add_pair(GString *out, const char *name, const double pair[2])
{
	char key[32];

	g_snprintf(key, sizeof key, "%s_ms_p50", name);
	add_number(out, key, pair[0]);
	g_snprintf(key, sizeof key, "%s_ms_p99", name);
	add_number(out, key, pair[1]);
}

static void add_count(GString *out, const char *key, guint64 n)
{
	g_string_append_printf(out, ",\"%s\":%" G_GUINT64_FORMAT, key, n);
}

static const char *truth(bool b)
{
	return b ? "true" : "false";
}

static void display_json(GString *out, const struct display_status *d, unsigned head)
{
	g_string_append_printf(out, "{\"head\":%u,\"streaming\":%s,\"extension\":%s", head,
			truth(d->streaming), truth(d->own_viewer));
	g_string_append_printf(out,
			",\"width\":%u,\"height\":%u,\"codec\":\"%s\",\"encoder\":\"%s\"",
			d->width, d->height, codec_name(d->codec), d->encoder ? d->encoder : "");
	g_string_append_printf(out, ",\"encoder_process\":%s", truth(d->encoder_process));
	add_count(out, "frames", d->frames);
	add_count(out, "repeats", d->repeats);
	add_count(out, "refinements", d->refinements);
	add_count(out, "key_frames", d->key_frames);
	add_count(out, "dropped", d->dropped);
	add_count(out, "bytes", d->bytes);
	add_count(out, "encoder_failures", d->encoder_failures);
	g_string_append_printf(out, ",\"tiles_used\":%s,\"exact\":%s", truth(d->tiles_used),
			truth(d->exact));
	add_count(out, "tiles", d->tiles);
	add_count(out, "tile_bytes", d->tile_bytes);
	add_count(out, "moves", d->moves);
	add_count(out, "read_bytes", d->read_bytes);
	add_count(out, "qp", (guint64)d->qp);
	add_count(out, "target_kbps", d->target_kbps);
	add_count(out, "in_flight", d->in_flight);
	add_number(out, "fps", d->fps);
	add_number(out, "kbps", d->kbps);
	add_pair(out, "convert", d->convert_ms);
	add_pair(out, "encode", d->encode_ms);
	add_pair(out, "capture_to_wire", d->wire_ms);
	add_pair(out, "ack", d->ack_ms);
	g_string_append_c(out, '}');
}

static char *steal(GString *text)
{
	char *copy = strdup(text->str);

	g_string_free(text, TRUE);
	return copy;
}

char *status_json(const struct server_status *s)
{
	GString *out = g_string_new("{\"version\":\"" SPICE_ACCEL_VERSION "\"");

	g_string_append_printf(out, ",\"running\":%s,\"pointer\":\"%s\",\"guest_agent\":%s",
			truth(s->running), s->absolute ? "absolute" : "relative",
			truth(s->guest_agent));
	if (s->viewers_known)
		add_count(out, "viewers", s->viewers);
	add_number(out, "last_input", s->last_input);
	g_string_append(out, ",\"displays\":[");
	for (unsigned i = 0; i < s->n_displays; i++) {
		if (i)
			g_string_append_c(out, ',');
		display_json(out, &s->displays[i], i);
	}
	g_string_append(out, "]}");
	return steal(out);
}

static void display_text(GString *out, const struct display_status *d, unsigned head)
{
	g_string_append_printf(out, "display %u: ", head);
	if (!d->streaming) {
		g_string_append_printf(out, "%ux%u, nobody is watching\n", d->width, d->height);
		return;
	}
	g_string_append_printf(out, "%ux%u, %s by %s, %.1f frames/s, %.0f kbit/s (at most %u), qp "
			"%d\n",
			d->width, d->height, codec_name(d->codec), d->encoder ? d->encoder : "-",
			d->fps, d->kbps, d->target_kbps, d->qp);
	g_string_append_printf(out, "  viewer: %s%s\n", d->own_viewer ?
			"with the extension port, frames on damage" :
				"stock, frames at a steady rate",
			d->exact ? ", pixel-exact now" : "");
	g_string_append_printf(out, "  ms p50/p99: convert %.2f/%.2f, encode %.2f/%.2f, capture "
			"to wire %.2f/%.2f, acknowledged %.2f/%.2f\n",
			d->convert_ms[0], d->convert_ms[1], d->encode_ms[0], d->encode_ms[1],
			d->wire_ms[0], d->wire_ms[1], d->ack_ms[0], d->ack_ms[1]);
}

char *status_text(const struct server_status *s)
{
	GString *out = g_string_new("spice-accel " SPICE_ACCEL_VERSION ", ");

	g_string_append_printf(out, "pointer %s%s, guest %s\n",
			s->absolute ? "absolute" : "relative",
			s->guest_agent ? " by the guest's agent" : "", s->running ? "running" :
			"stopped");
	for (unsigned i = 0; i < s->n_displays; i++)
		display_text(out, &s->displays[i], i);
	return steal(out);
}
