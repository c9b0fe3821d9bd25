/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The va encoder keeps to a rate, with each rate control of the driver and its own. */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "rig.h"

static struct soft_va_api soft;

/* Film grain in the lower half: what does not compress. */
static void add_grain(struct scene *s, unsigned t)
{
	for (uint32_t i = s->width * s->height / 2; i < s->width * s->height; i++) {
		uint32_t x = (t * 2654435761u + i) * 2246822519u;

		s->pixels[i] ^= (x ^ x >> 15) & 0x7f7f7f;
	}
}

/* A picture like none before, every half second. */
static void draw_cuts(struct scene *s, unsigned t)
{
	scene_draw(s, t);
	if (t / 15 % 2)
		for (uint32_t i = 0; i < s->width * s->height; i++)
			s->pixels[i] = (s->pixels[i] ^ i * 2654435761u >> 9) & 0xf0f0f0;
}

struct rate_run {
	const char *mode, *settings;
	uint32_t kbps;
	bool cuts;      /* instead of grain */
	double least;   /* of the rate that must be used; 0: any */
};

/* Eleven seconds, of which the first is for rate control to settle: the rate is
 * kept, and no picture is larger than the buffer, key frames and cuts included.
 * Then nothing moves, and all is seen as it is: viewers have what the encoder
 * refers to, whatever was tried before. */
static void run_rate(const struct rate_run *run)
{
	struct scene scene = scene_new(640, 360);
	struct damage damage = rig_all(&scene);
	double share = run->kbps * 1000.0 / 8 / 30, rate;
	struct soft_va_counters before, after;
	struct picture picture;
	struct rig rig;
	size_t total = 0, largest = 0;

	setenv("SPICE_ACCEL_VA_RC", run->mode, 1);
	CHECK_INT(soft.configure(run->settings), 0);
	soft.get_counters(&before);
	rig = rig_open(640, 360, run->kbps);
	CHECK_INT(picture_init(&picture, PICTURE_NV12, 640, 360), 0);
	for (unsigned t = 0; t < 370; t++) {
		if (run->cuts && t < 330)
			draw_cuts(&scene, t);
		else
			scene_draw(&scene, t < 330 ? t : 330);
		if (!run->cuts && t < 330)
			add_grain(&scene, t);
		scene_picture(&scene, &picture);
		rig_encode(&rig, (struct encode_request){ .picture = &picture, .damage = &damage,
				.key = t == 0 || t == 200, .qp = 12 });
		largest = rig.packet.size > largest ? rig.packet.size : largest;
		total += t < 30 || t >= 330 ? 0 : rig.packet.size;
	}
	rig_check(&rig, &scene, 42);
	soft.get_counters(&after);
	rate = (double)total / 300 / share;
	printf("# %s%s%s, %s: %.0f %% of %u kbit/s, largest picture %.2f of its share, %llu of 370 "
			"encoded again\n",
			run->mode, run->settings ? " " : "", run->settings ? run->settings : "",
			run->cuts ? "cuts" : "grain", rate * 100, run->kbps,
			(double)largest / share,
			(unsigned long long)(after.retries - before.retries));
	CHECK(rate > run->least && rate < 1.1);
	CHECK((double)largest <= share);
	CHECK_INT(after.rejects, before.rejects);
	picture_finish(&picture);
	scene_free(&scene);
	rig_close(&rig);
	CHECK_INT(soft.configure(NULL), 0);
	unsetenv("SPICE_ACCEL_VA_RC");
}

int main(void)
{
	static const struct rate_run runs[] = {
		{ "cqp", NULL, 2000, false, 0.9 }, { "cbr", NULL, 2000, false, 0.9 },
		{ "vbr", NULL, 2000, false, 0.9 }, { "qvbr", NULL, 2000, false, 0.9 },
		{ "cqp", NULL, 6000, false, 0.9 },
		{ "cqp", NULL, 4000, true, 0 }, { "vbr", NULL, 4000, true, 0 },
		{ "cqp", "no-roi", 2000, false, 0.5 }, /* whole steps of the quantiser only */
	};

	soft = test_va_api();
	setenv("SPICE_ACCEL_VA_LIMIT_MS", "60000", 1); /* a processor does a GPU's work */
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		run_rate(&runs[i]);
	return 0;
}
