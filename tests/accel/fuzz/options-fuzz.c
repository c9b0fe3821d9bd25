/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The host-wide key file, and single options. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "options/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two encoders by name are all that the options ask of the table. */
static const struct encoder_impl x264 = { .name = "x264", .codec = CODEC_H264 };
static const struct encoder_impl mjpeg = { .name = "mjpeg", .codec = CODEC_MJPEG };

const struct encoder_impl *encoder_impl_at(size_t i)
{
	return i == 0 ? &x264 : i == 1 ? &mjpeg : NULL;
}

const struct encoder_impl *encoder_impl_find(const char *name)
{
	for (size_t i = 0; encoder_impl_at(i); i++)
		if (!strcmp(encoder_impl_at(i)->name, name))
			return encoder_impl_at(i);
	return NULL;
}

static void check(const struct spice_accel_options *o)
{
	const struct encoder_impl *order[WORKER_MAX_ENCODERS + 1];
	unsigned n = options_encoders(o, order);

	if (n > WORKER_MAX_ENCODERS || order[n] || o->fps < 1 || o->fps > 240 || !o->preset || !o->render_node)
		abort();
	for (unsigned i = 0; i < n; i++)
		if (!order[i])
			abort();
}

static void load_file(const uint8_t *data, size_t size)
{
	struct spice_accel_options *o = spice_accel_options_create();
	int fd = memfd_create("options", MFD_CLOEXEC);
	char path[64], *why = NULL;

	if (!o || fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (spice_accel_options_load(o, path, &why) < 0 && !why)
		abort();
	free(why);
	check(o);
	close(fd);
	spice_accel_options_destroy(o);
}

static void set_one(const uint8_t *data, size_t size)
{
	struct spice_accel_options *o = spice_accel_options_create();
	char *text = malloc(size + 1), *value, *why = NULL;

	if (!o || !text)
		abort();
	memcpy(text, data, size);
	text[size] = 0;
	value = strchr(text, '=');
	if (value)
		*value++ = 0;
	if (spice_accel_options_set(o, text, value ? value : "", &why) < 0 && !why)
		abort();
	free(why);
	check(o);
	free(text);
	spice_accel_options_destroy(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	load_file(data, size);
	set_one(data, size);
	return 0;
}
