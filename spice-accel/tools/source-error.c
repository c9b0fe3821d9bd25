/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "source.h"

G_DEFINE_QUARK(spice-accel-source, source_error)
