/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The VA-API part of spice-accel-probe. */
#include "probe-va.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <va/va_drmcommon.h>

#include "encode/va/va-session.h"
#include "probe-formats.h"
#include "probe-surface.h"
#include "probe-times.h"

#define TARGET_KBPS 100000 /* the default ceiling */

static const struct {
	uint32_t bit;
	const char *name;
} rate_controls[] = {
	{ VA_RC_CQP, "CQP" }, { VA_RC_CBR, "CBR" }, { VA_RC_VBR, "VBR" }, { VA_RC_QVBR, "QVBR" },
	{ VA_RC_ICQ, "ICQ" },
}, headers[] = {
	{ VA_ENC_PACKED_HEADER_SEQUENCE, "sequence" }, { VA_ENC_PACKED_HEADER_PICTURE, "picture" },
	{ VA_ENC_PACKED_HEADER_SLICE, "slice" }, { VA_ENC_PACKED_HEADER_RAW_DATA, "raw" },
};

static void print_bits(const char *what, uint32_t bits, const void *table, size_t n)
{
	const struct {
		uint32_t bit;
		const char *name;
	} *names = table;
	bool any = false;

	printf("    %s:", what);
	for (size_t i = 0; i < n; i++)
		if (bits & names[i].bit) {
			printf(" %s", names[i].name);
			any = true;
		}
	printf("%s\n", any ? "" : " none");
}

static const char *profile_name(VAProfile profile)
{
	return profile == VAProfileH264High ? "High" : profile == VAProfileH264Main ? "Main" :
			"Constrained Baseline";
}

static const char *entrypoint_name(const struct va_encode_caps *c)
{
	return c->entrypoint == VAEntrypointEncSliceLP ? "EncSliceLP (fixed function)" :
			"EncSlice (uses the GPU's execution units)";
}

static void print_encoder(const struct va_encode_caps *c)
{
	printf("  %s, H.264 %s, up to %ux%u\n", entrypoint_name(c), profile_name(c->profile),
			c->max_width, c->max_height);
	print_bits("rate control", c->rate_controls, rate_controls,
			sizeof rate_controls / sizeof rate_controls[0]);
	print_bits("headers of ours", c->packed_headers, headers,
			sizeof headers / sizeof headers[0]);
	printf("    quality levels: %u, dirty rectangles: %u, regions: %s, skipped frames: %s, "
			"intra refresh: %s\n",
			c->quality_range, c->dirty_rects, c->regions ? "yes" : "no",
			c->skip_frames ? "yes" : "no", c->refresh_columns ? "columns" : "no");
}

/* Tells which encoder of a node is used, and when. */
static void print_order(const struct va_device *d, unsigned index, bool first_node)
{
	const char *why = d->encode[0].entrypoint == VAEntrypointEncSliceLP ?
			"fixed function leaves the execution units to the guests" :
			d->quirk->flags & VA_QUIRK_NO_LP ? "EncSliceLP is left alone, see quirks" :
			"this driver has no EncSliceLP for this GPU";

	if (index > 0)
		printf("    used when the one before fails\n");
	else
		printf("    used%s, as %s\n", first_node ? "" : " for scanouts of this GPU", why);
}

static void print_choice(const struct va_session *s)
{
	const char *names[] = { "CBR", "VBR", "QVBR" };
	const uint32_t controls[] = { VA_RC_CBR, VA_RC_VBR, VA_RC_QVBR };
	const char *name = NULL;

	for (unsigned i = 0; i < 3; i++)
		if (s->rate_control == controls[i])
			name = names[i];
	if (name)
		printf("    rate: the driver's %s, which can vary the quantiser within a picture\n",
				name);
	else
		printf("    rate: a quantiser of ours for each picture%s%s\n",
				s->rate.fractions ? ", in fine steps by regions" :
				", in whole steps",
				s->caps.rate_controls & ~(uint32_t)VA_RC_CQP ? "" :
						", as the driver controls none");
	printf("    headers: %s; conversion: %s\n", s->own_headers ? "the driver's" : "ours",
			s->converter.ready ? "the video processor" : s->gl ? "OpenGL" :
					"none on the GPU, scanouts are copied");
}

