/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/gst/gst-elements.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define VBV_MS 33u /* two frames at 60 Hz */
/* V4L2's GOP size has no value for "never"; drivers take 16 bits at least. */
#define V4L2_GOP "65535"
/* oneVPL takes 0 for its own choice, and 0xffff for "never" (mfxInfoMFX::GopPicSize). */
#define QSV_GOP "65535"

/*
 * Settings from the elements' reference (gstreamer.freedesktop.org,
 * documentation of nvcodec, qsv, amfcodec, video4linux2, x264, openh264;
 * versions 1.22 to 1.26, of which one or the other lacks some).
 */
static const struct encoder_element elements[] = {
	{
		.name = "nvh264enc",
		.plugin = "nvcodec",
		.device = "/dev/nvidia[0-9]*",
		.needs = "/dev/nvidiactl /dev/nvidia-uvm",
		.remedy = "install gstreamer1.0-plugins-bad and the NVIDIA driver's "
			"libnvidia-encode1",
		/* A version that has the preset p1 prefers it, and needs tune with it. */
		.settings = "preset=low-latency-hp preset=p1 tune=ultra-low-latency rc-mode=cbr "
			"rate-control=cbr "
			"zerolatency=true zero-reorder-delay=true gop-size=-1 bframes=0 b-frames=0 "
			"rc-lookahead=0 repeat-sequence-header=true aud=false",
		.bitrate = "bitrate", .bitrate_unit = 1000,
		.buffer = "vbv-buffer-size", .buffer_unit = 1000,
	},
	{
		.name = "qsvh264enc",
		.plugin = "qsv",
		.device = "/dev/dri/renderD*",
		.remedy = "install gstreamer1.0-plugins-bad and Intel's oneVPL or Media SDK "
			"runtime",
		.settings = "low-latency=true target-usage=7 rate-control=cbr "
			"gop-size=" QSV_GOP " b-frames=0 ref-frames=1",
		.bitrate = "bitrate", .bitrate_unit = 1000,
	},
	{
		.name = "amfh264enc",
		.plugin = "amfcodec",
		.device = "/dev/dri/renderD*",
		.remedy = "install gstreamer1.0-plugins-bad with amfcodec and AMD's AMF runtime",
		.settings = "usage=ultra-low-latency preset=speed rate-control=cbr gop-size=0 "
			"b-frames=0 aud=false",
		.bitrate = "bitrate", .bitrate_unit = 1000,
	},
	{
		.name = "v4l2h264enc",
		.plugin = "video4linux2",
		.device = "/dev/video[0-9]*",
		.remedy = "install gstreamer1.0-plugins-good; this machine's video nodes may be "
			"no encoders",
		.settings = "",
		.import = "output-io-mode=dmabuf-import", .copy = "output-io-mode=auto",
		.controls = true,
		.dmabuf = true,
	},
	{
		.name = "x264enc",
		.plugin = "x264",
		.remedy = "install gstreamer1.0-plugins-ugly",
		.settings = "tune=zerolatency speed-preset=ultrafast bframes=0 "
			"key-int-max=1073741824 "
			"cabac=false aud=false byte-stream=true option-string=scenecut=0",
		.bitrate = "bitrate", .bitrate_unit = 1000,
		.buffer = "vbv-buf-capacity",
		.import = "byte-stream=true", .copy = "byte-stream=true", /* as v4l2h264enc */
		.convert = true, /* for what is behind a descriptor */
		.dmabuf = true,
	},
	{
		.name = "openh264enc",
		.plugin = "openh264",
		.remedy = "install gstreamer1.0-plugins-bad and libopenh264",
		.settings = "rate-control=bitrate complexity=low gop-size=0 "
			"scene-change-detection=false "
			"enable-frame-skip=false background-detection=false",
		.bitrate = "bitrate", .bitrate_unit = 1,
		.convert = true,
	},
};

static bool device_exists(const char *pattern)
{
	glob_t found;
	bool any = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;

	if (any)
		globfree(&found);
	return any;
}

static bool wanted(const struct encoder_element *info)
{
	const char *name = secure_getenv(GST_ELEMENT_VARIABLE);

	if (name && *name)
		return !strcmp(name, info->name);
	return info->device && device_exists(info->device);
}

const struct encoder_element *encoder_element_at(size_t i)
{
	for (size_t k = 0; k < G_N_ELEMENTS(elements); k++)
		if (wanted(&elements[k]) && i-- == 0)
			return &elements[k];
	return NULL;
}

bool encoder_element_allowed(const struct encoder_element *info, char *why, size_t size)
{
	g_auto(GStrv) files = g_strsplit(info->needs ? info->needs : "", " ", -1);

	for (unsigned i = 0; files[i] && *files[i]; i++) {
		int fd = open(files[i], O_RDWR | O_CLOEXEC);

		if (fd < 0) {
			snprintf(why, size, "%s needs %s: %s", info->name, files[i],
					strerror(errno));
			return false;
		}
		close(fd);
	}
	return true;
}

static bool has_property(GstElement *element, const char *name)
{
	return g_object_class_find_property(G_OBJECT_GET_CLASS(element), name) != NULL;
}

static void apply(GstElement *element, const char *settings)
{
	g_auto(GStrv) pairs = g_strsplit(settings, " ", -1);

	for (unsigned i = 0; pairs[i]; i++) {
		char *value = strchr(pairs[i], '=');

		if (!value)
			continue;
		*value++ = 0;
		if (has_property(element, pairs[i]))
			gst_util_set_object_arg(G_OBJECT(element), pairs[i], value);
	}
}

static void set_number(GstElement *element, const char *name, uint64_t value)
{
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

	if (name && has_property(element, name))
		gst_util_set_object_arg(G_OBJECT(element), name, text);
}

static void set_controls(GstElement *element, uint32_t kbps)
{
	g_autofree char *text = g_strdup_printf("controls,repeat_sequence_header=1,"
			"video_b_frames=0,"
			"video_gop_size=" V4L2_GOP ",h264_i_frame_period=" V4L2_GOP ","
			"video_bitrate_mode=1,video_bitrate=%u", kbps * 1000);

	gst_util_set_object_arg(G_OBJECT(element), "extra-controls", text);
}

void encoder_element_set_import(const struct encoder_element *info, GstElement *element,
		bool import)
{
	const char *settings = import ? info->import : info->copy;

	if (settings)
		apply(element, settings);
}

void encoder_element_set_bitrate(const struct encoder_element *info, GstElement *element,
		uint32_t kbps)
{
	uint64_t bits = (uint64_t)kbps * 1000;

	if (info->controls) {
		set_controls(element, kbps);
		return;
	}
	if (!info->bitrate)
		return;
	set_number(element, "max-bitrate", bits / info->bitrate_unit);
	set_number(element, info->bitrate, bits / info->bitrate_unit);
	if (info->buffer_unit)
		set_number(element, info->buffer, bits * VBV_MS / 1000 / info->buffer_unit);
}

void encoder_element_configure(const struct encoder_element *info, GstElement *element,
		const struct encoder_params *params)
{
	apply(element, info->settings);
	if (params->threads) {
		set_number(element, "threads", params->threads);
		set_number(element, "multi-thread", params->threads);
	}
	if (!info->buffer_unit)
		set_number(element, info->buffer, VBV_MS);
	encoder_element_set_bitrate(info, element,
			params->bitrate_kbps ? params->bitrate_kbps : 20000);
}
