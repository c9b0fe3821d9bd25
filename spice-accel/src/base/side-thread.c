/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "base/side-thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/thread.h"

struct helper {
	pthread_t thread;
	pthread_mutex_t lock; /* what follows */
	pthread_cond_t changed;
	void (*func)(void *arg); /* NULL: nothing to do */
	void *arg;
	bool quit;
};

static void *run(void *opaque)
{
	struct helper *h = opaque;

	pthread_setname_np(pthread_self(), "accel-helper");
	pthread_mutex_lock(&h->lock);
	while (true) {
		while (!h->func && !h->quit)
			pthread_cond_wait(&h->changed, &h->lock);
		if (!h->func)
			break;
		pthread_mutex_unlock(&h->lock);
		h->func(h->arg);
		pthread_mutex_lock(&h->lock);
		h->func = NULL;
		pthread_cond_broadcast(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

int helper_create(struct helper **out)
{
	struct helper *h = calloc(1, sizeof *h);
	int ret;

	if (!h)
		return -ENOMEM;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	ret = thread_start(&h->thread, run, h);
	if (ret == 0) {
		*out = h;
		return 0;
	}
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h);
	return ret;
}

void helper_destroy(struct helper *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->quit = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

void helper_start(struct helper *h, void (*func)(void *arg), void *arg)
{
	pthread_mutex_lock(&h->lock);
	h->func = func;
	h->arg = arg;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

void helper_wait(struct helper *h)
{
	pthread_mutex_lock(&h->lock);
	while (h->func)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
}
