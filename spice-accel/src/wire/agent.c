/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <spice.h>
#include <spice/vd_agent.h>

#include "base/log.h"
#include "frame/packet.h"

/* Longer messages (clipboard, files) are not for us: their capabilities are not announced. */
#define MAX_MESSAGE 8192u

/* A client that asks but does not read gets no more answers. */
#define MAX_WAITING 65536u

/* A byte stream of messages cut into chunks, one for each sender. */
struct assembly {
	uint8_t data[MAX_MESSAGE];
	size_t n;
	size_t skip; /* bytes of a message that is too long */
};

struct agent {
	SpiceCharDeviceInstance sin; /* first: callbacks get its address */
	SpiceServer *spice;
	const struct agent_ops *ops;
	void *opaque;
	bool attached;

	uint8_t header[sizeof(VDIChunkHeader)];
	size_t n_header;
	size_t chunk_left;
	struct assembly ports[VDP_END_PORT];

	struct packet out; /* to libspice-server */
	size_t sent;
};

static void send_message(struct agent *a, uint32_t type, const void *data, uint32_t size)
{
	VDAgentMessage message = { .protocol = VD_AGENT_PROTOCOL, .type = type, .size = size };
	VDIChunkHeader chunk = { .port = VDP_CLIENT_PORT, .size = sizeof message + size };

	packet_drop(&a->out, a->sent);
	a->sent = 0;
	if (a->out.size > MAX_WAITING)
		return;
	if (packet_append(&a->out, &chunk, sizeof chunk) < 0 ||
			packet_append(&a->out, &message, sizeof message) < 0 ||
			packet_append(&a->out, data, size) < 0)
		log_error("out of memory: an agent message is lost");
	if (a->attached) /* see send_bytes() of the extension port */
		a->ops->answer(a->opaque);
}

static void handle_mouse(struct agent *a, const uint8_t *data, size_t size)
{
	static const struct {
		uint32_t agent, button;
	} map[] = {
		{ VD_AGENT_LBUTTON_MASK, SPICE_ACCEL_BUTTON_LEFT },
		{ VD_AGENT_MBUTTON_MASK, SPICE_ACCEL_BUTTON_MIDDLE },
		{ VD_AGENT_RBUTTON_MASK, SPICE_ACCEL_BUTTON_RIGHT },
		{ VD_AGENT_UBUTTON_MASK, SPICE_ACCEL_BUTTON_WHEEL_UP },
		{ VD_AGENT_DBUTTON_MASK, SPICE_ACCEL_BUTTON_WHEEL_DOWN },
		{ VD_AGENT_SBUTTON_MASK, SPICE_ACCEL_BUTTON_SIDE },
		{ VD_AGENT_EBUTTON_MASK, SPICE_ACCEL_BUTTON_EXTRA },
	};
	VDAgentMouseState state;
	uint32_t buttons = 0;

	if (size < sizeof state)
		return;
	memcpy(&state, data, sizeof state);
	for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
		if (state.buttons & map[i].agent)
			buttons |= map[i].button;
	a->ops->pointer(a->opaque, state.display_id, state.x, state.y, buttons);
}

static void handle_capabilities(struct agent *a, const uint8_t *data, size_t size)
{
	uint32_t request, reply[2] = { 0 };

	if (size < sizeof request)
		return;
	memcpy(&request, data, sizeof request);
	if (!request)
		return;
	reply[1] = 1u << VD_AGENT_CAP_MOUSE_STATE | 1u << VD_AGENT_CAP_REPLY |
			1u << VD_AGENT_CAP_MONITORS_CONFIG |
			1u << VD_AGENT_CAP_SPARSE_MONITORS_CONFIG;
	send_message(a, VD_AGENT_ANNOUNCE_CAPABILITIES, reply, sizeof reply);
}

unsigned agent_parse_monitors(const void *data, size_t size,
		struct spice_accel_monitor out[AGENT_MAX_MONITORS])
{
	VDAgentMonitorsConfig config;
	unsigned n = 0;

	if (size < sizeof config)
		return 0;
	memcpy(&config, data, sizeof config);
	for (; n < config.num_of_monitors && n < AGENT_MAX_MONITORS; n++) {
		VDAgentMonConfig m;
		size_t at = sizeof config + n * sizeof m;

		if (size < at + sizeof m)
			break;
		memcpy(&m, (const uint8_t *)data + at, sizeof m);
		out[n] = (struct spice_accel_monitor){ .x = m.x, .y = m.y, .width = m.width,
			.height = m.height };
	}
	return n;
}

static void handle_monitors(struct agent *a, const uint8_t *data, size_t size)
{
	struct spice_accel_monitor monitors[AGENT_MAX_MONITORS];
	unsigned n = agent_parse_monitors(data, size, monitors);
	VDAgentReply reply = { VD_AGENT_MONITORS_CONFIG, n ? VD_AGENT_SUCCESS : VD_AGENT_ERROR };

	if (n)
		a->ops->monitors(a->opaque, monitors, n);
	send_message(a, VD_AGENT_REPLY, &reply, sizeof reply);
}

