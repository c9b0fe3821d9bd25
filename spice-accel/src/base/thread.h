/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef THREAD_H
#define THREAD_H

#include <pthread.h>

/* Starts a thread that takes no signals: they are the host's business.
 * 0, or negative errno. */
int thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg);

#endif
