/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <spice-accel/options.h>

#include "encode/encoder-info.h"

/* The socket of osvdi-encoder, as osvdi-encoder.socket has it. */
#define OPTIONS_ENCODER_SOCKET "/run/osvdi/encoder.sock"
#define SOCKET_PATH_SIZE 108u /* of a Unix socket's address */

struct spice_accel_options {
	enum spice_accel_mode mode;
	char *encoder;     /* "auto", or names with commas between, best first */
	char *preset;      /* of x264 */
	char *render_node; /* "auto" or a path */
	char *encoder_process; /* "off", "auto" or the path of a socket */
	unsigned fps, threads, quality;
	unsigned bitrate_kbps;
	bool tiles;        /* lossless, for viewers that take them */
};

/* NULL: out of memory. */
struct spice_accel_options *options_copy(const struct spice_accel_options *options);

/* The encoders that the options name, best first; test encoders only when named.
 * Returns how many. */
unsigned options_encoders(const struct spice_accel_options *options,
		struct encoder_info encoders[ENCODERS_MAX]);

/* The socket of the encoder process that is to be used; NULL: none. */
const char *options_encoder_socket(const struct spice_accel_options *options);

#endif
