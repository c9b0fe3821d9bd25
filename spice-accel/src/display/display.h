/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef DISPLAY_H
#define DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <osvdi-accel-protocol.h>
#include <spice-accel/server.h>

#include "encode/encoder-info.h"
#include "base/stats.h"

/* A display gets these from its server. */
struct display_context {
	struct RedsState *spice;
	const struct spice_accel_host_ops *ops;
	void *host;
	const struct spice_accel_options *options;
	const struct encoder_info *encoders; /* that work here, best first; at most ENCODERS_MAX */
	unsigned n_encoders;
	struct viewers *viewers;
	const char *encoder_socket; /* of osvdi-encoder; NULL: encode in this process */
	struct ext_port *ext; /* where tiles go; NULL: nowhere */
};

/* Snapshot for the status. */
struct display_status {
	bool streaming, own_viewer;
	uint32_t width, height;
	const char *encoder; /* NULL: none yet */
	bool encoder_process; /* the last frame was encoded by osvdi-encoder */
	enum encoder_codec codec;
	uint64_t frames, repeats, refinements, key_frames, dropped, bytes, encoder_failures;
	double fps, kbps;
	double convert_ms[2], encode_ms[2], wire_ms[2], ack_ms[2]; /* p50, p99 */
	int qp;
	uint32_t target_kbps;
	unsigned in_flight;
	bool tiles_used, exact;
	uint64_t tiles, tile_bytes, moves;
	uint64_t read_bytes; /* of DMA-BUFs, that the processor read */
};

/* 0, negative errno. Thread: host thread, all of these. */
int display_create(struct spice_accel_display **out, const struct display_context *context,
		unsigned head);
void display_destroy(struct spice_accel_display *display);

/* The only viewer is ours: it gets frames on damage only, paced by acknowledgements. tiles: the
 * viewer takes lossless tiles. */
void display_set_own_viewer(struct spice_accel_display *display, bool own, bool tiles);
void display_ack(struct spice_accel_display *display, const struct osvdi_ack *ack);
void display_request_key_frame(struct spice_accel_display *display);
void display_prefer(struct spice_accel_display *display, const struct osvdi_preferences *wish);
void display_status(struct spice_accel_display *display, struct display_status *status);
bool display_streaming(const struct spice_accel_display *display);
/* The guest will react to input soon. */
void display_input(struct spice_accel_display *display);

#endif
