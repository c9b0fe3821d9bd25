/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: scanouts that are a dma-buf (vfio, virtio-gpu
 * blob) or a texture (virgl). They go to the encoder as they are; the device
 * is never blocked, a newer picture replaces an older one.
 */
#include "qemu/osdep.h"

#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "ui/spice-accel-int.h"

#if defined(CONFIG_OPENGL) && defined(CONFIG_GBM)
#include "ui/egl-context.h"
#include "ui/egl-helpers.h"

/* Guests draw another pointer into the same plane, of which nobody tells. */
#define PLANE_LOOK_MS 100

/* Guests flip between two or three buffers; more are not worth keeping. */
#define MAX_KEPT_DMABUFS 8

static SpiceAccelHead *head_of(DisplayChangeListener *dcl)
{
    return container_of(dcl, SpiceAccelHead, dcl);
}

static void make_current(void)
{
    eglMakeCurrent(qemu_egl_display, EGL_NO_SURFACE, EGL_NO_SURFACE,
                   qemu_egl_rn_ctx);
}

/* pointer planes */

static bool map_cursor(const struct spice_accel_dmabuf_params *p, uint32_t *pixels)
{
    struct dma_buf_sync sync = { DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ };
    size_t size = (size_t)p->stride[0] * p->height;
    off_t end = lseek(p->fd[0], 0, SEEK_END);
    uint8_t *map;
    unsigned y;

    if (end < 0 || (size_t)end < size) {
        return false;
    }
    map = mmap(NULL, size, PROT_READ, MAP_SHARED, p->fd[0], 0);
    if (map == MAP_FAILED) {
        return false;
    }
    ioctl(p->fd[0], DMA_BUF_IOCTL_SYNC, &sync);
    for (y = 0; y < p->height; y++) {
        memcpy(pixels + (size_t)y * p->width, map + (size_t)y * p->stride[0],
               p->width * sizeof(*pixels));
    }
    sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;
    ioctl(p->fd[0], DMA_BUF_IOCTL_SYNC, &sync);
    munmap(map, size);
    return true;
}

static bool read_cursor(QemuDmaBuf *dmabuf, const struct spice_accel_dmabuf_params *p,
                        uint32_t *pixels)
{
    egl_fb fb = { 0 };
    DisplaySurface *surface;
    unsigned y;

    if (!qemu_spice_accel_gl()) {
        return false;
    }
    make_current();
    egl_dmabuf_import_texture(dmabuf);
    if (!accel_dmabuf_texture(dmabuf)) {
        return false;
    }
    surface = qemu_create_displaysurface(p->width, p->height);
    egl_fb_setup_for_tex(&fb, p->width, p->height, accel_dmabuf_texture(dmabuf),
                         false);
    egl_fb_read(surface, &fb);
    egl_fb_destroy(&fb);
    for (y = 0; y < p->height; y++) {
        memcpy(pixels + (size_t)y * p->width,
               (uint8_t *)surface_data(surface) + (size_t)y * surface_stride(surface),
               p->width * sizeof(*pixels));
    }
    qemu_free_displaysurface(surface);
    return true;
}

static void forget_plane(SpiceAccelHead *head)
{
    head->plane = NULL;
    g_clear_pointer(&head->plane_pixels, g_free);
}

/* Shows the pointer plane if its pixels are others than before. */
static void show_plane(SpiceAccelHead *head)
{
    struct spice_accel_dmabuf_params p = accel_dmabuf_params(head->plane);
    size_t size = (size_t)p.width * p.height * sizeof(uint32_t);
    g_autofree uint32_t *pixels = g_malloc0(size);

    head->plane_ms = qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
    if (!map_cursor(&p, pixels) && !read_cursor(head->plane, &p, pixels)) {
        warn_report_once("spice-accel: the guest's pointer plane cannot be read "
                         "without OpenGL: add gl=on to -spice");
        forget_plane(head);
        return;
    }
    if (head->plane_pixels && !memcmp(head->plane_pixels, pixels, size)) {
        return;
    }
    g_free(head->plane_pixels);
    head->plane_pixels = g_steal_pointer(&pixels);
    qemu_spice_accel_head_cursor(head, p.width, p.height, head->plane_hot_x,
                                 head->plane_hot_y, head->plane_pixels);
}

