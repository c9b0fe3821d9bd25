/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * osvdi-stock-serve: the same pictures as spice-accel-serve's, shown the
 * classic way (QXL drawing commands, damaged rectangles only, at most one
 * update waiting, as QEMU does), for comparison.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib.h>
#include <spice/qxl_dev.h>
#include <spice/vd_agent.h>

#include "base/clock.h"
#include "host-glib.h"
#include "source.h"

static struct {
	char *address, *source, *size, *streaming, *codecs, *compression, *marks;
	int port, fps;
} args = { .port = 5930, .fps = 60 };

static GOptionEntry entries[] = {
	{ "source", 's', 0, G_OPTION_ARG_STRING, &args.source, "as spice-accel-serve's", "SOURCE" },
	{ "size", 'S', 0, G_OPTION_ARG_STRING, &args.size, "WxH", "WxH" },
	{ "fps", 'f', 0, G_OPTION_ARG_INT, &args.fps, "pictures a second", "N" },
	{ "address", 'a', 0, G_OPTION_ARG_STRING, &args.address, "address (default: 127.0.0.1)",
		"ADDR" },
	{ "port", 'p', 0, G_OPTION_ARG_INT, &args.port, "TCP port", "PORT" },
	{ "streaming", 0, 0, G_OPTION_ARG_STRING, &args.streaming, "off, filter or all", "MODE" },
	{ "codecs", 0, 0, G_OPTION_ARG_STRING, &args.codecs,
		"video codecs, as -spice video-codecs=", "LIST" },
	{ "compression", 0, 0, G_OPTION_ARG_STRING, &args.compression,
		"off, auto_glz, auto_lz, quic, glz, lz or lz4", "NAME" },
	{ "marks", 0, 0, G_OPTION_ARG_FILENAME, &args.marks, "as spice-accel-serve's", "FILE" },
	{ NULL },
};

/* One drawing command and what it draws. */
struct update {
	QXLCommandExt ext;
	QXLDrawable drawable;
	QXLImage image;
	uint8_t *pixels;
};

static struct {
	QXLInstance qxl;
	SpiceServer *spice;
	struct source_picture picture;
	struct source *source;
	GAsyncQueue *queue; /* to the worker thread */
	struct damage damage;
	guint flush;
	unsigned unique;
	bool primary;
} s;

static struct update *make_update(const struct spice_accel_rect *r)
{
	struct update *u = g_new0(struct update, 1);
	QXLDrawable *d = &u->drawable;
	QXLImage *image = &u->image;

	u->pixels = g_malloc((gsize)r->width * (gsize)r->height * 4);
	for (int32_t y = 0; y < r->height; y++)
		memcpy(u->pixels + (size_t)y * (size_t)r->width * 4,
				(const uint8_t *)s.picture.pixels +
				(size_t)(r->y + y) * s.picture.stride + (size_t)r->x * 4,
				(size_t)r->width * 4);
	d->bbox = (QXLRect){ .top = r->y, .left = r->x, .bottom = r->y + r->height,
		.right = r->x + r->width };
	d->clip.type = SPICE_CLIP_TYPE_NONE;
	d->effect = QXL_EFFECT_OPAQUE;
	d->type = QXL_DRAW_COPY;
	d->release_info.id = (uintptr_t)u;
	d->surfaces_dest[0] = d->surfaces_dest[1] = d->surfaces_dest[2] = -1;
	d->mm_time = (uint32_t)(clock_now_us() / 1000);
	d->u.copy.rop_descriptor = SPICE_ROPD_OP_PUT;
	d->u.copy.src_bitmap = (uintptr_t)image;
	d->u.copy.src_area = (QXLRect){ .bottom = r->height, .right = r->width };
	QXL_SET_IMAGE_ID(image, QXL_IMAGE_GROUP_DEVICE, ++s.unique);
	image->descriptor.type = SPICE_IMAGE_TYPE_BITMAP;
	image->descriptor.width = image->bitmap.x = (uint32_t)r->width;
	image->descriptor.height = image->bitmap.y = (uint32_t)r->height;
	image->bitmap.flags = QXL_BITMAP_DIRECT | QXL_BITMAP_TOP_DOWN;
	image->bitmap.stride = (uint32_t)r->width * 4;
	image->bitmap.data = (uintptr_t)u->pixels;
	image->bitmap.format = SPICE_BITMAP_FMT_32BIT;
	u->ext.cmd.type = QXL_CMD_DRAW;
	u->ext.cmd.data = (uintptr_t)d;
	return u;
}

