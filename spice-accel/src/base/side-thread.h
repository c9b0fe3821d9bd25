/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef HELPER_H
#define HELPER_H

/**
 * A second thread for half of a job that takes a millisecond: it sleeps between.
 *
 * Thread: one at a time, its owner's.
 */
struct helper;

/* 0, or negative errno. Owner: helper_destroy(), which takes NULL too. */
int helper_create(struct helper **helper);
void helper_destroy(struct helper *helper);

/* Runs the function in the other thread; helper_wait() before the next start. */
void helper_start(struct helper *helper, void (*func)(void *arg), void *arg);
void helper_wait(struct helper *helper);

#endif
