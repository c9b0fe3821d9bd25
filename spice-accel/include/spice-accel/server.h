/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SPICE_ACCEL_SERVER_H
#define SPICE_ACCEL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spice-accel/frame.h>
#include <spice-accel/options.h>

#ifdef __cplusplus
extern "C" {
#endif

/* SpiceServer and SpiceChannelEventInfo of <spice.h>, which callers of this
 * header need not have. */
struct RedsState;
struct SpiceChannelEventInfo;

/**
 * The accelerated displays of one SPICE server: its streams, its pointer and
 * its extension port.
 *
 * Thread: all calls in the host thread, the one that runs libspice-server's
 * main loop (under QEMU: with the BQL held), unless said otherwise. Callbacks
 * come in that thread.
 */
struct spice_accel_server;

/** One head: a stream on a display channel of its own. */
struct spice_accel_display;

struct spice_accel_timer;
struct spice_accel_watch;

enum spice_accel_watch_event {
	SPICE_ACCEL_WATCH_READ = 1 << 0,
	SPICE_ACCEL_WATCH_WRITE = 1 << 1,
};

enum spice_accel_button {
	SPICE_ACCEL_BUTTON_LEFT = 1 << 0,
	SPICE_ACCEL_BUTTON_MIDDLE = 1 << 1,
	SPICE_ACCEL_BUTTON_RIGHT = 1 << 2,
	SPICE_ACCEL_BUTTON_WHEEL_UP = 1 << 3,
	SPICE_ACCEL_BUTTON_WHEEL_DOWN = 1 << 4,
	SPICE_ACCEL_BUTTON_SIDE = 1 << 5,
	SPICE_ACCEL_BUTTON_EXTRA = 1 << 6,
};

/* The size that a client wishes for one head; the head is off if width is 0. */
struct spice_accel_monitor {
	int32_t x, y;           /* place among the heads, pixels */
	uint32_t width, height; /* pixels */
	uint32_t width_mm, height_mm; /* 0 unknown */
};

/**
 * The host's main loop and the guest's inputs.
 *
 * The loop part has the shapes of libspice-server's SpiceCoreInterface, which
 * every host has: timers are one-shot, watches are level-triggered.
 * All are mandatory but those marked optional.
 */
struct spice_accel_host_ops {
	size_t size; /* sizeof(struct spice_accel_host_ops) */

	struct spice_accel_timer *(*timer_add)(void *host, void (*func)(void *opaque),
			void *opaque);
	void (*timer_start)(struct spice_accel_timer *timer, uint32_t ms);
	void (*timer_cancel)(struct spice_accel_timer *timer);
	void (*timer_remove)(struct spice_accel_timer *timer);

	struct spice_accel_watch *(*watch_add)(void *host, int fd, int events,
			void (*func)(int fd, int events, void *opaque), void *opaque);
	void (*watch_remove)(struct spice_accel_watch *watch);

	/* Absolute pointer, pixels of that head's scanout; buttons are a mask of
	 * enum spice_accel_button, and wheel bits are one click each. */
	void (*pointer)(void *host, unsigned head, uint32_t x, uint32_t y, uint32_t buttons);

	/* The client's window sizes. Optional. */
	void (*monitors)(void *host, const struct spice_accel_monitor *monitors, unsigned n);

	/* How often the host should look for new guest content on this head, in
	 * ms; 0: nobody is watching, as seldom as it likes. A hint for sources
	 * that must be polled. Optional. */
	void (*poll_interval)(void *host, unsigned head, uint32_t ms);

	/* Look for new guest content on this head now and submit what there is:
	 * a client has just given input, or is ready for a frame. Must not call
	 * back into libspice-server. Optional. */
	void (*poll_now)(void *host, unsigned head);
};

/**
 * Attaches to a SPICE server that is initialised and has no display yet:
 * allows absolute pointers, registers the in-process agent and the extension
 * port.
 *
 * Errors:  0; -ENODEV no encoder works here (with the reasons in the log);
 *          -EIO libspice-server refused an interface; -ENOMEM.
 * Owner:   options and ops are copied; host must outlive the server.
 * Thread:  host thread.
 * Since:   0.1
 */
int spice_accel_server_create(struct spice_accel_server **out, struct RedsState *spice,
		const struct spice_accel_options *options,
		const struct spice_accel_host_ops *ops, void *host);

/** Destroys the displays too, clients connected or not; NULL is allowed. Since: 0.1 */
void spice_accel_server_destroy(struct spice_accel_server *server);

/**
 * To be called from the host's SpiceCoreInterface::watch_add for each
 * descriptor and from ::channel_event, so that sockets are tuned for latency
 * and viewers are told apart. Both are optional, but without them every
 * client is treated as a stock one.
 *
 * Since: 0.1
 */
void spice_accel_server_socket_added(struct spice_accel_server *server, int fd);
void spice_accel_server_channel_event(struct spice_accel_server *server, int event,
		const struct SpiceChannelEventInfo *info);

/**
 * The guest's own agent is about to register (present true: our agent leaves
 * first, libspice-server takes only one) or has gone (false: ours comes
 * back). To be called outside libspice-server's callbacks.
 *
 * Since: 0.1
 */
void spice_accel_server_guest_agent(struct spice_accel_server *server, bool present);

/** Whether the guest wants absolute positions (tablet) or motion (mouse). Since: 0.1 */
void spice_accel_server_pointer_absolute(struct spice_accel_server *server, bool absolute);

/** The guest stopped or runs again; stopped guests are still shown to new clients. Since: 0.1 */
void spice_accel_server_running(struct spice_accel_server *server, bool running);

/**
 * A viewer's key or mouse button was pressed, or the mouse was moved: for the
 * status's last_input. Positions that come by our agent are known already.
 *
 * Since: 0.1
 */
void spice_accel_server_input(struct spice_accel_server *server);

enum spice_accel_status_format {
	SPICE_ACCEL_STATUS_TEXT, /* a few lines for a person */
	SPICE_ACCEL_STATUS_JSON, /* one object; keys in docs/admin/status.md */
};

/** Describes what is running, for a monitor or a log; free() it. NULL: out of memory. Since: 0.1 */
char *spice_accel_server_status(struct spice_accel_server *server,
		enum spice_accel_status_format format);

/**
 * Adds a head. Heads are numbered from 0 in the order of creation and become
 * SPICE display channels of the same ids.
 *
 * Errors:  0; -EBUSY a client is connected: heads are fixed in a session;
 *          -ENOSPC too many; -ENOMEM, or that of a thread's creation.
 * Owner:   the server's; a head lives as long as its server.
 * Since:   0.1
 */
int spice_accel_display_create(struct spice_accel_display **out,
		struct spice_accel_server *server);

/**
 * The newest picture of a head. Older ones that were not encoded yet are
 * forgotten; their damage is kept.
 *
 * Shapes:  rects: n rectangles that changed since the last submit of this
 *          head, clipped by the library; n 0 with rects NULL: everything.
 *          A frame of another size is a mode change.
 * Units:   capture_us in microseconds of CLOCK_MONOTONIC when the picture was
 *          complete at its source; 0: now.
 * Owner:   takes its own reference until the next submit replaces it. NULL:
 *          the scanout is off; clients see black.
 * Since:   0.1
 */
void spice_accel_display_submit(struct spice_accel_display *display,
		struct spice_accel_frame *frame, const struct spice_accel_rect *rects,
		unsigned n, uint64_t capture_us);

/**
 * The pointer's shape.
 *
 * Shapes:  pixels: height rows of width pixels, DRM_FORMAT_ARGB8888 with
 *          alpha not premultiplied, tightly packed; NULL hides the pointer.
 * Errors:  0; -EINVAL larger than 256x256 or a hot spot outside.
 * Owner:   pixels are copied.
 * Since:   0.1
 */
int spice_accel_display_cursor_set(struct spice_accel_display *display, uint32_t width,
		uint32_t height, uint32_t hot_x, uint32_t hot_y, const uint32_t *pixels);

/** The guest moved the pointer by itself (relative mode, warps). Pixels. Since: 0.1 */
void spice_accel_display_cursor_move(struct spice_accel_display *display, int32_t x, int32_t y);

#ifdef __cplusplus
}
#endif
#endif
