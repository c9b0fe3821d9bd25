/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SPICE_ACCEL_OPTIONS_H
#define SPICE_ACCEL_OPTIONS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Settings by name, so that a host passes them through without knowing them.
 *
 * Thread: one thread at a time.
 */
struct spice_accel_options;

enum spice_accel_mode {
	SPICE_ACCEL_OFF,  /* the classic SPICE path */
	SPICE_ACCEL_ON,   /* accelerate, or fail to start */
	SPICE_ACCEL_AUTO, /* accelerate when an encoder works here, else the classic path */
};

/* One setting, for a host's own --help and option tables. */
struct spice_accel_option_info {
	const char *name;    /* "encoder", "fps", ... */
	const char *values;  /* "auto|x264|mjpeg|...", "1-240", ... */
	const char *initial; /* value without configuration */
	const char *help;    /* one line */
};

/** Path of the host-wide key file that the distribution installs. */
#define SPICE_ACCEL_CONFIG_FILE "/etc/spice-accel.conf"

/** Number of settings, and the i-th of them (NULL past the end). Since: 0.1 */
size_t spice_accel_option_count(void);
const struct spice_accel_option_info *spice_accel_option_info(size_t i);

/** Defaults. Errors: NULL when out of memory. Since: 0.1 */
struct spice_accel_options *spice_accel_options_create(void);
void spice_accel_options_destroy(struct spice_accel_options *options);

/**
 * Reads group [spice-accel] of a key file over the present values.
 *
 * Errors:  0; -ENOENT no such file; -EINVAL bad key or value, and *error (if
 *          not NULL) says which, with file and remedy; free() it.
 * Since:   0.1
 */
int spice_accel_options_load(struct spice_accel_options *options, const char *path,
		char **error);

/**
 * Sets one option. name is with or without the prefix "accel-".
 *
 * Errors:  as spice_accel_options_load(); -ENOENT: no option of that name.
 * Since:   0.1
 */
int spice_accel_options_set(struct spice_accel_options *options, const char *name,
		const char *value, char **error);

/** The option "mode" ("accel=" of a host's command line). Since: 0.1 */
enum spice_accel_mode spice_accel_options_mode(const struct spice_accel_options *options);

#ifdef __cplusplus
}
#endif
#endif
