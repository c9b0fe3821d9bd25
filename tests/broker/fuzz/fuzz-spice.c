/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "picture/screen.h"
#include "picture/talk.h"

static void open_(void *data G_GNUC_UNUSED, guint32 caps G_GNUC_UNUSED)
{
}

static void message(void *data, guint16 type, const guint8 *body, gsize size)
{
	screen_message(data, type, body, size);
}

/* A SPICE server's side of a display channel. The first byte: how long the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct screen screen = { 0 };
	const struct talk_handler handler = { open_, message, &screen };
	struct talk *talk = talk_new(2, 1, 0, "secret", &handler);
	size_t piece = size ? data[0] + 1u : 1;
	size_t n;

	for (size_t i = 1; i < size; i += n) {
		n = MIN(piece, size - i);
		if (!talk_feed(talk, data + i, n, NULL))
			break;
	}
	screen_is_graphic(&screen);
	talk_free(talk);
	return 0;
}
