/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SPICE_ACCEL_H
#define SPICE_ACCEL_H

#include <spice-accel/frame.h>
#include <spice-accel/log.h>
#include <spice-accel/options.h>
#include <spice-accel/server.h>
#include <spice-accel/version.h>

#endif