/* Tests bring their own. */
static const char *sysfs(void)
{
	const char *path = secure_getenv("SPICE_ACCEL_SYSFS");

	return path ? path : "/sys";
}

/* "i915", or NULL. */
static const char *kernel_driver(const char *node, char *buffer, size_t size)
{
	const char *name = strrchr(node, '/');
	char path[256], *base;
	ssize_t n;

	snprintf(path, sizeof path, "%s/class/drm/%s/device/driver", sysfs(),
			name ? name + 1 : node);
	n = readlink(path, buffer, size - 1);
	if (n <= 0)
		return NULL;
	buffer[n] = 0;
	base = strrchr(buffer, '/');
	return base ? base + 1 : buffer;
}

static void hint_huc(void)
{
	char path[300];
	FILE *f;
	int value = 0;

	snprintf(path, sizeof path, "%s/module/i915/parameters/enable_guc", sysfs());
	f = fopen(path, "re");

	if (f && fscanf(f, "%d", &value) != 1)
		value = 0;
	if (f)
		fclose(f);
	if (!(value & 2))
		printf("  hint: EncSliceLP has no rate control because the HuC firmware is not "
				"loaded (i915.enable_guc is %d).\n"
				"        i915.enable_guc=2 on the kernel's command line loads it; "
				"the package is firmware-misc-nonfree.\n"
				"        Hosts of GVT-g guests need the value 2, not 3: GVT-g "
				"refuses GuC submission.\n",
				value);
}

static void print_hints(const struct va_device *d)
{
	char buffer[512];
	const char *kernel = kernel_driver(d->node, buffer, sizeof buffer);
	bool intel = strstr(d->vendor, "Intel") != NULL;

	printf("  kernel driver: %s\n", kernel ? kernel : "unknown");
	printf("  quirks: %s\n", d->quirk->source);
	if (!d->n_encode)
		printf("  hint: this driver does not encode H.264 on this GPU.%s\n", intel ?
				" On Debian the package intel-media-va-driver-non-free does more." :
					"");
	if (!d->has_vpp)
		printf("  hint: no video processor: OpenGL converts scanouts, which takes "
				"execution units from guests.%s\n",
				intel ? " On Debian the package intel-media-va-driver-non-free "
				"has it." : "");
	if (intel && kernel && !strcmp(kernel, "i915") && d->n_encode &&
			d->encode[0].entrypoint == VAEntrypointEncSliceLP &&
			!(d->encode[0].rate_controls & ~(uint32_t)VA_RC_CQP))
		hint_huc();
	if (!d->prime2 && !d->prime1)
		printf("  hint: the driver imports no DMA-BUFs; every scanout is copied by the "
				"CPU.\n");
}

struct measurement {
	struct probe_times source, submit, wait, copy, total;
	size_t bytes;
};

static bool measurement_init(struct measurement *m, unsigned frames)
{
	struct probe_times *all[] = { &m->source, &m->submit, &m->wait, &m->copy, &m->total };
	bool ok = true;

	memset(m, 0, sizeof *m);
	for (unsigned i = 0; i < 5; i++) {
		all[i]->us = calloc(frames, sizeof all[i]->us[0]);
		ok = ok && all[i]->us;
	}
	return ok;
}

static void measurement_finish(struct measurement *m)
{
	free(m->source.us);
	free(m->submit.us);
	free(m->wait.us);
	free(m->copy.us);
	free(m->total.us);
}

static void add_times(struct measurement *m, const struct va_times *t)
{
	m->source.us[m->source.n++] = t->source_us;
	m->submit.us[m->submit.n++] = t->submit_us;
	m->wait.us[m->wait.n++] = t->wait_us;
	m->copy.us[m->copy.n++] = t->copy_us;
	m->total.us[m->total.n++] = t->source_us + t->submit_us + t->wait_us + t->copy_us;
}

static int measure_frames(struct va_session *s, struct probe_surfaces *surfaces, unsigned frames,
		struct measurement *m)
{
	struct damage damage = { 0 };
	struct packet packet = { 0 };
	int ret = 0;

