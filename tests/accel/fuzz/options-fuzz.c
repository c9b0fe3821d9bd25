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
static const struct encoder_info infos[] = { { .name = "x264", .codec = CODEC_H264 },
	{ .id = 1, .name = "mjpeg", .codec = CODEC_MJPEG } };

bool encoder_info_at(size_t i, struct encoder_info *info)
{
	if (i >= 2)
		return false;
	*info = infos[i];
	return true;
}

bool encoder_info_find(const char *name, struct encoder_info *info)
{
	for (size_t i = 0; encoder_info_at(i, info); i++)
		if (!strcmp(info->name, name))
			return true;
	return false;
}

static void check(const struct spice_accel_options *o)
{
	struct encoder_info encoders[ENCODERS_MAX];
	unsigned n = options_encoders(o, encoders);

	if (n > ENCODERS_MAX || o->fps < 1 || o->fps > 240 || !o->preset || !o->render_node ||
			strlen(o->render_node) >= RENDER_NODE_SIZE)
		abort();
	for (unsigned i = 0; i < n; i++)
		if (strcmp(encoders[i].name, infos[encoders[i].id].name))
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
