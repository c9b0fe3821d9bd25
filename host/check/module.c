/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Does QEMU load our module? */
#include <string.h>

#include "check/checks.h"
#include "check/host.h"

#define BINARY "/usr/bin/qemu-system-x86_64"
#define STAMP "qemu_stamp_"
#define STAMP_LENGTH (sizeof STAMP - 1 + 40)
#define SELECT "osvdi-qemu-module select"

static GMappedFile *map(const char *path)
{
	g_autofree char *full = host_path(path);

	return g_mapped_file_new(full, FALSE, NULL);
}

static bool holds(GMappedFile *file, const char *text)
{
	return memmem(g_mapped_file_get_contents(file), g_mapped_file_get_length(file),
			text, strlen(text)) != NULL;
}

/* The name of a function that has the hash of a build; the caller frees it. */
static char *stamp_of(GMappedFile *file)
{
	const char *at = g_mapped_file_get_contents(file);
	const char *end = at + g_mapped_file_get_length(file);

	for (; (at = memmem(at, (size_t)(end - at), STAMP, sizeof STAMP - 1)); at++)
		if ((size_t)(end - at) > STAMP_LENGTH &&
				strspn(at + sizeof STAMP - 1, "0123456789abcdef") >= 40)
			return g_strndup(at, STAMP_LENGTH);
	return NULL;
}

static void check_stamp(struct report *report, GMappedFile *binary, const char *path)
{
	g_autoptr(GMappedFile) module = map(path);
	g_autofree char *stamp = stamp_of(binary);

	if (!module)
		report_wrong(report, "module", SELECT, "%s cannot be read", path);
	else if (!stamp)
		report_wrong(report, "module", "apt-get install --reinstall qemu-system-x86",
				"%s loads no modules", BINARY);
	else if (!holds(module, stamp))
		report_wrong(report, "module", SELECT,
				"%s is of another build than QEMU: no guest with SPICE starts",
				path);
	else if (!holds(module, "spice_accel_server_create"))
		report_wrong(report, "module", "/usr/share/osvdi/qemu-patches/build-module "
				"--install-deps --output /tmp && "
				"osvdi-qemu-module add /tmp/ui-spice-core.so",
				"%s is the distribution's: guests are not accelerated", path);
	else
		report_right(report, "module", "%s is accelerated and of QEMU's build", path);
}

static void check_library(struct report *report)
{
	g_autoptr(GPtrArray) here = host_glob("/usr/lib/*/libspice-accel.so.0");
	g_autoptr(GPtrArray) local = host_glob("/usr/local/lib/*/libspice-accel.so.0");

	if (here->len || local->len)
		report_right(report, "library", "%s", (char *)(here->len ? here : local)->pdata[0]);
	else
		report_wrong(report, "library", "apt-get install --reinstall libspice-accel0",
				"libspice-accel.so.0 is missing: QEMU does not load the module");
}

void check_module(struct report *report)
{
	g_autoptr(GMappedFile) binary = map(BINARY);
	g_autoptr(GPtrArray) modules = host_glob("/usr/lib/*/qemu/ui-spice-core.so");

	if (!binary)
		report_wrong(report, "module", "apt-get install qemu-system-x86",
				"QEMU is not installed");
	else if (!modules->len)
		report_wrong(report, "module", SELECT, "QEMU has no SPICE module");
	else
		check_stamp(report, binary, modules->pdata[0]);
	check_library(report);
}
