/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* VA-API's H.264 encoders: which device and entrypoint, and what follows when
 * one fails. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "encode/encoder-list.h"
#include "encode/va/va-session.h"

#define ENCODERS_PER_NODE 2u
/* One picture waits for at most so many GPUs that hang: a viewer does not wait longer. */
#define MAX_HANGS 2u

struct encoder_va {
	struct encoder base;
	struct encoder_params params; /* render_node is ours */
	char *render_node;
	struct va_tuning tuning;
	unsigned n_nodes;
	char nodes[VA_MAX_NODES][VA_NODE_PATH];
	unsigned next; /* node * ENCODERS_PER_NODE + encoder to try next */
	char refused[VA_NODE_PATH]; /* a scanout's GPU that does not encode */
	struct va_session session;
};

static bool wanted(const struct encoder_va *e)
{
	return !e->tuning.entrypoint || e->session.caps.entrypoint == e->tuning.entrypoint;
}

/* Opens the first that works from e->next on; errors as va_session_open(). */
static int open_next(struct encoder_va *e, char *why, size_t size)
{
	int ret = -ENODEV;

	while (e->next < e->n_nodes * ENCODERS_PER_NODE) {
		unsigned i = e->next++;
		int now = va_session_open(&e->session, e->nodes[i / ENCODERS_PER_NODE],
				i % ENCODERS_PER_NODE, &e->params, &e->tuning, why, size);

		if (now == 0 && wanted(e))
			return 0;
		if (now == 0)
			va_session_close(&e->session);
		else if (now != -ENOENT || ret == -ENODEV)
			ret = now;
	}
	return ret == -ENOENT ? -ENODEV : ret;
}

static int va_probe(const struct encoder_params *params, char *why, size_t size)
{
	char nodes[VA_MAX_NODES][VA_NODE_PATH];
	unsigned n = va_nodes(params->render_node, nodes);
	int ret = -ENODEV;

	snprintf(why, size, "no render node in /dev/dri: no GPU, or its kernel driver is not "
			"loaded");
	for (unsigned i = 0; i < n && ret < 0; i++) {
		struct va_device device;

		ret = va_device_open(&device, nodes[i], why, size);
		if (ret < 0)
			continue;
		if (!device.n_encode) {
			snprintf(why, size,
					"%s (%s) does not encode H.264; on Debian "
					"intel-media-va-driver-non-free does for more Intel GPUs",
					nodes[i], device.vendor);
			ret = -ENODEV;
		}
		va_device_close(&device);
	}
	if (ret == 0 && size)
		why[0] = 0;
	return ret;
}

static void va_destroy(struct encoder *base)
{
	struct encoder_va *e = (struct encoder_va *)base;

	va_session_close(&e->session);
	free(e->render_node);
	free(e);
}

static int va_create(struct encoder **out, const struct encoder_params *params)
{
	struct encoder_va *e = calloc(1, sizeof *e);
	char why[512] = "no render node";
	int ret;

	if (!e)
		return -ENOMEM;
	e->base.impl = &encoder_va;
	e->params = *params;
	e->params.preset = NULL;
	if (params->render_node) {
		e->params.render_node = e->render_node = strdup(params->render_node);
		if (!e->render_node) {
			free(e);
			return -ENOMEM;
		}
	}
	va_tuning_read(&e->tuning);
	e->n_nodes = va_nodes(e->render_node, e->nodes);
	ret = open_next(e, why, sizeof why);
	if (ret < 0) {
		log_info("encoder va: %s", why);
		va_destroy(&e->base);
		return ret;
	}
	*out = &e->base;
	return 0;
}

/* After a GPU hung no encoder of that GPU is tried; after an encoder failed its GPU's next
 * encoder is. */
