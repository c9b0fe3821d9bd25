/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_TEST_SCRIPTED_H
#define OSVDI_TEST_SCRIPTED_H

#include "cloud/cloud.h"

/* A cloud of scripted answers, and a clock that jumps. */
struct answer {
	const char *request; /* "GET /servers/detail": method, and part of the URL's end */
	long status;
	const char *body; /* "" for none */
	const char *header; /* "name: value" or NULL */
	int times; /* 0: for ever */
};

struct scripted {
	struct answer *answers; /* the first that fits and is not used up */
	GPtrArray *asked; /* "METHOD URL" of each request */
	GPtrArray *bodies; /* of each request, "" for none */
	gint64 now_us;
	struct clock clock;
	struct caller caller; /* knows no hook */
};

/** answers ends with one without a request; kept, and counted down. */
void scripted_init(struct scripted *s, struct answer *answers);
void scripted_clear(struct scripted *s);

/** A login of "alice" at that cloud; no cache unless a directory is given. */
struct cloud *scripted_cloud(struct scripted *s, const char *cache_directory);

/** How many requests began so ("POST http://cloud/identity"). */
guint scripted_count(const struct scripted *s, const char *prefix);

/** The answer to a login, with services at http://cloud/. */
extern const char scripted_token[];
#define SCRIPTED_LOGIN \
	{ "POST /identity/v3/auth/tokens", 201, scripted_token, \
	  "x-subject-token: secret-token", 0 }
#define SCRIPTED_VERSION(minor) \
	{ "GET /compute/v2.1/", 200, \
	  "{\"version\":{\"id\":\"v2.1\",\"version\":\"2." #minor "\"}}", NULL, 0 }

#endif
