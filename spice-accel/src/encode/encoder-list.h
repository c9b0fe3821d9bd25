/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef ENCODER_LIST_H
#define ENCODER_LIST_H

#include "encode/encoder.h"

extern const struct encoder_impl encoder_va;
extern const struct encoder_impl encoder_gst;
extern const struct encoder_impl encoder_x264;
extern const struct encoder_impl encoder_mjpeg;
extern const struct encoder_impl encoder_fake;

#endif