static int replace_session(struct encoder_va *e, int error)
{
	char old[16], node[VA_NODE_PATH], why[512] = "";
	int ret;

	snprintf(e->base.failure, sizeof e->base.failure, "%s", e->session.device.failure);
	snprintf(old, sizeof old, "%s", e->session.caps.entrypoint == VAEntrypointEncSliceLP ?
			"EncSliceLP" : "EncSlice");
	memcpy(node, e->session.device.node, sizeof node);
	if (error == -ETIME)
		va_session_abandon(&e->session);
	else
		va_session_close(&e->session);
	if (error == -ETIME)
		e->next = (e->next + ENCODERS_PER_NODE - 1) / ENCODERS_PER_NODE * ENCODERS_PER_NODE;
	ret = open_next(e, why, sizeof why);
	if (ret == 0 && strcmp(node, e->session.device.node))
		memcpy(e->refused, node, sizeof node); /* never goes back to this GPU */
	if (ret == 0)
		log_warning("encoder va: %s failed (%s); %s on %s takes over", old, e->base.failure,
				e->session.caps.entrypoint == VAEntrypointEncSliceLP ?
						"EncSliceLP" : "EncSlice",
				e->session.device.node);
	return ret;
}

/* Puts the node first; the others follow as before. */
static void prefer_node(struct encoder_va *e, const char *node)
{
	unsigned at = 0;

	while (at < e->n_nodes && strcmp(e->nodes[at], node))
		at++;
	if (at == e->n_nodes && e->n_nodes < VA_MAX_NODES)
		e->n_nodes++;
	if (at == VA_MAX_NODES)
		at--;
	memmove(e->nodes[1], e->nodes[0], at * sizeof e->nodes[0]);
	snprintf(e->nodes[0], VA_NODE_PATH, "%s", node);
	e->next = 0;
}

/* With several GPUs the scanout's own one encodes it, unless the host's
 * settings name another. True: the session is a new one. */
static bool follow_scanout(struct encoder_va *e, const struct encode_request *request)
{
	const char *node = request->frame ? request->frame->render_node : NULL;
	char why[512] = "";

	if (!node || e->params.render_node || !strcmp(node, e->session.device.node) ||
			!strcmp(node, e->refused) || strlen(node) >= VA_NODE_PATH)
		return false;
	va_session_close(&e->session);
	prefer_node(e, node);
	if (open_next(e, why, sizeof why) == 0 && !strcmp(node, e->session.device.node))
		return true;
	snprintf(e->refused, sizeof e->refused, "%s", node);
	log_warning("encoder va: the scanout's GPU (%s) does not encode: %s; %s", node, why,
			e->session.open ? "another one does" : "none does");
	return true;
}

static int encode_once(struct encoder_va *e, const struct encode_request *request,
		struct packet *out)
{
	int ret = 0;

	/* A refined picture has the same pixels as the picture before. */
	if (!va_session_can_skip(&e->session, request) &&
			(request->kind == ENCODE_NEW || !e->session.started))
		ret = va_session_load(&e->session, request);
	return ret < 0 ? ret : va_session_encode(&e->session, request, out);
}

static int va_encode(struct encoder *base, const struct encode_request *request,
		struct packet *out)
{
	struct encoder_va *e = (struct encoder_va *)base;
	struct encode_request again = *request;
	unsigned hangs = 0;
	int ret;

	if (!e->session.open)
		return -ENODEV;
	if (follow_scanout(e, request))
		again.key = true;
	if (!e->session.open)
		return -ENODEV;
	for (;;) {
		e->session.device.failure[0] = 0;
		ret = encode_once(e, &again, out);
		e->base.source_us = e->session.times.source_us;
		e->base.wait_us = e->session.times.wait_us;
		if (ret == -ENOTSUP || ret == -ENOMEM)
			snprintf(e->base.failure, sizeof e->base.failure, "%s",
					e->session.device.failure);
		if (ret == 0 || ret == -ENOTSUP || ret == -ENOMEM)
			return ret;
		hangs += ret == -ETIME;
		if (replace_session(e, ret) < 0 || hangs == MAX_HANGS)
			return ret;
		packet_reset(out);
		again.key = true;
	}
}

static void va_set_bitrate(struct encoder *base, uint32_t kbps)
{
	struct encoder_va *e = (struct encoder_va *)base;

	e->params.bitrate_kbps = kbps;
	va_session_set_bitrate(&e->session, kbps);
}

const struct encoder_impl encoder_va = {
	.name = "va",
	.codec = CODEC_H264,
	.caps = ENCODER_DMABUF | ENCODER_QP | ENCODER_CHEAP_REPEAT | ENCODER_HARDWARE |
			ENCODER_BOUNDED,
	.input = PICTURE_NV12,
	.probe = va_probe,
	.create = va_create,
	.encode = va_encode,
	.set_bitrate = va_set_bitrate,
	.destroy = va_destroy,
};
