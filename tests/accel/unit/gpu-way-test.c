/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The choice between mapping, shaders and reading back, by a clock that only the test advances.
 * The program is linked with --wrap for the functions below. */
#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "engine/gpu-way.h"
#include "engine/source.h"
#include "gpu/gl-device.h"
#include "pixels/copied-pixels.h"
#include "pixels/gpu-pixels.h"

struct gl_device *__wrap_gpu_open(struct gpu *gpu, const struct spice_accel_frame *frame,
		const char *render_node);
int __wrap_gpu_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame, char *why, size_t size);
int __wrap_copied_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame);
bool __wrap_gl_device_is_software(const struct gl_device *device);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);

/* A way to compare pixels: so long it takes, and what it fails with. */
struct way {
	struct pixels base;
	uint64_t ms;
	int create_error, change_error;
	unsigned created, destroyed;
};

static struct way shaders, copied;
static struct gl_device *device;
static bool software;
static char node[] = "/dev/dri/renderD128";
static uint64_t now_ms, tick_ms; /* tick: the time from one look at the clock to the next */

int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	now_ms += tick_ms;
	*ts = (struct timespec){ (time_t)(now_ms / 1000), (long)(now_ms % 1000) * 1000000 };
	return 0;
}

bool __wrap_gl_device_is_software(const struct gl_device *d)
{
	return software;
}

struct gl_device *__wrap_gpu_open(struct gpu *gpu, const struct spice_accel_frame *frame,
		const char *render_node)
{
	/* as the real one when the frame of another GPU comes */
	if (gpu->device && gpu->device != device && gpu->closing)
		gpu->closing(gpu->opaque);
	gpu->device = device;
	gpu->node = node;
	return device;
}

static bool fits(const struct pixels *p, const struct spice_accel_frame *frame)
{
	return true;
}

static int show(struct pixels *p, const struct spice_accel_frame *frame)
{
	return 0;
}

static int changed(struct pixels *p, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	const struct way *w = (const struct way *)p;

	g_assert_cmpuint(span->x1 * span->y1, ==, p->blocks.columns * p->blocks.rows);
	now_ms += w->ms;
	return w->change_error;
}

static int remember(struct pixels *p, const struct spice_accel_rect *rect)
{
	return 0;
}

static void destroy(struct pixels *p)
{
	((struct way *)p)->destroyed++;
}

static const struct pixels_impl impl = {
	.fits = fits,
	.show = show,
	.changed = changed,
	.remember = remember,
	.destroy = destroy,
};

static int create(struct way *w, struct pixels **out, const struct spice_accel_frame *frame)
{
	if (w->create_error)
		return w->create_error;
	w->base = (struct pixels){ &impl, blocks_of(frame->width, frame->height), 0, 0 };
	w->created++;
	*out = &w->base;
	return 0;
}

int __wrap_gpu_pixels_create(struct pixels **out, struct gl_device *d,
		const struct spice_accel_frame *frame, char *why, size_t size)
{
	return create(&shaders, out, frame);
}

int __wrap_copied_pixels_create(struct pixels **out, struct gl_device *d,
		const struct spice_accel_frame *frame)
{
	return create(&copied, out, frame);
}

/* Chooses, and says which way it is; NULL: none. The way that is not chosen is gone. */
static const struct way *choose(struct gpu_way *way)
{
	struct spice_accel_frame frame = { .kind = FRAME_DMABUF, .width = 640, .height = 480,
		.fourcc = DRM_FORMAT_XRGB8888 };
	struct gpu gpu = { 0 };
	struct pixels *p = NULL;
	int ret = gpu_way_create(way, &p, &gpu, &frame, false, NULL);

	g_assert_cmpint(ret, ==, p ? 0 : -ENODEV);
	if (!p)
		return NULL;
	pixels_destroy(p);
	g_assert_cmpuint(shaders.created, ==, shaders.destroyed);
	g_assert_cmpuint(copied.created, ==, copied.destroyed);
	return (const struct way *)p;
}

static void set(uint64_t shaders_ms, uint64_t copied_ms)
{
	device = (struct gl_device *)&now_ms;
	shaders = (struct way){ .ms = shaders_ms };
	copied = (struct way){ .ms = copied_ms };
}

/* Reading back has to be much faster, as it takes the processor's time. */
static void test_faster(void)
{
	struct gpu_way way = { 0 };

	set(20, 3);
	g_assert_true(choose(&way) == &copied);
	way = (struct gpu_way){ 0 };
	set(20, 11);
	g_assert_true(choose(&way) == &shaders);
	way = (struct gpu_way){ 0 };
	set(1, 5);
	g_assert_true(choose(&way) == &shaders);
}