/* As QEMU's qemu_spice_display_refresh: nothing while updates wait. */
static gboolean flush(gpointer unused)
{
	if (g_async_queue_length(s.queue) > 0)
		return G_SOURCE_CONTINUE;
	for (unsigned i = 0; i < s.damage.n; i++)
		g_async_queue_push(s.queue, make_update(&s.damage.rects[i]));
	damage_clear(&s.damage);
	spice_qxl_wakeup(&s.qxl);
	s.flush = 0;
	return G_SOURCE_REMOVE;
}

static void on_damaged(void *opaque, const struct damage *damage, uint64_t capture_us)
{
	damage_merge(&s.damage, damage, s.picture.width, s.picture.height);
	if (!s.flush && flush(NULL))
		s.flush = g_timeout_add(1, flush, NULL);
}

static void on_picture(void *opaque, const struct source_picture *picture)
{
	QXLDevSurfaceCreate surface = {
		.width = picture->width,
		.height = picture->height,
		.stride = -(int32_t)picture->width * 4,
		.format = SPICE_SURFACE_FMT_32_xRGB,
		.mouse_mode = 1,
	};

	s.picture = *picture;
	surface.mem = (uintptr_t)g_malloc0((gsize)picture->width * picture->height * 4);
	spice_qxl_create_primary_surface(&s.qxl, 0, &surface);
	s.primary = true;
	damage_add_all(&s.damage, picture->width, picture->height);
	flush(NULL);
}

/* ---- QXLInterface ------------------------------------------------------- */

static void get_init_info(QXLInstance *qin, QXLDevInitInfo *info)
{
	memset(info, 0, sizeof *info);
	info->num_memslots = info->num_memslots_groups = 1;
	info->memslot_id_bits = info->memslot_gen_bits = 1;
	info->n_surfaces = 1024;
}

static int get_command(QXLInstance *qin, struct QXLCommandExt *ext)
{
	struct update *u = g_async_queue_try_pop(s.queue);

	if (u)
		*ext = u->ext;
	return u != NULL;
}

static void release(QXLInstance *qin, struct QXLReleaseInfoExt info)
{
	struct update *u = info.info ? (struct update *)(uintptr_t)info.info->id : NULL;

	if (u)
		g_free(u->pixels);
	g_free(u);
}

static gboolean redraw(gpointer unused)
{
	damage_add_all(&s.damage, s.picture.width, s.picture.height);
	if (!s.flush && flush(NULL))
		s.flush = g_timeout_add(1, flush, NULL);
	return G_SOURCE_REMOVE;
}

static void nothing(QXLInstance *qin) { }
static void nothing_int(QXLInstance *qin, int n) { }
static void nothing_u32(QXLInstance *qin, uint32_t n) { }
static int yes(QXLInstance *qin) { return 1; }
static int none(QXLInstance *qin) { return 0; }
static int no_cursor(QXLInstance *qin, struct QXLCommandExt *ext) { return 0; }
static void complete(QXLInstance *qin, uint64_t cookie) { }
static void area(QXLInstance *qin, uint32_t surface, struct QXLRect *dirty, uint32_t n) { }
static int monitors(QXLInstance *qin, VDAgentMonitorsConfig *config) { return 0; }

