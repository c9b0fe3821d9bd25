/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: QEMU as a host of libspice-accel.
 */
#include "qemu/osdep.h"

#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/notify.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "ui/spice-accel.h"
#include "ui/spice-accel-int.h"
#include "ui/spice-accel-stamps.h"

static struct {
    SpiceAccelConfig config;
    QemuThread main_thread;
    Notifier exit;
    Notifier *mouse_mode;
} accel;

/* main loop */

struct spice_accel_timer {
    QEMUTimer *timer;
};

static struct spice_accel_timer *host_timer_add(void *host,
                                                void (*func)(void *opaque),
                                                void *opaque)
{
    struct spice_accel_timer *timer = g_new0(struct spice_accel_timer, 1);

    timer->timer = timer_new_ms(QEMU_CLOCK_REALTIME, func, opaque);
    return timer;
}

static void host_timer_start(struct spice_accel_timer *timer, uint32_t ms)
{
    timer_mod(timer->timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + ms);
}

static void host_timer_cancel(struct spice_accel_timer *timer)
{
    timer_del(timer->timer);
}

static void host_timer_remove(struct spice_accel_timer *timer)
{
    timer_free(timer->timer);
    g_free(timer);
}

struct spice_accel_watch {
    int fd;
    void (*func)(int fd, int events, void *opaque);
    void *opaque;
};

static void host_watch_read(void *opaque)
{
    struct spice_accel_watch *watch = opaque;

    watch->func(watch->fd, SPICE_ACCEL_WATCH_READ, watch->opaque);
}

static void host_watch_write(void *opaque)
{
    struct spice_accel_watch *watch = opaque;

    watch->func(watch->fd, SPICE_ACCEL_WATCH_WRITE, watch->opaque);
}

static struct spice_accel_watch *host_watch_add(void *host, int fd, int events,
        void (*func)(int fd, int events, void *opaque), void *opaque)
{
    struct spice_accel_watch *watch = g_new0(struct spice_accel_watch, 1);

    watch->fd = fd;
    watch->func = func;
    watch->opaque = opaque;
    qemu_set_fd_handler(fd,
                        events & SPICE_ACCEL_WATCH_READ ? host_watch_read : NULL,
                        events & SPICE_ACCEL_WATCH_WRITE ? host_watch_write : NULL,
                        watch);
    return watch;
}

static void host_watch_remove(struct spice_accel_watch *watch)
{
    qemu_set_fd_handler(watch->fd, NULL, NULL, NULL);
    g_free(watch);
}

/* displays */

static void host_poll_interval(void *host, unsigned head, uint32_t ms)
{
    SpiceAccelHead *h = qemu_spice_accel_head(head);

    if (h) {
        update_displaychangelistener(&h->dcl, ms ? ms : GUI_REFRESH_INTERVAL_IDLE);
    }
}

static void host_poll_now(void *host, unsigned head)
{
    SpiceAccelHead *h = qemu_spice_accel_head(head);

    if (h) {
        qemu_spice_accel_head_poll(h);
    }
}

static const struct spice_accel_host_ops host_ops = {
    .size = sizeof(host_ops),
    .timer_add = host_timer_add,
    .timer_start = host_timer_start,
    .timer_cancel = host_timer_cancel,
    .timer_remove = host_timer_remove,
    .watch_add = host_watch_add,
    .watch_remove = host_watch_remove,
    .pointer = qemu_spice_accel_pointer,
    .monitors = qemu_spice_accel_monitors,
    .poll_interval = host_poll_interval,
    .poll_now = host_poll_now,
};

/* Any thread: the report functions only write to stderr or the log file
 * there, but in pieces. */
static void host_log(void *opaque, enum spice_accel_log_level level,
                     const char *message)
{
    static GMutex lock;

    g_mutex_lock(&lock);
    switch (level) {
    case SPICE_ACCEL_LOG_ERROR:
        error_report("spice-accel: %s", message);
        break;
    case SPICE_ACCEL_LOG_WARNING:
        warn_report("spice-accel: %s", message);
        break;
    default:
        info_report("spice-accel: %s", message);
        break;
    }
    g_mutex_unlock(&lock);
}

static void running_changed(void *opaque, bool running, RunState state)
{
    if (qemu_spice_accel_server()) {
        spice_accel_server_running(qemu_spice_accel_server(), running);
    }
}

static void stop(void)
{
    spice_accel_server_destroy(qemu_spice_accel_server());
    qemu_spice_accel_set_server(NULL);
}

/* Ends the encode threads before the process takes its libraries down. An
 * exit() in another thread than the main loop's may hold any lock: leave it
 * to the kernel then. */
static void exiting(Notifier *notifier, void *data)
{
    if (qemu_spice_accel_server() && qemu_thread_is_self(&accel.main_thread)) {
        stop();
    }
}

/* Back to the classic path, before there is any display. */
static void give_up(void)
{
    stop();
    if (!qemu_spice_accel_gl()) {
        display_opengl = 0;
    }
    if (accel.mouse_mode) {
        accel.mouse_mode->notify(accel.mouse_mode, NULL);
    }
}

/* hooks */

bool qemu_spice_accel_active(void)
{
    return qemu_spice_accel_server() != NULL;
}

