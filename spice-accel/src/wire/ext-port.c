/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/ext-port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <spice.h>
#include <spice/protocol.h>

#include "base/clock.h"
#include "base/log.h"
#include "frame/packet.h"

/* A viewer that does not read its answers is cut off the extension. */
#define MAX_ANSWERS 65536u
/* The limit for all messages: more than the tiler has in flight. */
#define MAX_WAITING (4u << 20)

struct ext_port {
	SpiceCharDeviceInstance sin; /* first: callbacks get its address */
	SpiceServer *spice;
	unsigned max_fps;
	const struct ext_port_ops *ops;
	void *opaque;
	struct stream stream; /* messages from the viewer */
	struct packet out;
	size_t sent;
	size_t answers; /* bytes of answers since nothing waited */
};

/* libspice-server takes up to 64 KB at a time (spicevmc.cpp). */
void ext_port_flush(struct ext_port *p)
{
	size_t left, before;

	do {
		before = p->out.size - p->sent;
		spice_server_char_device_wakeup(&p->sin);
		left = p->out.size - p->sent;
	} while (left && left < before);
}

/* Forgets the bytes that libspice-server has read. False: too many wait. */
static bool may_queue(struct ext_port *p)
{
	packet_drop(&p->out, p->sent);
	p->sent = 0;
	return p->out.size <= MAX_WAITING;
}

static bool queue_bytes(struct ext_port *p, const uint8_t *data, size_t size)
{
	if (!may_queue(p))
		return false;
	if (packet_append(&p->out, data, size) < 0) {
		log_error("out of memory: a message to the viewer is lost");
		return false;
	}
	return true;
}

static void send_answer(struct ext_port *p, const uint8_t *data, size_t size)
{
	p->answers += size;
	if (p->answers > MAX_ANSWERS)
		p->stream.broken = true;
	else
		queue_bytes(p, data, size);
	/* Do not flush from a write of libspice-server: libspice-server would send to the viewer,
	 * and if the viewer has gone, it would free the buffer that it is writing, and abort. */
	p->ops->answer(p->opaque);
}

static bool queue_packet(struct ext_port *p, struct packet *message)
{
	struct packet spare = p->out;

	if (!may_queue(p))
		return false;
	if (p->out.size)
		return queue_bytes(p, message->data, message->size);
	p->out = *message;
	*message = spare;
	packet_reset(message);
	return true;
}

bool ext_port_send(struct ext_port *p, struct packet *message)
{
	if (!p->stream.greeted || p->stream.broken || !queue_packet(p, message))
		return false;
	ext_port_flush(p);
	return true;
}

static void on_hello(void *opaque, const struct osvdi_client_hello *hello)
{
	struct ext_port *p = opaque;
	uint8_t out[OSVDI_MSG_HEADER_SIZE + OSVDI_SERVER_HELLO_SIZE];
	struct osvdi_server_hello answer = {
		.version = OSVDI_ACCEL_VERSION,
		.caps = OSVDI_CAP_ACK | OSVDI_CAP_TILES,
		.max_fps_mhz = p->max_fps * 1000,
		.time_us = clock_now_us(),
	};

	send_answer(p, out, osvdi_write_server_hello(out, &answer));
	p->ops->connected(p->opaque, hello);
}

static void on_ack(void *opaque, const struct osvdi_ack *ack)
{
	struct ext_port *p = opaque;

	p->ops->ack(p->opaque, ack);
}

static void on_ping(void *opaque, const struct osvdi_ping *ping)
{
	uint8_t out[OSVDI_MSG_HEADER_SIZE + OSVDI_PONG_SIZE];
	struct osvdi_pong pong = {
		.id = ping->id,
		.ping_time_us = ping->time_us,
		.time_us = clock_now_us(),
	};

	send_answer(opaque, out, osvdi_write_pong(out, &pong));
}

static void on_key_frame(void *opaque, const struct osvdi_key_frame *key)
{
	struct ext_port *p = opaque;

	p->ops->key_frame(p->opaque, key->display);
}

static void on_preferences(void *opaque, const struct osvdi_preferences *preferences)
{
	struct ext_port *p = opaque;

	p->ops->preferences(p->opaque, preferences);
}

static void on_monitors(void *opaque, const struct osvdi_monitors *monitors)
{
	struct ext_port *p = opaque;

	p->ops->monitors(p->opaque, monitors);
}

static const struct ext_message_ops message_ops = {
	.hello = on_hello,
	.ack = on_ack,
	.ping = on_ping,
	.key_frame = on_key_frame,
	.preferences = on_preferences,
	.monitors = on_monitors,
};

static void disconnect(struct ext_port *p)
{
	bool greeted = p->stream.greeted;

	stream_reset(&p->stream);
	packet_reset(&p->out);
	p->sent = p->answers = 0;
	if (greeted)
		p->ops->disconnected(p->opaque);
}

static int port_write(SpiceCharDeviceInstance *sin, const uint8_t *buf, int len)
{
	struct ext_port *p = (struct ext_port *)sin;
	const char *why = NULL;
	bool was_broken = p->stream.broken;

	if (!ext_messages_feed(&p->stream, buf, (size_t)len, &message_ops, p, &why) &&
			!was_broken) {
		log_warning("the viewer sent %s on the extension port; treating it as a stock "
				"viewer",
				why ? why : "too many requests");
		if (p->stream.greeted)
			p->ops->disconnected(p->opaque);
		p->stream.greeted = false;
	}
	return len;
}

static int port_read(SpiceCharDeviceInstance *sin, uint8_t *buf, int len)
{
	struct ext_port *p = (struct ext_port *)sin;
	size_t n = p->out.size - p->sent;

	n = n < (size_t)len ? n : (size_t)len;
	if (n)
		memcpy(buf, p->out.data + p->sent, n);
	p->sent += n;
	if (p->sent == p->out.size) {
		p->sent = p->answers = 0;
		packet_reset(&p->out);
	}
	return (int)n;
}

static void port_state(SpiceCharDeviceInstance *sin, int connected)
{
	disconnect((struct ext_port *)sin);
}

static void port_event(SpiceCharDeviceInstance *sin, uint8_t event)
{
}

static const SpiceCharDeviceInterface interface = {
	.base = {
		.type = SPICE_INTERFACE_CHAR_DEVICE,
		.description = "accelerated display extension",
		.major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
		.minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
	},
	.state = port_state,
	.write = port_write,
	.read = port_read,
	.event = port_event,
};

int ext_port_create(struct ext_port **out, struct RedsState *spice, unsigned max_fps,
		const struct ext_port_ops *ops, void *opaque)
{
	struct ext_port *p = calloc(1, sizeof *p);

	if (!p)
		return -ENOMEM;
	p->spice = spice;
	p->max_fps = max_fps;
	p->ops = ops;
	p->opaque = opaque;
	p->sin.base.sif = &interface.base;
	p->sin.subtype = "port";
	p->sin.portname = OSVDI_ACCEL_PORT_NAME;
	if (spice_server_add_interface(spice, &p->sin.base) != 0) {
		free(p);
		return -EIO;
	}
	*out = p;
	spice_server_port_event(&p->sin, SPICE_PORT_EVENT_OPENED);
	return 0;
}

void ext_port_destroy(struct ext_port *p)
{
	if (!p)
		return;
	spice_server_port_event(&p->sin, SPICE_PORT_EVENT_CLOSED);
	spice_server_remove_interface(&p->sin.base);
	stream_finish(&p->stream);
	packet_finish(&p->out);
	free(p);
}
