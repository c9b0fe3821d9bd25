/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The bytes tell what happens to a screen, in which order: it ends at the server's picture. */
#include <stdlib.h>

#include "screen-model.h"

/* So that no more updates are on their way than the model keeps the source of. */
#define MAX_BYTES 2000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t size;
};

static uint32_t take(struct input *in, uint32_t below)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++ % below;
}

static struct rect take_rect(struct input *in)
{
	struct rect r = { (int32_t)take(in, MODEL_W), (int32_t)take(in, MODEL_H), 0, 0 };

	r.width = 1 + (int32_t)take(in, (uint32_t)(MODEL_W - r.x));
	r.height = 1 + (int32_t)take(in, (uint32_t)(MODEL_H - r.y));
	return r;
}

static void send(struct model *m, struct input *in, uint32_t what)
{
	struct rect r = take_rect(in);

	if (m->n_frames >= MODEL_QUEUE - 2 || m->n_updates >= MODEL_QUEUE - 2)
		return;
	if (what == 0)
		model_send_key(m);
	else if (what == 1)
		model_send_frame(m, &r);
	else if (what == 2)
		model_send_tiles(m, &r);
	else
		model_send_copy(m, &r, (int32_t)take(in, (uint32_t)(MODEL_W - r.width + 1)),
				(int32_t)take(in, (uint32_t)(MODEL_H - r.height + 1)));
}

static void step(struct model *m, struct input *in)
{
	uint32_t what = take(in, 11);

	if (what < 4)
		send(m, in, what);
	else if (what == 4 && m->n_frames)
		model_take_frame(m, m->n_frames > 1);
	else if (what == 5 && m->n_frames)
		model_take_frame(m, false);
	else if (what == 6 && m->n_frames)
		model_lose_frame(m);
	else if (what == 7 && m->n_updates)
		model_take_update(m);
	else if (what == 8)
		model_set_canvas(m, take(in, 2));
	else if (what == 9)
		model_stop(m);
	else if (what == 10)
		model_wait(m, take(in, 256) * 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size < MAX_BYTES ? size : MAX_BYTES };
	struct model *m = calloc(1, sizeof *m);

	if (!m)
		return 0;
	model_init(m, 1);
	while (in.size)
		step(m, &in);
	model_settle(m);
	model_finish(m);
	free(m);
	return 0;
}
