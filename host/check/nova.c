/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* vGPUs and Nova's settings on a compute node */
#include <string.h>

#include "check/checks.h"
#include "check/host.h"

#define CONFIG "/etc/nova/nova.conf"
#define TYPES "/sys/class/mdev_bus/*/mdev_supported_types/*"

static const char *const files[] = { CONFIG, "/etc/nova/nova-compute.conf" };

/* The last file that has the setting counts, as for Nova. */
static char *nova_setting(const char *group, const char *key)
{
	char *value = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *text = host_read(files[i]);
		char *found = text ? host_setting(text, group, key) : NULL;

		if (found) {
			g_free(value);
			value = found;
		}
	}
	return value;
}

static bool is_true(const char *value, bool initial)
{
	static const char *const words[] = { "true", "1", "yes", "on", "t", "y", NULL };
	g_autofree char *lower = value ? g_ascii_strdown(value, -1) : NULL;

	return lower ? g_strv_contains(words, lower) : initial;
}

static void check_spice(struct report *report)
{
	g_autofree char *enabled = nova_setting("spice", "enabled");
	g_autofree char *agent = nova_setting("spice", "agent_enabled");

	if (!is_true(enabled, false))
		report_wrong(report, "nova-spice", "crudini --set " CONFIG " spice enabled true",
				"%s: [spice] enabled is not true, so guests have no SPICE", CONFIG);
	else if (!is_true(agent, true))
		report_wrong(report, "nova-spice",
				"crudini --set " CONFIG " spice agent_enabled true",
				"%s: [spice] agent_enabled is not true, "
				"so guests have no clipboard",
				CONFIG);
	else
		report_right(report, "nova-spice", "%s", CONFIG);
}

static bool host_has(GPtrArray *types, const char *type)
{
	for (guint i = 0; i < types->len; i++) {
		g_autofree char *name = g_path_get_basename(types->pdata[i]);

		if (!strcmp(name, type))
			return true;
	}
	return false;
}

/* The first type that Nova is told to use and the host has not; the caller frees it. */
static char *unknown_type(GPtrArray *types, const char *enabled)
{
	g_auto(GStrv) names = g_strsplit(enabled, ",", -1);

	for (char **name = names; *name; name++)
		if (*g_strstrip(*name) && !host_has(types, *name))
			return g_strdup(*name);
	return NULL;
}

static void check_devices(struct report *report)
{
	g_autoptr(GPtrArray) types = host_glob(TYPES);
	g_autofree char *enabled = nova_setting("devices", "enabled_mdev_types");
	g_autofree char *unknown = NULL;

	if (!enabled)
		enabled = nova_setting("devices", "enabled_vgpu_types");
	unknown = enabled ? unknown_type(types, enabled) : NULL;
	if (unknown)
		report_wrong(report, "nova-devices", "editor " CONFIG,
				"%s: [devices] enabled_mdev_types names %s, "
				"which this host does not have (%s)", CONFIG, unknown,
				types->len ? "ls -d " TYPES : "no driver offers vGPUs");
	else if (!enabled || !*enabled)
		report_unused(report, "nova-devices", "%s enables no type of vGPU", CONFIG);
	else
		report_right(report, "nova-devices", "[devices] enabled_mdev_types: %s", enabled);
}

void check_nova(struct report *report)
{
	if (!host_exists(CONFIG)) {
		report_unused(report, "nova-spice", "%s is missing: no compute node of Nova",
				CONFIG);
		report_unused(report, "nova-devices", "%s is missing: no compute node of Nova",
				CONFIG);
		return;
	}
	check_spice(report);
	check_devices(report);
}

/* Each type tells how many more vGPUs of it can be made. */
void check_mdev(struct report *report)
{
	g_autoptr(GPtrArray) types = host_glob(TYPES);
	g_autoptr(GPtrArray) devices = host_glob("/sys/class/mdev_bus/*");
	g_autofree char *config = host_read("/etc/spice-accel.conf");
	g_autofree char *vgpu = config ? host_setting(config, "displays", "vgpu") : NULL;

	if (types->len)
		report_right(report, "mdev", "%u types of vGPU on %u devices", types->len,
				devices->len);
	else if (devices->len || (vgpu && !strcmp(vgpu, "on")))
		report_wrong(report, "mdev", "dmesg | grep -i -e mdev -e vgpu", "%s", devices->len ?
				"a driver has registered vGPUs but offers no type of them" :
				"/etc/spice-accel.conf says vgpu=on, and no driver offers vGPUs");
	else
		report_unused(report, "mdev", "no driver offers vGPUs");
}
