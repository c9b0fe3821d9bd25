/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Does QEMU reach a GPU, and does the GPU encode? */
#include <string.h>

#include "base/qemu-conf.h"
#include "check/checks.h"
#include "check/host.h"

#define NODES "/dev/dri/renderD*"
#define ACL "cgroup_device_acl"

/* spice-accel.conf may want no GPU. */
static bool gpu_wanted(void)
{
	g_autofree char *text = host_read("/etc/spice-accel.conf");
	g_autofree char *encoder = text ? host_setting(text, "spice-accel", "encoder") : NULL;

	return !encoder || !strcmp(encoder, "auto") || !strcmp(encoder, "va") ||
			!strcmp(encoder, "gst");
}

static bool in_acl(const char *node)
{
	g_autofree char *text = host_read("/etc/libvirt/qemu.conf");
	g_auto(GStrv) nodes = qemu_conf_values(text ? text : "", ACL);

	return nodes && g_strv_contains((const char *const *)nodes, node);
}

static void check_node(struct report *report, const char *node)
{
	g_autofree char *user = host_qemu_user();
	g_autofree char *why = NULL;
	g_autofree char *remedy = NULL;

	if (!host_exists("/etc/libvirt")) {
		report_unused(report, "render-node",
				"%s: libvirt is not installed, and its rules do not count", node);
	} else if (!host_user_may(user, node, 6, &why)) {
		remedy = host_user_remedy(user, g_strdup_printf("adduser %s render", user));
		report_wrong(report, "render-node", remedy, "%s", why);
	} else if (!in_acl(node)) {
		report_wrong(report, "render-node", "editor /etc/libvirt/qemu.conf",
				"%s is not in " ACL " of /etc/libvirt/qemu.conf: "
				"guests without <gl> do not see it", node);
	} else {
		report_right(report, "render-node", "%s", node);
	}
}

/* The probe's words on what the node lacks; the caller frees them. */
static char *hint_in(const char *output)
{
	static const char *const heads[] = { "  hint: ", "  not usable: " };
	g_auto(GStrv) lines = g_strsplit(output, "\n", -1);

	for (char **line = lines; *line; line++)
		for (guint i = 0; i < G_N_ELEMENTS(heads); i++)
			if (g_str_has_prefix(*line, heads[i]))
				return g_strdup(*line + strlen(heads[i]));
	return NULL;
}

static void check_va(struct report *report, const char *node)
{
	const char *program = g_getenv("OSVDI_PROBE");
	const char *argv[] = { program ? program : "spice-accel-probe", "-n", "0", "-r", node,
			NULL };
	g_autofree char *output = NULL;
	g_autofree char *hint = NULL;
	g_autoptr(GError) error = NULL;

	if (!program && !host_is_running()) {
		report_unused(report, "va", "not tried: this is not the running system");
		return;
	}
	if (!g_spawn_sync(NULL, (char **)argv, NULL,
			G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
			&output, NULL, NULL, &error)) {
		report_wrong(report, "va", "apt-get install spice-accel-tools",
				"%s", error->message);
		return;
	}
	hint = hint_in(output);
	if (hint)
		report_wrong(report, "va", "spice-accel-probe", "%s: %s", node, hint);
	else
		report_right(report, "va", "%s encodes H.264", node);
}

void check_gpu(struct report *report)
{
	g_autoptr(GPtrArray) nodes = host_glob(NODES);
	const char *why = !nodes->len ? "no GPU: the processor encodes" :
			"/etc/spice-accel.conf names an encoder without GPU";

	if (nodes->len && gpu_wanted()) {
		check_node(report, nodes->pdata[0]);
		check_va(report, nodes->pdata[0]);
		return;
	}
	report_unused(report, "render-node", "%s", why);
	report_unused(report, "va", "%s", why);
}
