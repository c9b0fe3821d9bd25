/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/ext-port.h"

#include <osvdi-common/stream.h>
#include <string.h>

#define PING_INTERVAL_MS 2000
/* The clock is estimated from the shortest of so many round trips. */
#define CLOCK_SAMPLES 8
/* If the server stops reading, acknowledgements beyond this are dropped. */
#define MAX_QUEUED_BYTES (64u << 10)
/* How many displays spice-gtk knows. */
#define MAX_DISPLAYS 16

struct clock_sample {
	gint64 offset_us, rtt_us;
};

struct ext_port {
	gatomicrefcount refs;
	const struct ext_port_listener *listener;
	gpointer data;
	guint32 refresh_mhz;
	struct osvdi_preferences preferences;
	guint32 limit_mhz; /* until the session ends; 0: none */
	struct {
		ext_port_update_func func;
		gpointer data;
		guint64 missed; /* the largest number of an update that nobody took; 0: none */
	} updates[MAX_DISPLAYS];

	SpicePortChannel *channel;
	gboolean ready, given_up;
	struct stream stream; /* what the server sends */
	guint ping_timer;
	guint32 ping_id;
	struct clock_sample samples[CLOCK_SAMPLES];
	guint n_samples;

	GByteArray *writing; /* handed to spice-glib */

	GMutex lock;
	GByteArray *queue;   /* waits to be written; any thread appends */
	gboolean flush_queued;
	enum { PORT_CLOSED, PORT_OPEN, PORT_READY } state;
};

static void flush(struct ext_port *port);

/* ---- writing ------------------------------------------------------------- */

static void written(GObject *source, GAsyncResult *result, gpointer data)
{
	struct ext_port *port = data;
	g_autoptr(GError) error = NULL;

	if (spice_port_channel_write_finish(SPICE_PORT_CHANNEL(source), result, &error) < 0)
		g_debug("Extension port: %s", error->message);
	g_clear_pointer(&port->writing, g_byte_array_unref);
	if ((SpicePortChannel *)source == port->channel)
		flush(port);
	ext_port_unref(port);
}

static void flush(struct ext_port *port)
{
	if (!port->channel || port->writing)
		return;
	g_mutex_lock(&port->lock);
	if (port->queue->len) {
		port->writing = g_steal_pointer(&port->queue);
		port->queue = g_byte_array_new();
	}
	g_mutex_unlock(&port->lock);
	if (port->writing)
		spice_port_channel_write_async(port->channel, port->writing->data,
				port->writing->len, NULL, written, ext_port_ref(port));
}

static gboolean flush_soon(gpointer data)
{
	struct ext_port *port = data;

	g_mutex_lock(&port->lock);
	port->flush_queued = FALSE;
	g_mutex_unlock(&port->lock);
	flush(port);
	return G_SOURCE_REMOVE;
}

/* Any thread. Before the server's hello only our hello may be sent. */
static void enqueue(struct ext_port *port, const guint8 *message, gsize size)
{
	gboolean schedule, take;

	g_mutex_lock(&port->lock);
	take = port->state == PORT_READY && port->queue->len < MAX_QUEUED_BYTES;
	if (take)
		g_byte_array_append(port->queue, message, (guint)size);
	schedule = take && !port->flush_queued;
	if (schedule)
		port->flush_queued = TRUE;
	g_mutex_unlock(&port->lock);
	if (schedule)
		g_idle_add_full(G_PRIORITY_HIGH, flush_soon, ext_port_ref(port),
				(GDestroyNotify)ext_port_unref);
}

static void set_state(struct ext_port *port, int state)
{
	g_mutex_lock(&port->lock);
	port->state = state;
	g_byte_array_set_size(port->queue, 0);
	g_mutex_unlock(&port->lock);
}

static gboolean send_ping(gpointer data)
{
	struct ext_port *port = data;
	guint8 message[OSVDI_MSG_HEADER_SIZE + OSVDI_PING_SIZE];
	struct osvdi_ping ping = { .id = ++port->ping_id,
		.time_us = (guint64)g_get_monotonic_time() };

	enqueue(port, message, osvdi_write_ping(message, &ping));
	return G_SOURCE_CONTINUE;
}

static void send_hello(struct ext_port *port)
{
	guint8 message[OSVDI_MSG_HEADER_SIZE + OSVDI_CLIENT_HELLO_SIZE];
	struct osvdi_client_hello hello = {
		.version = OSVDI_ACCEL_VERSION,
		.caps = OSVDI_CAP_ACK | OSVDI_CAP_TILES,
		.refresh_mhz = port->refresh_mhz,
	};

	set_state(port, PORT_OPEN);
	g_mutex_lock(&port->lock);
	g_byte_array_append(port->queue, message, (guint)osvdi_write_client_hello(message, &hello));
	g_mutex_unlock(&port->lock);
	flush(port); /* until then the server paces us like a stock client */
}

