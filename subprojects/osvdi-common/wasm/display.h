/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Access units between a page's network and its decoder. */
#ifndef OSVDI_WASM_DISPLAY_H
#define OSVDI_WASM_DISPLAY_H

#include <osvdi-common/screen.h>

void units_forget(void);
/* All that is known of a unit whose picture is there, but decoded_us. False: nothing. */
bool units_take(uint32_t number, struct screen_picture *picture);

#endif
