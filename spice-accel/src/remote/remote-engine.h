/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef REMOTE_ENGINE_H
#define REMOTE_ENGINE_H

#include "engine/engine.h"

struct remote_params {
	const char *socket;      /* of osvdi-encoder */
	const char *render_node; /* "auto" or a path */
	unsigned head;           /* for the log */
	uint32_t fps;
	const struct encoder_info *encoders; /* that may be used, best first */
	unsigned n_encoders;
};

/**
 * An engine whose encoders and OpenGL run in an osvdi-encoder. While there is none, encoders of
 * the processor do the work in this process, without any GPU. Pictures of jobs have to be shared.
 *
 * Errors: 0; -ENOMEM, and errors of eventfd(). That there is no osvdi-encoder is none.
 * Owner:  engine_destroy(). The parameters are borrowed until the return.
 */
int remote_engine_create(struct engine **out, const struct remote_params *params);

#endif
