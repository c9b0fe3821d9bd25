/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The extension port: bytes of a viewer, in pieces that the first byte sets. */
#include <stdlib.h>

#include "wire/ext-messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_hello(void *opaque, const struct osvdi_client_hello *m)
{
	if (!m->version)
		abort();
}

static void on_ack(void *opaque, const struct osvdi_ack *m)
{
}

static void on_ping(void *opaque, const struct osvdi_ping *m)
{
}

static void on_key_frame(void *opaque, const struct osvdi_key_frame *m)
{
}

static void on_preferences(void *opaque, const struct osvdi_preferences *m)
{
}

static void on_monitors(void *opaque, const struct osvdi_monitors *m)
{
	if (m->n > OSVDI_MONITORS_MAX)
		abort();
}

static const struct ext_message_ops ops = { on_hello, on_ack, on_ping, on_key_frame, on_preferences,
	on_monitors };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream m = { 0 };
	const char *why = NULL;
	size_t piece = size ? data[0] + 1u : 1;
	bool alive = true;

	for (size_t at = 1; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		bool ok = ext_messages_feed(&m, data + at, n, &ops, NULL, &why);

		if ((ok && !alive) || m.size >= OSVDI_MSG_HEADER_SIZE + OSVDI_ACCEL_MAX_FROM_CLIENT)
			abort();
		alive = ok;
	}
	stream_finish(&m);
	return 0;
}
