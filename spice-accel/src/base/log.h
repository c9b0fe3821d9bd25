/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef LOG_H
#define LOG_H

#include <spice-accel/log.h>

/* Any thread. One line, no newline. */
void log_write(enum spice_accel_log_level level, const char *format, ...)
		__attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(SPICE_ACCEL_LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(SPICE_ACCEL_LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_write(SPICE_ACCEL_LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(SPICE_ACCEL_LOG_DEBUG, __VA_ARGS__)

#endif
