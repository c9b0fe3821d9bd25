/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SPICE_ACCEL_LOG_H
#define SPICE_ACCEL_LOG_H

#ifdef __cplusplus
extern "C" {
#endif

enum spice_accel_log_level {
	SPICE_ACCEL_LOG_ERROR = 0, /* something does not work; the text says what to do */
	SPICE_ACCEL_LOG_WARNING,   /* works, but worse than it could */
	SPICE_ACCEL_LOG_INFO,      /* once per event: a stream starts, an encoder is chosen */
	SPICE_ACCEL_LOG_DEBUG,
};

/**
 * Receives every message of the library, one line without a newline.
 *
 * Thread: any thread, encode threads included.
 */
typedef void (*spice_accel_log_func)(void *opaque, enum spice_accel_log_level level,
		const char *message);

/**
 * Sets the process-wide log function and the most talkative level wanted.
 * Until then, and with func NULL, messages are dropped: the library never
 * prints by itself.
 *
 * Thread: before the first other call, or while no server exists.
 * Since: 0.1
 */
void spice_accel_log_set(spice_accel_log_func func, void *opaque,
		enum spice_accel_log_level max_level);

#ifdef __cplusplus
}
#endif
#endif