static void handle_message(struct agent *a, const VDAgentMessage *message, const uint8_t *data)
{
	switch (message->type) {
	case VD_AGENT_MOUSE_STATE:
		handle_mouse(a, data, message->size);
		break;
	case VD_AGENT_ANNOUNCE_CAPABILITIES:
		handle_capabilities(a, data, message->size);
		break;
	case VD_AGENT_MONITORS_CONFIG:
		handle_monitors(a, data, message->size);
		break;
	default:
		break;
	}
}

static void assemble(struct agent *a, struct assembly *s, const uint8_t *data, size_t size)
{
	VDAgentMessage message;

	while (size) {
		size_t n = size, want = sizeof message;

		if (s->skip) {
			n = n < s->skip ? n : s->skip;
			s->skip -= n;
			data += n;
			size -= n;
			continue;
		}
		if (s->n >= sizeof message) {
			memcpy(&message, s->data, sizeof message);
			want += message.size;
		}
		n = n < want - s->n ? n : want - s->n;
		memcpy(s->data + s->n, data, n);
		s->n += n;
		data += n;
		size -= n;
		if (s->n < sizeof message)
			continue;
		memcpy(&message, s->data, sizeof message);
		if (message.size > sizeof s->data - sizeof message) {
			s->skip = message.size - (s->n - sizeof message);
			s->n = 0;
		} else if (s->n == sizeof message + message.size) {
			s->n = 0;
			handle_message(a, &message, s->data + sizeof message);
		}
	}
}

static int agent_write(SpiceCharDeviceInstance *sin, const uint8_t *buf, int len)
{
	struct agent *a = (struct agent *)sin;
	size_t left = (size_t)len;
	VDIChunkHeader chunk;

	while (left) {
		size_t n;

		if (!a->chunk_left) {
			n = sizeof a->header - a->n_header;
			n = n < left ? n : left;
			memcpy(a->header + a->n_header, buf, n);
			a->n_header += n;
			buf += n;
			left -= n;
			if (a->n_header < sizeof a->header)
				break;
			memcpy(&chunk, a->header, sizeof chunk);
			a->chunk_left = chunk.size;
			if (!chunk.size)
				a->n_header = 0;
			continue;
		}
		memcpy(&chunk, a->header, sizeof chunk);
		n = left < a->chunk_left ? left : a->chunk_left;
		if (chunk.port < VDP_END_PORT)
			assemble(a, &a->ports[chunk.port], buf, n);
		buf += n;
		left -= n;
		a->chunk_left -= n;
		if (!a->chunk_left)
			a->n_header = 0;
	}
	return len;
}

static int agent_read(SpiceCharDeviceInstance *sin, uint8_t *buf, int len)
{
	struct agent *a = (struct agent *)sin;
	size_t n = a->out.size - a->sent;

	n = n < (size_t)len ? n : (size_t)len;
	if (n)
		memcpy(buf, a->out.data + a->sent, n);
	a->sent += n;
	if (a->sent == a->out.size) {
		a->sent = 0;
		packet_reset(&a->out);
	}
	return (int)n;
}

static void agent_state(SpiceCharDeviceInstance *sin, int connected)
{
}

static const SpiceCharDeviceInterface interface = {
	.base = {
		.type = SPICE_INTERFACE_CHAR_DEVICE,
		.description = "accelerated display agent",
		.major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
		.minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
	},
	.state = agent_state,
	.write = agent_write,
	.read = agent_read,
};

int agent_create(struct agent **out, struct RedsState *spice, const struct agent_ops *ops,
		void *opaque)
{
	struct agent *a = calloc(1, sizeof *a);

	if (!a)
		return -ENOMEM;
	a->spice = spice;
	a->ops = ops;
	a->opaque = opaque;
	*out = a;
	return 0;
}

void agent_destroy(struct agent *a)
{
	if (!a)
		return;
	agent_detach(a);
	packet_finish(&a->out);
	free(a);
}

static void forget_streams(struct agent *a)
{
	a->n_header = 0;
	a->chunk_left = 0;
	for (unsigned i = 0; i < VDP_END_PORT; i++)
		a->ports[i].n = a->ports[i].skip = 0;
	packet_reset(&a->out);
	a->sent = 0;
}

int agent_attach(struct agent *a)
{
	if (a->attached)
		return 0;
	forget_streams(a);
	memset(&a->sin, 0, sizeof a->sin);
	a->sin.base.sif = &interface.base;
	a->sin.subtype = "vdagent";
	if (spice_server_add_interface(a->spice, &a->sin.base) != 0)
		return -EIO;
	a->attached = true;
	return 0;
}

void agent_detach(struct agent *a)
{
	if (!a->attached)
		return;
	a->attached = false;
	spice_server_remove_interface(&a->sin.base);
}

void agent_flush(struct agent *a)
{
	if (a->attached)
		spice_server_char_device_wakeup(&a->sin);
}

bool agent_attached(const struct agent *a)
{
	return a->attached;
}
