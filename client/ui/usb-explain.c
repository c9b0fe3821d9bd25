/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/usb-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean says(const GError *error, const char *word)
{
	g_autofree char *message = g_ascii_strdown(error->message, -1);

	return strstr(message, word) != NULL;
}

static const char *remedy(const GError *error)
{
	if (error->domain == SPICE_CLIENT_ERROR &&
			error->code == SPICE_CLIENT_ERROR_USB_DEVICE_REJECTED)
		return _("The desktop's side does not allow this device. Ask who runs it to allow "
				"it in the usbredir filter.");
	if (error->domain == SPICE_CLIENT_ERROR &&
			error->code == SPICE_CLIENT_ERROR_USB_DEVICE_LOST)
		return _("The device was unplugged, or failed. Plug it in again.");
	if (says(error, "access") || says(error, "permission") || says(error, "denied") ||
			says(error, "acl") || says(error, "not authorized"))
		return _("You may not open this USB device. Sitting at this machine, install the "
				"package spice-client-glib-usb-acl-helper and allow the action "
				"org.spice-space.lowlevelusbaccess in polkit; or let your "
				"administrator add a udev rule with TAG+=\"uaccess\" for the "
				"device.");
	if (says(error, "busy") || says(error, "in use"))
		return _("Another program uses the device. Close it, or unmount the disk, and try "
				"again.");
	if (says(error, "no free") || says(error, "channel"))
		return _("All USB places of the desktop are taken, or it has none. Take another "
				"device back first.");
	if (says(error, "no such device") || says(error, "no device"))
		return _("The device is gone. Plug it in again.");
	return _("Unplug the device, plug it in again and try once more.");
}

char *usb_explain(const GError *error)
{
	return g_strdup_printf("%s\n\n%s", error->message, remedy(error));
}
