/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/stream-port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <spice.h>
#include <spice/protocol.h>
#include <spice/stream-device.h>

#include "base/log.h"

#define PORT_NAME "org.spice-space.stream.0"

/* Larger than any message of a sound server. */
#define MAX_MESSAGE 4096u

/* A message on its way to libspice-server. */
struct message {
	uint8_t header[sizeof(StreamDevHeader)];
	struct packet body;
	bool frame;
};

struct stream_port {
	SpiceCharDeviceInstance sin; /* first: callbacks get its address */
	SpiceServer *spice;
	const struct stream_port_ops *ops;
	void *opaque;

	struct message current; /* being read */
	size_t sent;            /* bytes of it, header included */
	bool sending;

	/* waiting, in this order; the newest of each kind only */
	bool have_format, have_cursor, have_move, have_frame;
	StreamMsgFormat format;
	struct packet cursor;
	StreamMsgCursorMove move;
	struct packet frame;
	bool wants_frame; /* asked() came */

	uint8_t received[MAX_MESSAGE]; /* a partial message of the server */
	size_t n_received;
};

static void begin(struct stream_port *p, uint16_t type, struct packet *body, bool frame)
{
	StreamDevHeader header = {
		.protocol_version = STREAM_DEVICE_PROTOCOL,
		.type = type,
		.size = (uint32_t)body->size,
	};

	packet_finish(&p->current.body);
	p->current.body = *body;
	memset(body, 0, sizeof *body);
	memcpy(p->current.header, &header, sizeof header);
	p->current.frame = frame;
	p->sent = 0;
	p->sending = true;
}

/* The memory of a frame goes back to its owner. */
static void frame_done(struct stream_port *p, struct packet *frame)
{
	if (frame->data && p->ops->done)
		p->ops->done(p->opaque, frame);
	packet_finish(frame);
}

static void body_done(struct stream_port *p)
{
	p->sending = false;
	if (p->current.frame)
		frame_done(p, &p->current.body);
	else
		packet_finish(&p->current.body);
}

static void begin_small(struct stream_port *p, uint16_t type, const void *data, size_t size)
{
	struct packet body = { 0 };

	if (packet_append(&body, data, size) < 0) {
		log_error("out of memory: a stream message is lost");
		return;
	}
	begin(p, type, &body, false);
}

static void begin_next(struct stream_port *p)
{
	if (p->have_format) {
		p->have_format = false;
		begin_small(p, STREAM_TYPE_FORMAT, &p->format, sizeof p->format);
	} else if (p->have_cursor) {
		p->have_cursor = false;
		begin(p, STREAM_TYPE_CURSOR_SET, &p->cursor, false);
	} else if (p->have_move) {
		p->have_move = false;
		begin_small(p, STREAM_TYPE_CURSOR_MOVE, &p->move, sizeof p->move);
	} else if (p->have_frame) {
		p->have_frame = false;
		p->wants_frame = false;
		begin(p, STREAM_TYPE_DATA, &p->frame, true);
	}
}

static size_t copy_part(uint8_t *out, size_t room, const uint8_t *data, size_t size, size_t from)
{
	size_t n = from < size ? size - from : 0;

	n = n < room ? n : room;
	memcpy(out, data + from, n);
	return n;
}

/* libspice-server pulls; it stops while a frame is in its queue. */
static int port_read(SpiceCharDeviceInstance *sin, uint8_t *buf, int len)
{
	struct stream_port *p = (struct stream_port *)sin;
	size_t room = (size_t)len, n = 0;

	if (!p->sending)
		begin_next(p);
	if (!p->sending) {
		if (!p->wants_frame) {
			p->wants_frame = true;
			p->ops->asked(p->opaque);
		}
		return 0;
	}
	if (p->sent < sizeof p->current.header)
		n = copy_part(buf, room, p->current.header, sizeof p->current.header, p->sent);
	p->sent += n;
	if (p->sent >= sizeof p->current.header) {
		size_t m = copy_part(buf + n, room - n, p->current.body.data, p->current.body.size,
				p->sent - sizeof p->current.header);

		p->sent += m;
		n += m;
	}
	if (p->sent == sizeof p->current.header + p->current.body.size)
		body_done(p);
	return (int)n;
}

static void drop_frame(struct stream_port *p)
{
	frame_done(p, &p->frame);
	p->have_frame = false;
	if (p->sending && p->current.frame && p->sent == 0)
		body_done(p);
}

static void handle_start_stop(struct stream_port *p, const uint8_t *data, size_t size)
{
	uint32_t codecs = 0;

	if (size < 1 || size < 1u + data[0])
		return;
	for (unsigned i = 0; i < data[0]; i++)
		if (data[1 + i] < 32)
			codecs |= 1u << data[1 + i];
	drop_frame(p);
	p->have_format = false;
	p->wants_frame = false;
	if (codecs)
		p->ops->start(p->opaque, codecs);
	else
		p->ops->stop(p->opaque);
}