static void client_caps(QXLInstance *qin, uint8_t present, uint8_t caps[58])
{
	g_idle_add(redraw, NULL);
}

static const QXLInterface interface = {
	.base = { SPICE_INTERFACE_QXL, "stock", SPICE_INTERFACE_QXL_MAJOR,
		SPICE_INTERFACE_QXL_MINOR },
	.attached_worker = nothing,
	.set_compression_level = nothing_int,
	.get_init_info = get_init_info,
	.get_command = get_command,
	.req_cmd_notification = yes,
	.release_resource = release,
	.get_cursor_command = no_cursor,
	.req_cursor_notification = yes,
	.notify_update = nothing_u32,
	.flush_resources = none,
	.async_complete = complete,
	.update_area_complete = area,
	.set_client_capabilities = client_caps,
	.client_monitors_config = monitors,
};

/* ---- set-up ------------------------------------------------------------- */

static bool configure(void)
{
	static const char *const compressions[] = { "invalid", "off", "auto_glz", "auto_lz", "quic",
		"glz", "lz", "lz4" };
	int streaming = SPICE_STREAM_VIDEO_FILTER;

	if (!g_strcmp0(args.streaming, "off"))
		streaming = SPICE_STREAM_VIDEO_OFF;
	else if (!g_strcmp0(args.streaming, "all"))
		streaming = SPICE_STREAM_VIDEO_ALL;
	spice_server_set_streaming_video(s.spice, streaming);
	for (unsigned i = 1; i < G_N_ELEMENTS(compressions); i++)
		if (!g_strcmp0(args.compression, compressions[i]))
			spice_server_set_image_compression(s.spice, (SpiceImageCompression)i);
	return !args.codecs || spice_server_set_video_codecs(s.spice, args.codecs) == 0;
}

static struct marks_table *map_marks(void)
{
	int fd = args.marks ? open(args.marks, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	void *map;

	if (fd < 0 || ftruncate(fd, sizeof(struct marks_table)) < 0)
		return NULL;
	map = mmap(NULL, sizeof(struct marks_table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return map == MAP_FAILED ? NULL : map;
}

static bool start(void)
{
	QXLDevMemSlot slot = { .virt_end = ~(uint64_t)0 };
	struct source_params params = { .width = 1920, .height = 1080, .fps = (uint32_t)args.fps,
		.marks = map_marks(), .sink = { .picture = on_picture, .damaged = on_damaged } };
	g_auto(GStrv) parts = g_strsplit(args.source ? args.source : "pattern", ":", 2);
	const struct source_impl *impl = source_find(parts[0]);
	g_autoptr(GError) error = NULL;

	if (args.size && sscanf(args.size, "%ux%u", &params.width, &params.height) != 2)
		return false;
	s.spice = spice_server_new();
	spice_server_set_addr(s.spice, args.address ? args.address : "127.0.0.1", 0);
	spice_server_set_port(s.spice, args.port);
	spice_server_set_noauth(s.spice);
	if (!configure() || spice_server_init(s.spice, host_glib_core()) != 0 || !impl)
		return false;
	s.queue = g_async_queue_new();
	s.qxl.base.sif = &interface.base;
	spice_server_add_interface(s.spice, &s.qxl.base);
	spice_qxl_add_memslot(&s.qxl, &slot);
	spice_server_vm_start(s.spice);
	params.argument = parts[1];
	s.source = impl->create(&params, &error);
	return s.source != NULL;
}

static gboolean on_signal(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new("");
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, NULL)) {
		g_printerr("osvdi-stock-serve: bad options (--help)\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (!start()) {
		g_printerr("osvdi-stock-serve: cannot start: a taken port, or a codec that is "
				"not there?\n");
		return 1;
	}
	g_unix_signal_add(SIGTERM, on_signal, loop);
	g_unix_signal_add(SIGINT, on_signal, loop);
	g_main_loop_run(loop);
	return 0;
}
