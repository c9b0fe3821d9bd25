/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Does libvirt call the hook? */
#include <unistd.h>

#include "check/checks.h"
#include "check/host.h"

#define LINK "/etc/libvirt/hooks/qemu.d/osvdi"
#define PROGRAM "/usr/sbin/osvdi-libvirt-hook"
#define REMEDY "mkdir -p /etc/libvirt/hooks/qemu.d && ln -sf " PROGRAM " " LINK

void check_hook(struct report *report)
{
	g_autofree char *full = host_path(LINK);

	if (!host_exists("/etc/libvirt"))
		report_unused(report, "hook", "libvirt is not installed");
	else if (access(full, F_OK) < 0)
		report_wrong(report, "hook", REMEDY, "%s is missing: flavors set nothing", LINK);
	else if (access(full, X_OK) < 0 || g_file_test(full, G_FILE_TEST_IS_DIR))
		report_wrong(report, "hook", REMEDY, "%s is no program", LINK);
	else
		report_right(report, "hook", "%s", LINK);
}
