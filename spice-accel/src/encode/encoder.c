/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/encoder.h"

#include <stdio.h>
#include <string.h>

#include "config.h"
#include "encode/encoder-list.h"

static const struct encoder_impl *const impls[] = {
#if HAVE_VA
	&encoder_va,
#endif
#if HAVE_GST
	&encoder_gst,
#endif
#if HAVE_X264
	&encoder_x264,
#endif
#if HAVE_MJPEG
	&encoder_mjpeg,
#endif
	&encoder_fake,
};

const struct encoder_impl *encoder_impl_at(size_t i)
{
	return i < sizeof impls / sizeof impls[0] ? impls[i] : NULL;
}

const struct encoder_impl *encoder_impl_find(const char *name)
{
	for (size_t i = 0; i < sizeof impls / sizeof impls[0]; i++)
		if (!strcmp(impls[i]->name, name))
			return impls[i];
	return NULL;
}

uint32_t encoder_id(const struct encoder_impl *impl)
{
	uint32_t id = 0;

	while (impls[id] != impl)
		id++;
	return id;
}

bool encoder_info_at(size_t i, struct encoder_info *info)
{
	const struct encoder_impl *impl = encoder_impl_at(i);

	memset(info, 0, sizeof *info);
	if (!impl)
		return false;
	info->id = (uint32_t)i;
	snprintf(info->name, sizeof info->name, "%s", impl->name);
	info->codec = impl->codec;
	info->caps = impl->caps;
	return true;
}

bool encoder_info_find(const char *name, struct encoder_info *info)
{
	const struct encoder_impl *impl = encoder_impl_find(name);

	return encoder_info_at(impl ? encoder_id(impl) : SIZE_MAX, info);
}

int encoder_probe(const struct encoder_impl *impl, const struct encoder_params *params,
		char *why, size_t size)
{
	if (size)
		why[0] = 0;
	return impl->probe ? impl->probe(params, why, size) : 0;
}

int encoder_create(struct encoder **out, const struct encoder_impl *impl,
		const struct encoder_params *params)
{
	return impl->create(out, params);
}

int encoder_encode(struct encoder *encoder, const struct encode_request *request,
		struct packet *out)
{
	return encoder->impl->encode(encoder, request, out);
}

void encoder_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
	if (encoder->impl->set_bitrate)
		encoder->impl->set_bitrate(encoder, kbps);
}

void encoder_destroy(struct encoder *encoder)
{
	if (encoder)
		encoder->impl->destroy(encoder);
}