	damage_add_all(&damage, s->stream.width, s->stream.height);
	for (unsigned i = 0; i < frames && ret == 0; i++) {
		struct encode_request request = { .key = i == 0, .qp = 24, .damage = &damage,
			.number = i + 1, .frame = surfaces->frames[i % PROBE_SURFACES] };

		packet_reset(&packet);
		ret = va_session_load(s, &request);
		if (ret == 0)
			ret = va_session_encode(s, &request, &packet);
		if (ret == 0 && i > 0) /* the first is an IDR, and warms up */
			add_times(m, &s->times);
		m->bytes += packet.size;
	}
	packet_finish(&packet);
	return ret;
}

static void print_measurement(struct measurement *m, uint32_t width, uint32_t height)
{
	printf("  measured, %ux%u, %u pictures from DMA-BUFs, %zu bytes each:\n", width, height,
			m->total.n, m->bytes / (m->total.n + 1));
	probe_print_times("import, submit the conversion", &m->source);
	probe_print_times("submit the encode", &m->submit);
	probe_print_times("wait for the GPU", &m->wait);
	probe_print_times("copy the coded bytes", &m->copy);
	probe_print_times("in all", &m->total);
}

static void measure(const struct va_device *device, unsigned index, uint32_t width, uint32_t height,
		unsigned frames)
{
	struct encoder_params params = { .width = width, .height = height, .fps = 60,
		.bitrate_kbps = TARGET_KBPS };
	struct va_tuning tuning;
	struct va_session session;
	struct probe_surfaces surfaces;
	struct measurement m;
	char why[512];
	int ret;

	va_tuning_read(&tuning);
	if (va_session_open(&session, device->node, index, &params, &tuning, why, sizeof why) < 0) {
		printf("  not usable: %s\n", why);
		return;
	}
	print_choice(&session);
	if (frames < 2) {
		va_session_close(&session);
		return;
	}
	ret = probe_surfaces_create(&session.device, &surfaces, width, height);
	if (ret < 0) {
		printf("  not measured: no DMA-BUF of a picture (%s)\n", strerror(-ret));
	} else {
		if (measurement_init(&m, frames)) {
			printf("  a scanout of format XR24 has modifier %#llx here\n",
					(unsigned long long)surfaces.frames[0]->dmabuf.modifier);
			ret = measure_frames(&session, &surfaces, frames, &m);
			if (ret == 0)
				print_measurement(&m, width, height);
			else
				printf("  not measured: %s\n", strerror(-ret));
		}
		measurement_finish(&m);
		probe_surfaces_finish(&session.device, &surfaces);
	}
	va_session_close(&session);
}

unsigned probe_va(const char *only, uint32_t width, uint32_t height, unsigned frames)
{
	char nodes[VA_MAX_NODES][VA_NODE_PATH];
	unsigned n = va_nodes(only, nodes), able = 0;

	if (!n)
		printf("no render node in /dev/dri: no GPU, or its kernel driver is not loaded\n");
	for (unsigned i = 0; i < n; i++) {
		struct va_device device;
		char why[512];

		printf("\n%s\n", nodes[i]);
		if (va_device_open(&device, nodes[i], why, sizeof why) < 0) {
			printf("  %s\n", why);
			continue;
		}
		printf("  driver: %s\n", device.vendor);
		print_hints(&device);
		printf("  video processor: %s%s; import: %s%s%s\n", device.has_vpp ? "yes" : "no",
				device.vpp_flip ? ", flips" : "",
				device.prime2 ? "by modifier" : "",
				device.prime2 && device.prime1 ? ", " : "",
				device.prime1 ? "by the kernel's tiling" : "");
		probe_print_formats(&device);
		for (unsigned e = 0; e < device.n_encode; e++) {
			print_encoder(&device.encode[e]);
			print_order(&device, e, i == 0);
			measure(&device, e, width, height, frames);
		}
		able += device.n_encode > 0;
		va_device_close(&device);
	}
	return able;
}