static void cursor_dmabuf(DisplayChangeListener *dcl, QemuDmaBuf *dmabuf,
                          bool have_hot, uint32_t hot_x, uint32_t hot_y)
{
    SpiceAccelHead *head = head_of(dcl);
    struct spice_accel_dmabuf_params p;

    forget_plane(head);
    if (!dmabuf) {
        qemu_spice_accel_head_cursor(head, 0, 0, 0, 0, NULL);
        return;
    }
    p = accel_dmabuf_params(dmabuf);
    if (!p.width || !p.height || p.width > 256 || p.height > 256 ||
        p.stride[0] < p.width * sizeof(uint32_t)) {
        warn_report_once("spice-accel: pointer plane of %ux%u is not shown",
                         p.width, p.height);
        return;
    }
    head->plane = dmabuf;
    head->plane_hot_x = have_hot ? hot_x : 0;
    head->plane_hot_y = have_hot ? hot_y : 0;
    show_plane(head);
}

static void cursor_position(DisplayChangeListener *dcl, uint32_t x, uint32_t y)
{
    spice_accel_display_cursor_move(head_of(dcl)->display, x, y);
}

/* scanouts */

static void scanout_disable(DisplayChangeListener *dcl)
{
    SpiceAccelHead *head = head_of(dcl);

    qemu_spice_accel_head_gl_drop(head);
    qemu_spice_accel_head_show(head);
}

static void unref_frame(gpointer frame)
{
    spice_accel_frame_unref(frame);
}

/* One frame a buffer, so that an encoder imports it once. */
static struct spice_accel_frame *dmabuf_frame(SpiceAccelHead *head,
        QemuDmaBuf *dmabuf, struct spice_accel_dmabuf_params *params)
{
    struct spice_accel_frame *frame = g_hash_table_lookup(head->dmabuf_frames,
                                                          dmabuf);
    int rc;

    if (frame) {
        return frame;
    }
    params->render_node = qemu_spice_accel_render_node();
    rc = spice_accel_frame_create_dmabuf(&frame, params);
    if (rc) {
        error_report("spice-accel: cannot show a dma-buf of %ux%u, format "
                     "0x%08x: %s", params->width, params->height,
                     params->fourcc, strerror(-rc));
        return NULL;
    }
    if (g_hash_table_size(head->dmabuf_frames) >= MAX_KEPT_DMABUFS) {
        g_hash_table_remove_all(head->dmabuf_frames);
    }
    g_hash_table_insert(head->dmabuf_frames, dmabuf, frame);
    return frame;
}

static void scanout_dmabuf(DisplayChangeListener *dcl, QemuDmaBuf *dmabuf)
{
    SpiceAccelHead *head = head_of(dcl);
    struct spice_accel_dmabuf_params params = accel_dmabuf_params(dmabuf);

    head->gl_dmabuf = dmabuf;
    qemu_spice_accel_head_gl_frame(head, dmabuf_frame(head, dmabuf, &params),
                                   params.width, params.height);
    qemu_spice_accel_head_show(head);
}

static void release_dmabuf(DisplayChangeListener *dcl, QemuDmaBuf *dmabuf)
{
    SpiceAccelHead *head = head_of(dcl);

    g_hash_table_remove(head->dmabuf_frames, dmabuf);
    if (head->gl_dmabuf == dmabuf) {
        head->gl_dmabuf = NULL;
    }
    if (head->plane == dmabuf) {
        cursor_dmabuf(dcl, NULL, false, 0, 0);
    }
    if (accel_dmabuf_texture(dmabuf)) {
        make_current();
        egl_dmabuf_release_texture(dmabuf);
    }
}

static void scanout_texture(DisplayChangeListener *dcl, uint32_t id, bool y_0_top,
                            uint32_t backing_width, uint32_t backing_height,
                            uint32_t x, uint32_t y, uint32_t w, uint32_t h
                            ACCEL_TEXTURE_ARGS)
{
    SpiceAccelHead *head = head_of(dcl);
    struct spice_accel_frame *frame = NULL;
    EGLint stride = 0, fourcc = 0;
    EGLuint64KHR modifier = SPICE_ACCEL_MODIFIER_UNKNOWN;
    int fd = egl_get_fd_for_texture(id, &stride, &fourcc, &modifier);
    int rc = -EIO;

    if (fd >= 0) {
        struct spice_accel_dmabuf_params params = {
            .size = sizeof(params),
            .width = w, .height = h, .x = x, .y = y,
            .backing_width = backing_width, .backing_height = backing_height,
            .fourcc = fourcc, .modifier = modifier,
            .n_planes = 1, .fd = { fd, -1, -1, -1 }, .stride = { stride },
            /* the name tells how OpenGL draws it: texture row 0 is then the
             * bottom of the picture */
            .y_flip = y_0_top,
            .render_node = qemu_spice_accel_render_node(),
        };
        rc = spice_accel_frame_create_dmabuf(&frame, &params);
        close(fd);
    }
    if (rc) {
        error_report_once("spice-accel: cannot export the guest's texture: %s; "
                          "\"-display egl-headless\" reads it back instead",
                          strerror(-rc));
    }
    head->gl_dmabuf = NULL;
    qemu_spice_accel_head_gl_frame(head, frame, w, h);
    spice_accel_frame_unref(frame);
    qemu_spice_accel_head_show(head);
}

