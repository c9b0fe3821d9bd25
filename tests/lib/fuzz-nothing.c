/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Whether a libFuzzer target can be linked: clang may come without its run-time libraries. */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return 0;
}