static void handle_error(struct stream_port *p, const uint8_t *data, size_t size)
{
	char text[128];
	size_t n = size > sizeof(StreamMsgNotifyError) ? size - sizeof(StreamMsgNotifyError) : 0;

	n = n < sizeof text - 1 ? n : sizeof text - 1;
	memcpy(text, data + sizeof(StreamMsgNotifyError), n);
	text[n] = 0;
	p->ops->refused(p->opaque, text);
}

static void handle_message(struct stream_port *p, uint16_t type, const uint8_t *data, size_t size)
{
	switch (type) {
	case STREAM_TYPE_START_STOP:
		handle_start_stop(p, data, size);
		break;
	case STREAM_TYPE_NOTIFY_ERROR:
		handle_error(p, data, size);
		break;
	default: /* capabilities: none are defined */
		break;
	}
}

/* Messages may come in pieces. */
static int port_write(SpiceCharDeviceInstance *sin, const uint8_t *buf, int len)
{
	struct stream_port *p = (struct stream_port *)sin;
	StreamDevHeader header;
	size_t taken = 0;

	while (taken < (size_t)len) {
		size_t want = sizeof header, n;

		if (p->n_received >= sizeof header) {
			memcpy(&header, p->received, sizeof header);
			want += header.size;
		}
		if (want > sizeof p->received) {
			log_error("libspice-server sent a stream message of %u bytes", header.size);
			p->n_received = 0;
			return len;
		}
		n = want - p->n_received;
		n = n < (size_t)len - taken ? n : (size_t)len - taken;
		memcpy(p->received + p->n_received, buf + taken, n);
		p->n_received += n;
		taken += n;
		if (p->n_received < sizeof header)
			continue;
		memcpy(&header, p->received, sizeof header);
		if (p->n_received == sizeof header + header.size) {
			p->n_received = 0;
			handle_message(p, header.type, p->received + sizeof header, header.size);
		}
	}
	return len;
}

static void port_state(SpiceCharDeviceInstance *sin, int connected)
{
}

static const SpiceCharDeviceInterface interface = {
	.base = {
		.type = SPICE_INTERFACE_CHAR_DEVICE,
		.description = "accelerated display",
		.major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
		.minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
	},
	.state = port_state,
	.write = port_write,
	.read = port_read,
};

int stream_port_create(struct stream_port **out, struct RedsState *spice,
		const struct stream_port_ops *ops, void *opaque)
{
	struct stream_port *p = calloc(1, sizeof *p);

	if (!p)
		return -ENOMEM;
	p->spice = spice;
	p->ops = ops;
	p->opaque = opaque;
	p->sin.base.sif = &interface.base;
	p->sin.subtype = "port";
	p->sin.portname = PORT_NAME;
	if (spice_server_add_interface(spice, &p->sin.base) != 0) {
		free(p);
		return -EIO;
	}
	/* the display channel appears now, and START_STOP may come inside the call */
	*out = p;
	spice_server_port_event(&p->sin, SPICE_PORT_EVENT_OPENED);
	return 0;
}

void stream_port_destroy(struct stream_port *p)
{
	if (!p)
		return;
	/* Removal with a client connected crashes libspice-server 0.15, which
	 * writes to the device that it deletes; a closed port is left alone. */
	spice_server_port_event(&p->sin, SPICE_PORT_EVENT_CLOSED);
	spice_server_remove_interface(&p->sin.base);
	packet_finish(&p->current.body);
	packet_finish(&p->cursor);
	packet_finish(&p->frame);
	free(p);
}

void stream_port_set_format(struct stream_port *p, uint32_t width, uint32_t height, uint8_t codec)
{
	drop_frame(p);
	p->format = (StreamMsgFormat){ .width = width, .height = height, .codec = codec };
	p->have_format = true;
}

void stream_port_put(struct stream_port *p, struct packet *packet)
{
	frame_done(p, &p->frame);
	p->frame = *packet;
	memset(packet, 0, sizeof *packet);
	p->have_frame = true;
	spice_server_char_device_wakeup(&p->sin);
}

bool stream_port_full(const struct stream_port *p)
{
	return p->have_frame || (p->sending && p->current.frame);
}

bool stream_port_wants_frame(const struct stream_port *p)
{
	return p->wants_frame;
}

int stream_port_cursor_set(struct stream_port *p, uint32_t width, uint32_t height, uint32_t hot_x,
		uint32_t hot_y, const uint32_t *pixels)
{
	StreamMsgCursorSet set = {
		.width = (uint16_t)width,
		.height = (uint16_t)height,
		.hot_spot_x = (uint16_t)hot_x,
		.hot_spot_y = (uint16_t)hot_y,
		.type = SPICE_CURSOR_TYPE_ALPHA,
	};

	packet_reset(&p->cursor);
	if (packet_append(&p->cursor, &set, sizeof set) < 0 ||
			packet_append(&p->cursor, pixels, (size_t)width * height * 4) < 0)
		return -ENOMEM;
	p->have_cursor = true;
	spice_server_char_device_wakeup(&p->sin);
	return 0;
}

void stream_port_cursor_move(struct stream_port *p, int32_t x, int32_t y)
{
	p->move = (StreamMsgCursorMove){ .x = x, .y = y };
	p->have_move = true;
	spice_server_char_device_wakeup(&p->sin);
}