/* Measured once for each GPU; a format that cannot be read back goes by shaders. */
static void test_once(void)
{
	struct gpu_way way = { 0 };

	set(20, 3);
	g_assert_true(choose(&way) == &copied);
	shaders.ms = 1;
	g_assert_true(choose(&way) == &copied);
	copied.create_error = -ENOTSUP;
	g_assert_true(choose(&way) == &shaders);
	copied.create_error = 0;
	device = (struct gl_device *)&node;
	g_assert_true(choose(&way) == &shaders);
}

/* A way that fails is none. */
static void test_fails(void)
{
	struct gpu_way way = { 0 };

	set(20, 3);
	copied.change_error = -ENOTSUP;
	g_assert_true(choose(&way) == &shaders);
	way = (struct gpu_way){ 0 };
	set(1, 3);
	shaders.change_error = -EIO;
	g_assert_true(choose(&way) == &copied);
	way = (struct gpu_way){ 0 };
	set(1, 3);
	shaders.create_error = -ENODEV;
	g_assert_true(choose(&way) == &copied);
	way = (struct gpu_way){ 0 };
	copied.create_error = -ENOTSUP;
	g_assert_null(choose(&way));
	set(1, 3);
	shaders.change_error = copied.change_error = -ENOTSUP; /* no import */
	g_assert_null(choose(&way));
	g_assert_cmpuint(shaders.destroyed, ==, 1);
	g_assert_cmpuint(copied.destroyed, ==, 1);
	device = NULL;
	g_assert_null(choose(&way));
}

static struct spice_accel_frame *make_frame(void)
{
	struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = 64,
		.height = 48, .fourcc = DRM_FORMAT_XRGB8888, .n_planes = 1, .stride = { 256 } };
	int fd = memfd_create("scanout", MFD_CLOEXEC);
	struct spice_accel_frame *frame;

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(ftruncate(fd, 256 * 48), ==, 0);
	params.fd[0] = fd;
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
	close(fd);
	return frame;
}

static void lose(void *source)
{
	source_lose(source);
}

/* A clock that runs: the processor takes long for what it reads of the buffer. */
static void show_slowly(struct source *source, struct gpu *gpu, struct spice_accel_frame *frame)
{
	source->gpu = gpu;
	set(1, 5);
	tick_ms = 100;
	g_assert_cmpint(source_show(source, frame, 1, NULL), ==, 0);
	source_hide(source);
}

static void finish(struct source *source, struct spice_accel_frame *frame)
{
	tick_ms = 0;
	source_finish(source);
	spice_accel_frame_unref(frame);
}

/* Buffers that the processor maps and reads slowly go to the GPU, also when another GPU has to
 * be closed first. All that the processor read is counted. */
static void test_slow_maps(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct source source = { 0 };
	struct gpu gpu = { .closing = lose, .opaque = &source };

	show_slowly(&source, &gpu, frame);
	g_assert_true(source.pixels == &shaders.base);
	g_assert_cmpuint(source_read_bytes(&source), >=, 256 * 48);
	device = (struct gl_device *)&node;
	g_assert_cmpint(source_show(&source, frame, 2, NULL), ==, 0);
	source_hide(&source);
	g_assert_true(source.pixels == &shaders.base);
	g_assert_cmpuint(source_read_bytes(&source), >=, 2 * 256 * 48);
	finish(&source, frame);
	g_assert_cmpuint(shaders.created, ==, shaders.destroyed);
}

/* Slow or not, a software renderer does not map them faster. */
static void test_software(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct source source = { 0 };
	struct gpu gpu = { 0 };

	software = true;
	show_slowly(&source, &gpu, frame);
	g_assert_cmpuint(shaders.created + copied.created, ==, 0);
	g_assert_nonnull(source.pixels);
	software = false;
	finish(&source, frame);
}

/* Pixels on a GPU that is closed have ended, and their owner is told. */
static void test_other_gpu(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct source source = { 0 };
	struct gpu gpu = { .closing = lose, .opaque = &source };

	show_slowly(&source, &gpu, frame);
	device = (struct gl_device *)&node;
	__wrap_gpu_open(&gpu, frame, NULL);
	g_assert_cmpint(source_show(&source, frame, 1, NULL), ==, -ESTALE);
	g_assert_cmpint(source_show(&source, frame, 2, NULL), ==, 0);
	finish(&source, frame);
	g_assert_cmpuint(shaders.created, ==, shaders.destroyed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gpu-way/faster", test_faster);
	g_test_add_func("/gpu-way/once", test_once);
	g_test_add_func("/gpu-way/fails", test_fails);
	g_test_add_func("/gpu-way/slow-maps", test_slow_maps);
	g_test_add_func("/gpu-way/software", test_software);
	g_test_add_func("/gpu-way/other-gpu", test_other_gpu);
	return g_test_run();
}
