/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SIDE_THREAD_H
#define SIDE_THREAD_H

/**
 * A second thread that takes half of a job of about a millisecond. It sleeps in between.
 *
 * Thread: only the owner's thread makes these calls.
 */
struct side_thread;

/* 0, or negative errno. Owner: side_thread_destroy(), which takes NULL too. */
int side_thread_create(struct side_thread **side_thread);
void side_thread_destroy(struct side_thread *side_thread);

/* Runs the function in the other thread. Call side_thread_wait() before the next start. */
void side_thread_start(struct side_thread *side_thread, void (*func)(void *arg), void *arg);
void side_thread_wait(struct side_thread *side_thread);

#endif