static int create_server(SpiceServer *server)
{
    struct spice_accel_server *accel_server;
    int rc;

    /* with agent-mouse=off our own agent, and thus the pointer, would be
     * ignored */
    spice_server_set_agent_mouse(server, 1);
    rc = spice_accel_server_create(&accel_server, server, accel.config.options,
                                   &host_ops, NULL);
    if (rc == 0) {
        /* running_changed() is told of the first start as of any other, and
         * with -S of nothing until then. */
        spice_accel_server_running(accel_server, false);
        qemu_spice_accel_set_server(accel_server);
    }
    return rc;
}

void qemu_spice_accel_start(SpiceServer *server, QemuOpts *opts)
{
    int rc;

    spice_accel_log_set(host_log, NULL, getenv("SPICE_ACCEL_DEBUG")
                        ? SPICE_ACCEL_LOG_DEBUG : SPICE_ACCEL_LOG_INFO);
    qemu_spice_accel_config_load(&accel.config, opts);
    if (accel.config.mode == SPICE_ACCEL_OFF) {
        return;
    }

    rc = create_server(server);
    if (rc && accel.config.mode == SPICE_ACCEL_ON) {
        error_report("spice-accel: cannot start: %s; "
                     "accel=auto would go on without", strerror(-rc));
        exit(1);
    }
    if (rc) {
        warn_report("spice-accel: cannot start: %s; displays are drawn the "
                    "classic way", strerror(-rc));
        spice_server_set_agent_mouse(server,
                                     qemu_opt_get_bool(opts, "agent-mouse", 1));
        return;
    }

    qemu_spice_accel_secure_channels(server, opts);
    qemu_spice_accel_devices_init(accel.config.heads, accel.config.vgpu);
    qemu_thread_get_self(&accel.main_thread);
    accel.exit.notify = exiting;
    qemu_add_exit_notifier(&accel.exit);
    qemu_add_vm_change_state_handler(running_changed, NULL);
    qemu_spice_accel_status_init();
    qemu_spice_accel_status_file_init(qemu_opt_get(opts, "accel-status-file"));

    qemu_spice_accel_set_renderer(qemu_opt_get(opts, "rendernode"),
                                  qemu_opt_get_bool(opts, "gl", 0));
    /* lets devices that show a dma-buf come up; those that render with
     * OpenGL need gl=on besides */
    display_opengl = 1;
}

void qemu_spice_accel_own_renderer(void)
{
    if (!qemu_spice_accel_server()) {
        return;
    }
    if (accel.config.mode == SPICE_ACCEL_ON || qemu_spice_accel_n_heads()) {
        error_report("spice-accel: the qxl device cannot be accelerated: use "
                     "virtio-vga, or accel=off");
        exit(1);
    }
    warn_report("spice-accel: the qxl device cannot be accelerated: all "
                "displays are drawn the classic way");
    give_up();
}

static void watch_console(SpiceAccelHead *head, QemuConsole *con)
{
    qemu_spice_accel_head_init(head, con);
    if (!qemu_spice_accel_gl_attach(head)) {
        head->dcl.ops = &qemu_spice_accel_2d_ops;
    }
    head->dcl.update_interval = GUI_REFRESH_INTERVAL_IDLE;
    register_displaychangelistener(&head->dcl);
}

bool qemu_spice_accel_add_console(QemuConsole *con)
{
    SpiceAccelHead *head;
    int rc;

    if (!qemu_spice_accel_server()) {
        return false;
    }
    if (qemu_spice_accel_n_heads() == SPICE_ACCEL_MAX_HEADS) {
        warn_report("spice-accel: only the first %d displays are shown",
                    SPICE_ACCEL_MAX_HEADS);
        return true;
    }

    head = g_new0(SpiceAccelHead, 1);
    rc = spice_accel_display_create(&head->display, qemu_spice_accel_server());
    if (rc) {
        error_report("spice-accel: cannot add display %u: %s",
                     qemu_spice_accel_n_heads(), strerror(-rc));
        g_free(head);
        if (accel.config.mode == SPICE_ACCEL_ON || qemu_spice_accel_n_heads()) {
            exit(1);
        }
        give_up();
        return false;
    }
    qemu_spice_accel_append_head(head);
    watch_console(head, con);
    return true;
}

void qemu_spice_accel_socket_added(int fd)
{
    if (qemu_spice_accel_server()) {
        spice_accel_server_socket_added(qemu_spice_accel_server(), fd);
    }
}

void qemu_spice_accel_channel_event(int event, SpiceChannelEventInfo *info)
{
    if (qemu_spice_accel_server()) {
        spice_accel_server_channel_event(qemu_spice_accel_server(), event, info);
    }
}

void qemu_spice_accel_before_interface(SpiceBaseInstance *sin)
{
    if (qemu_spice_accel_server()) {
        qemu_spice_accel_agent_check(sin);
        qemu_spice_accel_input_watch(sin);
    }
}

bool qemu_spice_accel_mouse_mode(Notifier *again, bool absolute)
{
    if (qemu_spice_accel_server()) {
        accel.mouse_mode = again;
        spice_accel_server_pointer_absolute(qemu_spice_accel_server(), absolute);
    }
    return qemu_spice_accel_server() != NULL;
}
