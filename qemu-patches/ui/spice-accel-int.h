/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: what the files of the glue share.
 */
#ifndef UI_SPICE_ACCEL_INT_H
#define UI_SPICE_ACCEL_INT_H

#include <spice.h>
#include <spice-accel/spice-accel.h>

#include "qemu/option.h"
#include "ui/console.h"
#include "ui/spice-accel-compat.h"

#define SPICE_ACCEL_MAX_HEADS 16
#define SPICE_ACCEL_MAX_RECTS 32

/* One console and the stream that shows it. */
typedef struct SpiceAccelHead {
    DisplayChangeListener dcl;
    DisplayGLCtx dgc;
    unsigned index;
    struct spice_accel_display *display;
    int width, height;           /* of what is shown, pixels; 0: nothing */
    bool has_device;             /* the console's device is there */
    bool placeholder;            /* QEMU's own text picture is shown */

    /* damage since the last submit, submitted at the end of a refresh or in
     * a bottom half */
    QEMUBH *submit_bh;
    bool refreshing;
    struct spice_accel_rect rects[SPICE_ACCEL_MAX_RECTS];
    unsigned n_rects;

    /* memory surfaces */
    struct spice_accel_frame *surface_frame;
    pixman_image_t *odd;         /* format that the library does not take... */
    pixman_image_t *converted;   /* ...and its copy that it does; else NULL */
    int surface_width, surface_height;
    bool surface_placeholder;

    /* dma-bufs and textures; has precedence over surface_frame */
    struct spice_accel_frame *gl_frame;
    QemuDmaBuf *gl_dmabuf;       /* NULL: none, or a texture */
    GHashTable *dmabuf_frames;   /* QemuDmaBuf -> frame, until it is released */
    int gl_width, gl_height;

    /* a pointer plane in a dma-buf, and its pixels as they were last seen */
    QemuDmaBuf *plane;
    uint32_t *plane_pixels;
    uint32_t plane_hot_x, plane_hot_y;
    int64_t plane_ms;

    QEMUCursor *cursor;
    bool cursor_shown;
} SpiceAccelHead;

/* spice-accel-state.c */
struct spice_accel_server *qemu_spice_accel_server(void); /* NULL: off */
/* NULL: there is none any more. The heads of an earlier server are forgotten. */
void qemu_spice_accel_set_server(struct spice_accel_server *server);
SpiceAccelHead *qemu_spice_accel_head(unsigned i); /* NULL past the end */
unsigned qemu_spice_accel_n_heads(void);
/* Gives the head its index; there must be room. */
void qemu_spice_accel_append_head(SpiceAccelHead *head);
const char *qemu_spice_accel_render_node(void); /* NULL unknown */
bool qemu_spice_accel_gl(void); /* -spice gl=on: EGL is up */
void qemu_spice_accel_set_renderer(const char *render_node, bool gl);

/* spice-accel-config.c */
typedef enum SpiceAccelVgpu {
    SPICE_ACCEL_VGPU_OFF,  /* as the command line says */
    SPICE_ACCEL_VGPU_AUTO, /* shown if the device has a display */
    SPICE_ACCEL_VGPU_ON,   /* the same, and a device without one is an error */
} SpiceAccelVgpu;

typedef struct SpiceAccelConfig {
    struct spice_accel_options *options;
    enum spice_accel_mode mode;
    unsigned heads; /* of each virtio GPU; 0: as the command line says */
    SpiceAccelVgpu vgpu;
} SpiceAccelConfig;

#define SPICE_ACCEL_GUESTS "/run/osvdi/guests"       /* osvdi-libvirt-hook writes UUID.conf */
#define SPICE_ACCEL_STATUS_FILES "/run/osvdi/status" /* and makes UUID.json for QEMU */

void qemu_spice_accel_config_load(SpiceAccelConfig *config, QemuOpts *opts);

/* spice-accel-head.c */
void qemu_spice_accel_head_init(SpiceAccelHead *head, QemuConsole *con);
void qemu_spice_accel_head_damage(SpiceAccelHead *head, int x, int y, int w, int h);
/* Submits the damage since the last call. */
void qemu_spice_accel_head_submit(SpiceAccelHead *head);
/* Submits the whole picture that is on now. */
void qemu_spice_accel_head_show(SpiceAccelHead *head);
/* Converts a part of head->odd into head->converted. */
void qemu_spice_accel_head_convert(SpiceAccelHead *head,
                                   const struct spice_accel_rect *r);
/* The frame (NULL: none) has precedence over the memory surface. The reference
 * stays the caller's. */
void qemu_spice_accel_head_gl_frame(SpiceAccelHead *head,
                                    struct spice_accel_frame *frame,
                                    int width, int height);
void qemu_spice_accel_head_gl_drop(SpiceAccelHead *head);
/* Until the dma-buf's next update. */
void qemu_spice_accel_head_gl_suspend(SpiceAccelHead *head);
void qemu_spice_accel_head_cursor(SpiceAccelHead *head, int width, int height,
                             int hot_x, int hot_y, const uint32_t *pixels);

/* spice-accel-display.c */
void qemu_spice_accel_head_poll(SpiceAccelHead *head);
extern const DisplayChangeListenerOps qemu_spice_accel_2d_ops;

/* spice-accel-gl.c */
bool qemu_spice_accel_gl_attach(SpiceAccelHead *head);

/* spice-accel-display.c: callbacks of both listeners */
void qemu_spice_accel_mouse_set(DisplayChangeListener *dcl, int x, int y, AccelBool on);
void qemu_spice_accel_gfx_update(DisplayChangeListener *dcl, int x, int y, int w, int h);
void qemu_spice_accel_gfx_switch(DisplayChangeListener *dcl, DisplaySurface *surface);
bool qemu_spice_accel_gfx_check_format(DisplayChangeListener *dcl,
                                  pixman_format_code_t format);
void qemu_spice_accel_refresh(DisplayChangeListener *dcl);
void qemu_spice_accel_cursor_define(DisplayChangeListener *dcl, QEMUCursor *cursor);

/* spice-accel-pointer.c: the same members of struct spice_accel_host_ops */
void qemu_spice_accel_pointer(void *host, unsigned head, uint32_t x, uint32_t y,
                         uint32_t buttons);
void qemu_spice_accel_monitors(void *host, const struct spice_accel_monitor *monitors,
                          unsigned n);

/* spice-accel-agent.c */
void qemu_spice_accel_agent_check(SpiceBaseInstance *sin);

/* spice-accel-devices.c: for devices that come from now on */
void qemu_spice_accel_devices_init(unsigned heads, SpiceAccelVgpu vgpu);

/* spice-accel-security.c: after the command line's settings were made. Ends QEMU
 * when channels that must be secure cannot be. */
void qemu_spice_accel_secure_channels(SpiceServer *server, QemuOpts *opts);

/* spice-accel-input.c: before an interface is registered */
void qemu_spice_accel_input_watch(SpiceBaseInstance *sin);

/* spice-accel-status-file.c: given (NULL: the guest's own file, if it is there) */
void qemu_spice_accel_status_file_init(const char *given);

/* spice-accel-status.c: /spice-accel in the QOM tree */
void qemu_spice_accel_status_init(void);

#endif
