/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Needs GLib's types, so that loading it sets them up where they are not. */
#include <glib-object.h>

GType slow_library_type(void);

GType slow_library_type(void)
{
	return G_TYPE_OBJECT;
}
