/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * A server and a viewer, as small as they can be, with the real screen between them.
 * A pixel is a number; pictures and updates carry them as they are.
 */
#ifndef SCREEN_MODEL_H
#define SCREEN_MODEL_H

#include <osvdi-common/screen.h>

#define MODEL_W 16
#define MODEL_H 12
#define MODEL_QUEUE 64
#define MODEL_NUMBERS 512 /* that are on their way at most */

struct pixels {
	uint32_t at[MODEL_H][MODEL_W];
};

/* A picture as a decoder gives it: what was encoded since the last whole one. */
struct model_picture {
	struct pixels pixels;
	struct osvdi_frame_info info;
};

struct model {
	uint64_t seed;
	int64_t now_us, refine_us;

	/* the server */
	struct pixels source;  /* what there is to see */
	struct pixels encoded; /* the encoder's picture: up to date where frames were */
	uint32_t colour;       /* the last that was drawn */
	uint64_t number, frame;
	unsigned asked;        /* key frames that the viewer asked for */
	struct pixels sources[MODEL_NUMBERS]; /* the source with an update of that number, modulo */

	/* on their way */
	struct model_picture *frames[MODEL_QUEUE];
	struct update *updates[MODEL_QUEUE];
	unsigned n_frames, n_updates;

	/* the viewer */
	struct screen screen;
	struct pixels canvas;
	bool exact;
	unsigned held;         /* pictures */
	unsigned shows, puts, dones, drops, firsts, claims;
	struct osvdi_ack ack;  /* the last one */
	uint64_t acked, acked_updates;
};

void model_init(struct model *m, uint64_t seed);
void model_finish(struct model *m);

/* The server draws something and sends it in one of its ways. */
void model_send_frame(struct model *m, const struct rect *r);
void model_send_key(struct model *m);
void model_send_tiles(struct model *m, const struct rect *r);
void model_send_copy(struct model *m, const struct rect *to, int32_t from_x, int32_t from_y);

/* The next of a channel arrives. */
void model_take_frame(struct model *m, bool another_waits);
void model_take_update(struct model *m);
/* The next frame gets lost in the decoder. */
void model_lose_frame(struct model *m);
void model_set_canvas(struct model *m, bool there);
/* The connection ends, what was on its way is gone; and the next begins. */
void model_stop(struct model *m);
void model_wait(struct model *m, int64_t us);

/* Everything arrives and is answered; then the canvas has to be the source. */
void model_settle(struct model *m);

#endif
