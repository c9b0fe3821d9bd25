/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/qxl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <spice.h>
#include <spice/qxl_dev.h>
#include <spice/vd_agent.h>

#define EDGE 64u

struct qxl {
	QXLInstance instance;
	uint32_t pixels[EDGE * EDGE];
};

static void get_init_info(QXLInstance *qin, QXLDevInitInfo *info)
{
	memset(info, 0, sizeof *info);
	info->num_memslots = 1;
	info->num_memslots_groups = 1;
	info->memslot_id_bits = 1;
	info->memslot_gen_bits = 1;
	info->n_surfaces = 1;
}

static void nothing(QXLInstance *qin)
{
}

static void nothing_int(QXLInstance *qin, int n)
{
}

static void nothing_u32(QXLInstance *qin, uint32_t n)
{
}

static int no_command(QXLInstance *qin, struct QXLCommandExt *cmd)
{
	return 0;
}

static int yes(QXLInstance *qin)
{
	return 1;
}

static int none_flushed(QXLInstance *qin)
{
	return 0;
}

static void release(QXLInstance *qin, struct QXLReleaseInfoExt info)
{
}

static void complete(QXLInstance *qin, uint64_t cookie)
{
}

static void area_complete(QXLInstance *qin, uint32_t surface, struct QXLRect *dirty, uint32_t n)
{
}

static void client_capabilities(QXLInstance *qin, uint8_t present, uint8_t caps[58])
{
}

static int client_monitors_config(QXLInstance *qin, VDAgentMonitorsConfig *config)
{
	return 0;
}

static const QXLInterface interface = {
	.base = {
		.type = SPICE_INTERFACE_QXL,
		.description = "accelerated display",
		.major_version = SPICE_INTERFACE_QXL_MAJOR,
		.minor_version = SPICE_INTERFACE_QXL_MINOR,
	},
	.attached_worker = nothing,
	.set_compression_level = nothing_int,
	.get_init_info = get_init_info,
	.get_command = no_command,
	.req_cmd_notification = yes,
	.release_resource = release,
	.get_cursor_command = no_command,
	.req_cursor_notification = yes,
	.notify_update = nothing_u32,
	.flush_resources = none_flushed,
	.async_complete = complete,
	.update_area_complete = area_complete,
	.set_client_capabilities = client_capabilities,
	.client_monitors_config = client_monitors_config,
};

static void cycle_primary(struct qxl *q)
{
	QXLDevSurfaceCreate surface = {
		.width = EDGE,
		.height = EDGE,
		.stride = -(int32_t)(EDGE * 4),
		.format = SPICE_SURFACE_FMT_32_xRGB,
		.mouse_mode = 1,
		.mem = (uintptr_t)q->pixels,
	};

	spice_qxl_create_primary_surface(&q->instance, 0, &surface);
	spice_qxl_destroy_primary_surface(&q->instance, 0);
}

int qxl_allow_absolute_pointer(struct RedsState *spice)
{
	QXLDevMemSlot slot = { .virt_end = ~(uint64_t)0 };
	struct qxl *q = calloc(1, sizeof *q);

	if (!q)
		return -ENOMEM;
	q->instance.base.sif = &interface.base;
	if (spice_server_add_interface(spice, &q->instance.base) != 0) {
		free(q);
		return -EIO;
	}
	spice_qxl_add_memslot(&q->instance, &slot);
	cycle_primary(q);
	spice_server_remove_interface(&q->instance.base);
	free(q);
	return 0;
}