static void send_preferences(struct ext_port *port)
{
	guint8 message[OSVDI_MSG_HEADER_SIZE + OSVDI_PREFERENCES_SIZE];
	struct osvdi_preferences wish = port->preferences;

	if (port->limit_mhz && (!wish.max_fps_mhz || wish.max_fps_mhz > port->limit_mhz))
		wish.max_fps_mhz = port->limit_mhz;
	if (wish.max_fps_mhz || wish.max_kbps)
		enqueue(port, message, osvdi_write_preferences(message, &wish));
}

/* ---- reading ------------------------------------------------------------- */

static void on_hello(void *data, const struct osvdi_server_hello *hello)
{
	struct ext_port *port = data;

	if (port->ready)
		return;
	g_info("Extension port: server version %u, capabilities 0x%x", hello->version, hello->caps);
	port->ready = TRUE;
	set_state(port, PORT_READY);
	send_preferences(port);
	send_ping(port);
	port->ping_timer = g_timeout_add(PING_INTERVAL_MS, send_ping, port);
	if (port->listener->ready)
		port->listener->ready(hello, port->data);
}

/* The shortest of the last round trips gives the best offset. */
static void on_pong(void *data, const struct osvdi_pong *pong)
{
	struct ext_port *port = data;
	gint64 now = g_get_monotonic_time();
	gint64 sent = (gint64)pong->ping_time_us;
	const struct clock_sample *best;
	guint i;

	if (sent > now || now - sent > 60 * G_USEC_PER_SEC)
		return; /* answers nothing that we asked */
	port->samples[port->n_samples++ % CLOCK_SAMPLES] = (struct clock_sample){
		.offset_us = (gint64)(pong->time_us - (guint64)(sent + (now - sent) / 2)),
		.rtt_us = now - sent,
	};
	best = &port->samples[0];
	for (i = 1; i < MIN(port->n_samples, CLOCK_SAMPLES); i++)
		if (port->samples[i].rtt_us < best->rtt_us)
			best = &port->samples[i];
	if (port->listener->clock)
		port->listener->clock(best->offset_us, best->rtt_us / 2, port->data);
}

/* Updates of a display that nobody shows are not decoded. */
static gboolean wants_update(struct ext_port *port, guint32 display, guint64 number)
{
	if (display >= MAX_DISPLAYS)
		return FALSE;
	if (!port->updates[display].func)
		port->updates[display].missed = MAX(number, port->updates[display].missed);
	return port->updates[display].func != NULL;
}

/* FALSE: the message is damaged. */
static gboolean hand_over(struct ext_port *port, struct update *update)
{
	if (!update)
		return FALSE;
	port->updates[update->display].func(update, port->updates[update->display].data);
	return TRUE;
}

static bool on_tiles(void *data, const struct osvdi_tiles *message, size_t bytes)
{
	return !wants_update(data, message->display, message->number) ||
			hand_over(data, update_new_tiles(message, bytes, g_get_monotonic_time()));
}

static bool on_copy(void *data, const struct osvdi_copy *message, size_t bytes)
{
	return !wants_update(data, message->display, message->number) ||
			hand_over(data, update_new_copy(message, bytes, g_get_monotonic_time()));
}

static const struct stream_viewer_ops viewer_ops = {
	.hello = on_hello,
	.pong = on_pong,
	.tiles = on_tiles,
	.copy = on_copy,
};

static void on_data(SpicePortChannel *channel, gpointer data, gint size, struct ext_port *port)
{
	if (channel != port->channel || port->given_up || size <= 0 ||
			stream_feed_viewer(&port->stream, data, (gsize)size, &viewer_ops, port) ==
					STREAM_OK ||
			channel != port->channel)
		return;
	g_warning("Extension port: the server breaks its protocol; going on without it");
	port->given_up = TRUE;
	set_state(port, PORT_CLOSED);
	g_clear_handle_id(&port->ping_timer, g_source_remove);
	if (port->listener->gone)
		port->listener->gone(port->data);
}

static void on_opened(SpicePortChannel *channel, GParamSpec *pspec, struct ext_port *port)
{
	g_autofree char *name = NULL;
	gboolean opened = FALSE;

	g_object_get(channel, "port-name", &name, "port-opened", &opened, NULL);
	if (g_strcmp0(name, OSVDI_ACCEL_PORT_NAME) != 0 ||
			(port->channel && port->channel != channel))
		return;
	if (!opened) {
		if (port->channel)
			ext_port_detach(port);
		return;
	}
	port->channel = channel;
	g_object_add_weak_pointer(G_OBJECT(channel), (gpointer *)&port->channel);
	send_hello(port);
}

