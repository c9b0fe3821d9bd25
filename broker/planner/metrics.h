/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLANNER_METRICS_H
#define OSVDI_BROKER_PLANNER_METRICS_H

#include <glib.h>

/* A sample of Prometheus' text format. Borrowed during a call of metrics_func. */
struct metric {
	const char *name;
	GHashTable *labels; /* char * -> char * */
	double value; /* may be infinite, or no number */
	gint64 time_ms; /* when it was taken; 0: not told */
};

typedef void (*metrics_func)(const struct metric *metric, void *data);

/**
 * Call a function for each sample of a text. Lines that are not understood are left out:
 * what is not told counts as unknown.
 */
void metrics_parse(const char *text, gsize length, metrics_func function, void *data);

#endif