static void gl_update(DisplayChangeListener *dcl, uint32_t x, uint32_t y,
                      uint32_t w, uint32_t h)
{
    SpiceAccelHead *head = head_of(dcl);

    if (!head->gl_frame && head->gl_dmabuf) {
        scanout_dmabuf(dcl, head->gl_dmabuf);
    }
    if (!head->gl_frame) {
        return;
    }
    if (head->plane &&
        qemu_clock_get_ms(QEMU_CLOCK_REALTIME) - head->plane_ms >= PLANE_LOOK_MS) {
        show_plane(head);
    }
    if (qemu_spice_accel_gl()) {
        glFlush(); /* the encoder waits for what was queued so far */
    }
    qemu_spice_accel_head_damage(head, x, y, w, h);
}

static const DisplayChangeListenerOps gl_ops = {
    .dpy_name = "spice-accel-gl",
    .dpy_refresh = qemu_spice_accel_refresh,
    .dpy_gfx_update = qemu_spice_accel_gfx_update,
    .dpy_gfx_switch = qemu_spice_accel_gfx_switch,
    .dpy_gfx_check_format = qemu_spice_accel_gfx_check_format,
    .dpy_mouse_set = qemu_spice_accel_mouse_set,
    .dpy_cursor_define = qemu_spice_accel_cursor_define,

    .dpy_gl_scanout_disable = scanout_disable,
    .dpy_gl_scanout_texture = scanout_texture,
    .dpy_gl_scanout_dmabuf = scanout_dmabuf,
    .dpy_gl_cursor_dmabuf = cursor_dmabuf,
    .dpy_gl_cursor_position = cursor_position,
    .dpy_gl_release_dmabuf = release_dmabuf,
    .dpy_gl_update = gl_update,
};

/* the context that consoles with dma-bufs and textures ask for */

static bool is_compatible(DisplayGLCtx *dgc, DisplayChangeListener *dcl)
{
    /* a listener without OpenGL (VNC) sees the memory surfaces, as ever */
    return !dcl->ops->dpy_gl_update || dcl->ops == &gl_ops;
}

static QEMUGLContext create_context(DisplayGLCtx *dgc, QEMUGLParams *params)
{
    if (!qemu_spice_accel_gl()) {
        error_report_once("spice-accel: this display device renders with OpenGL: "
                          "add gl=on to -spice");
        return NULL;
    }
    make_current();
    return qemu_egl_create_context(dgc, params);
}

static void destroy_context(DisplayGLCtx *dgc, QEMUGLContext ctx)
{
    if (ctx) {
        qemu_egl_destroy_context(dgc, ctx);
    }
}

static int make_context_current(DisplayGLCtx *dgc, QEMUGLContext ctx)
{
    return ctx ? qemu_egl_make_context_current(dgc, ctx) : -1;
}

static const DisplayGLCtxOps ctx_ops = {
    .dpy_gl_ctx_is_compatible_dcl = is_compatible,
    .dpy_gl_ctx_create = create_context,
    .dpy_gl_ctx_destroy = destroy_context,
    .dpy_gl_ctx_make_current = make_context_current,
};

/* False: another display (egl-headless) owns the console's OpenGL and reads
 * its pictures back into the memory surface. */
bool qemu_spice_accel_gl_attach(SpiceAccelHead *head)
{
    if (console_has_gl(head->dcl.con)) {
        return false;
    }
    head->dmabuf_frames = g_hash_table_new_full(NULL, NULL, NULL, unref_frame);
    head->dgc.ops = &ctx_ops;
    qemu_console_set_display_gl_ctx(head->dcl.con, &head->dgc);
    head->dcl.ops = &gl_ops;
    return true;
}

#else /* no OpenGL */

bool qemu_spice_accel_gl_attach(SpiceAccelHead *head)
{
    return false;
}

#endif