void ext_port_offer_channel(struct ext_port *port, SpicePortChannel *channel)
{
	g_signal_connect_data(channel, "notify::port-opened", G_CALLBACK(on_opened),
			ext_port_ref(port), (GClosureNotify)(void (*)(void))ext_port_unref, 0);
	g_signal_connect_data(channel, "port-data", G_CALLBACK(on_data), ext_port_ref(port),
			(GClosureNotify)(void (*)(void))ext_port_unref, 0);
	spice_channel_connect(SPICE_CHANNEL(channel));
}

void ext_port_detach(struct ext_port *port)
{
	gboolean was_ready = port->ready;
	guint i;

	for (i = 0; i < MAX_DISPLAYS; i++)
		port->updates[i].missed = 0;
	g_clear_handle_id(&port->ping_timer, g_source_remove);
	if (port->channel)
		g_object_remove_weak_pointer(G_OBJECT(port->channel), (gpointer *)&port->channel);
	port->channel = NULL;
	port->ready = port->given_up = FALSE;
	port->n_samples = 0;
	port->limit_mhz = 0;
	set_state(port, PORT_CLOSED);
	stream_reset(&port->stream);
	if (was_ready && port->listener->gone)
		port->listener->gone(port->data);
}

gboolean ext_port_uses(struct ext_port *port, SpiceChannel *channel)
{
	return port->channel && SPICE_CHANNEL(port->channel) == channel;
}

/* ---- public -------------------------------------------------------------- */

struct ext_port *ext_port_new(const struct ext_port_listener *listener, gpointer data)
{
	struct ext_port *port = g_new0(struct ext_port, 1);

	g_atomic_ref_count_init(&port->refs);
	g_mutex_init(&port->lock);
	port->queue = g_byte_array_new();
	port->listener = listener;
	port->data = data;
	return port;
}

struct ext_port *ext_port_ref(struct ext_port *port)
{
	g_atomic_ref_count_inc(&port->refs);
	return port;
}

void ext_port_unref(struct ext_port *port)
{
	if (!port || !g_atomic_ref_count_dec(&port->refs))
		return;
	g_clear_handle_id(&port->ping_timer, g_source_remove);
	if (port->channel)
		g_object_remove_weak_pointer(G_OBJECT(port->channel), (gpointer *)&port->channel);
	stream_finish(&port->stream);
	g_byte_array_unref(port->queue);
	g_mutex_clear(&port->lock);
	g_free(port);
}

void ext_port_set_refresh(struct ext_port *port, guint32 refresh_mhz)
{
	port->refresh_mhz = refresh_mhz;
}

void ext_port_set_preferences(struct ext_port *port, guint32 max_fps_mhz, guint32 max_kbps)
{
	port->preferences.max_fps_mhz = max_fps_mhz;
	port->preferences.max_kbps = max_kbps;
	if (port->ready)
		send_preferences(port);
}

void ext_port_limit_fps(struct ext_port *port, guint32 max_fps_mhz)
{
	if (port->limit_mhz == max_fps_mhz)
		return;
	port->limit_mhz = max_fps_mhz;
	if (port->ready)
		send_preferences(port);
}

guint64 ext_port_set_updates(
		struct ext_port *port, guint display, ext_port_update_func func, gpointer data)
{
	guint64 missed;

	if (display >= MAX_DISPLAYS)
		return 0;
	missed = port->updates[display].missed;
	port->updates[display].func = func;
	port->updates[display].data = data;
	port->updates[display].missed = 0;
	return missed;
}

gboolean ext_port_is_ready(struct ext_port *port)
{
	return port->ready && !port->given_up;
}

void ext_port_ack(struct ext_port *port, const struct osvdi_ack *ack)
{
	guint8 message[OSVDI_MSG_HEADER_SIZE + OSVDI_ACK_SIZE];

	enqueue(port, message, osvdi_write_ack(message, ack));
}

void ext_port_send_monitors(struct ext_port *port, const struct osvdi_monitors *monitors)
{
	guint8 message[OSVDI_MSG_HEADER_SIZE + OSVDI_MONITORS_SIZE(OSVDI_MONITORS_MAX)];

	enqueue(port, message, osvdi_write_monitors(message, monitors));
}

void ext_port_request_key_frame(struct ext_port *port, guint32 display)
{
	guint8 message[OSVDI_MSG_HEADER_SIZE + OSVDI_KEY_FRAME_SIZE];
	struct osvdi_key_frame request = { .display = display };

	enqueue(port, message, osvdi_write_key_frame(message, &request));
}
