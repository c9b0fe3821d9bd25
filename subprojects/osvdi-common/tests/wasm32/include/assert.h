/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* For builds without a C library: libzstd's single file includes the header. */
#ifndef ASSERT_H
#define ASSERT_H

#define assert(condition) ((void)0)

#endif
