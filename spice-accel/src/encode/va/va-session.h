/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_SESSION_H
#define VA_SESSION_H

#include "encode/encoder.h"
#include "encode/h264/h264-repeat.h"
#include "encode/va/va-params.h"
#include "encode/va/va-rate.h"
#include "gpu/va-convert.h"
#include "gpu/va-import.h"

struct va_gl;

/* Settings that the environment may change; docs/admin/gpu.md. */
struct va_tuning {
	uint32_t rate_control;    /* VA_RC_*; 0: the best there is */
	uint32_t refresh_columns; /* macroblocks of rolling intra refresh a picture; 0: none */
	VAEntrypoint entrypoint;  /* 0: any */
	uint32_t limit_ms;        /* a picture that takes longer means that the GPU hangs */
};

void va_tuning_read(struct va_tuning *tuning);

/** How long the last picture took, all tries, microseconds. */
struct va_times {
	uint32_t source_us; /* import and submission of the conversion, or upload */
	uint32_t submit_us; /* submission of the encode */
	uint32_t wait_us;   /* for the GPU */
	uint32_t copy_us;   /* copy of the coded bytes */
	uint32_t tries;     /* 0: the GPU was not asked */
};

/**
 * One way to encode on one device: a display, a context, its surfaces.
 *
 * Thread: one at a time, that of the encoder.
 */
struct va_session {
	struct va_device device;
	struct va_encode_caps caps;
	struct va_tuning tuning;
	struct va_stream stream;
	VAConfigID config;
	VAContextID context;
	VASurfaceID source, recon[2];
	VABufferID coded;
	struct va_converter converter;
	struct va_gl *gl; /* instead of the converter; may be NULL too */
	struct va_imports imports;
	bool open, has_context, uploaded; /* uploaded: source holds the last picture of memory */
	bool own_headers; /* the driver writes them, we follow */
	bool no_sync_buffer;

	/* the stream so far */
	bool started;
	unsigned current; /* recon with the last picture */
	uint32_t frame_num, idr_pic_id;
	uint32_t skipped, skipped_bytes;
	uint32_t refresh_column;
	struct h264_repeat repeat; /* own_headers */
	struct packet scratch;

	/* rate control */
	uint32_t rate_control; /* VA_RC_* */
	struct va_rate rate;
	uint32_t told_kbps; /* to the driver */
	int told_min_qp;
	unsigned refinements; /* of the picture at rest that are not the last */
	struct va_times times;
};

/**
 * Opens encoder `index` (in the driver's order) of a node.
 *
 * Errors:  0; -ENODEV no such node or driver; -ENOENT no encoder of that
 *          index; -EINVAL size; -ENOMEM; -EIO. `why` gets a sentence.
 * Owner:   va_session_close().
 */
int va_session_open(struct va_session *session, const char *node, unsigned index,
		const struct encoder_params *params, const struct va_tuning *tuning, char *why,
		size_t size);
void va_session_close(struct va_session *session);

/* Lets another thread close the session. Closing a GPU that hangs may block for seconds, until
 * the kernel has reset it. */
void va_session_abandon(struct va_session *session);

/* A new target for rate control. */
void va_session_set_bitrate(struct va_session *session, uint32_t kbps);

/**
 * Brings the request's pixels into the source surface.
 *
 * Errors: 0; -ENOTSUP this frame cannot be imported or converted; -EIO and others.
 */
int va_session_load(struct va_session *session, const struct encode_request *request);

/**
 * Encodes the source surface, or repeats the last picture, into out.
 *
 * Errors: 0; -ETIME the GPU did not finish in time; -EIO and others.
 */
int va_session_encode(struct va_session *session, const struct encode_request *request,
		struct packet *out);

/* True: the request needs no work of the GPU. */
bool va_session_can_skip(const struct va_session *session, const struct encode_request *request);

#endif
