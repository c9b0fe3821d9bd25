/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * The in-process agent and the stream device: what libspice-server writes to
 * them comes from viewers. The first byte chooses the device, the second the
 * size of the pieces; between two of them some of the answers are read.
 */
#include <stdlib.h>

#include "mock-spice.h"
#include "wire/agent.h"
#include "wire/stream-port.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_pointer(void *opaque, unsigned display, uint32_t x, uint32_t y, uint32_t buttons)
{
}

static void on_monitors(void *opaque, const struct spice_accel_monitor *monitors, unsigned n)
{
	uint32_t sum = 0;

	if (n < 1 || n > AGENT_MAX_MONITORS)
		abort();
	for (unsigned i = 0; i < n; i++)
		sum += monitors[i].width + monitors[i].height;
	*(volatile uint32_t *)opaque = sum;
}

static void on_answer(void *opaque)
{
}

static const struct agent_ops agent_ops = { on_pointer, on_monitors, on_answer };

static void on_start(void *opaque, uint32_t codecs)
{
	struct packet frame = { 0 };

	stream_port_set_format(*(struct stream_port **)opaque, 64, 64, 3);
	if (packet_append(&frame, "frame", 5) == 0)
		stream_port_put(*(struct stream_port **)opaque, &frame);
}

static void on_nothing(void *opaque)
{
}

static void on_refused(void *opaque, const char *text)
{
}

static const struct stream_port_ops stream_ops = { on_start, on_nothing, on_nothing, on_refused };

static void feed(const uint8_t *data, size_t size, size_t piece)
{
	uint8_t answer[37];

	for (size_t at = 0; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;

		if (mock_spice_write(data + at, n) != (int)n)
			abort();
		mock_spice_read(answer, sizeof answer);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream_port *port = NULL;
	struct agent *agent = NULL;
	uint32_t sum;

	if (size < 2)
		return 0;
	mock_spice_reset();
	if (data[0] & 1) {
		if (agent_create(&agent, NULL, &agent_ops, &sum) < 0 || agent_attach(agent) < 0)
			abort();
		feed(data + 2, size - 2, data[1] + 1u);
		agent_destroy(agent);
	} else {
		if (stream_port_create(&port, NULL, &stream_ops, &port) < 0)
			abort();
		feed(data + 2, size - 2, data[1] + 1u);
		stream_port_destroy(port);
	}
	return 0;
}
