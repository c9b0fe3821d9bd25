/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "base/side-thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/thread.h"

struct side_thread {
	pthread_t thread;
	pthread_mutex_t lock; /* of the fields below */
	pthread_cond_t changed;
	void (*func)(void *arg); /* NULL: nothing to do */
	void *arg;
	bool quit;
};

static void *run(void *opaque)
{
	struct side_thread *s = opaque;

	pthread_setname_np(pthread_self(), "accel-side");
	pthread_mutex_lock(&s->lock);
	while (true) {
		while (!s->func && !s->quit)
			pthread_cond_wait(&s->changed, &s->lock);
		if (!s->func)
			break;
		pthread_mutex_unlock(&s->lock);
		s->func(s->arg);
		pthread_mutex_lock(&s->lock);
		s->func = NULL;
		pthread_cond_broadcast(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int side_thread_create(struct side_thread **out)
{
	struct side_thread *s = calloc(1, sizeof *s);
	int ret;

	if (!s)
		return -ENOMEM;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	ret = thread_start(&s->thread, run, s);
	if (ret == 0) {
		*out = s;
		return 0;
	}
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
	return ret;
}

void side_thread_destroy(struct side_thread *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->quit = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void side_thread_start(struct side_thread *s, void (*func)(void *arg), void *arg)
{
	pthread_mutex_lock(&s->lock);
	s->func = func;
	s->arg = arg;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void side_thread_wait(struct side_thread *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->func)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}
