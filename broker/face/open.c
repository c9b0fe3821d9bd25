/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desktop/desktop-json.h"
#include "desktop/open.h"
#include "desktop/vv.h"
#include "face/face.h"

struct osvdi_broker_opened {
	struct opened opened;
	struct osvdi_broker_desktop desktop; /* borrows the server of opened */
	char *file, *json; /* secrets */
};

static int way_of(enum osvdi_broker_way way)
{
	switch (way) {
	case OSVDI_BROKER_WAY_DIRECT: return WAY_DIRECT;
	case OSVDI_BROKER_WAY_SPICE_DIRECT: return WAY_SPICE_DIRECT;
	case OSVDI_BROKER_WAY_WEBSOCKET: return WAY_WEBSOCKET;
	default: return -1;
	}
}

static gboolean run(struct osvdi_broker *b, const struct osvdi_broker_open_params *given,
		struct opened *out, GError **error)
{
	struct open_params p = {
		.name = given->name,
		.config = &b->config,
		.cacert = b->cacert,
		.way = way_of(given->way),
		.vnc = given->vnc,
		.no_wake = given->no_wake,
		.repair = given->repair,
		.no_websocket = given->no_websocket,
	};

	if (!face_read_spice_ca(b, error) || !face_begin(b, given->timeout_s, error))
		return FALSE;
	p.spice_ca = b->spice_ca;
	p.deadline_us = b->deadline_us;
	face_query(b, &given->query, &p.query);
	return open_desktop(b->cloud, &p, out, error) && caller_check(&b->caller, error);
}

/* The texts, while the secrets that they must not show are known. */
static void write_texts(const struct osvdi_broker *b, struct osvdi_broker_opened *o,
		bool delete_file)
{
	g_autoptr(JsonNode) root = desktop_resolve_json(o->opened.server, o->opened.address,
			&o->opened.log, o->opened.warnings, b->caller.secrets);

	o->json = js_dump(root, FALSE);
	o->file = vv_format(o->opened.address, delete_file);
}

struct osvdi_broker_opened *osvdi_broker_open(struct osvdi_broker *b,
		const struct osvdi_broker_open_params *params, struct osvdi_broker_error **error)
{
	struct osvdi_broker_opened *o = g_new0(struct osvdi_broker_opened, 1);
	struct osvdi_broker_open_params given;
	GError *e = NULL;

	face_take_params(&given, sizeof(given), params, params->size);
	if (run(b, &given, &o->opened, &e)) {
		o->desktop.server = o->opened.server;
		write_texts(b, o, given.delete_file);
		return o;
	}
	osvdi_broker_opened_free(o);
	return face_fail(b, e, error);
}

const char *osvdi_broker_opened_uri(const struct osvdi_broker_opened *o)
{
	return o->opened.address->uri;
}

const struct osvdi_broker_desktop *osvdi_broker_opened_desktop(
		const struct osvdi_broker_opened *o)
{
	return &o->desktop;
}

void osvdi_broker_opened_address(const struct osvdi_broker_opened *o,
		struct osvdi_broker_address *out)
{
	const struct address *a = o->opened.address;
	struct osvdi_broker_address all = {
		.size = out->size,
		.protocol = a->protocol,
		.host = a->host,
		.port = a->port,
		.tls_port = a->tls_port,
		.ca = a->ca,
		.subject = a->host_subject,
		.password = a->password,
		.websocket = a->ws_url,
	};

	memcpy(out, &all, MIN(sizeof(all), out->size));
}

const char *osvdi_broker_opened_file(const struct osvdi_broker_opened *o)
{
	return o->file;
}

const char *osvdi_broker_opened_json(const struct osvdi_broker_opened *o)
{
	return o->json;
}

const char *osvdi_broker_opened_warning(const struct osvdi_broker_opened *o, size_t i)
{
	const GPtrArray *all = o->opened.warnings;

	return i < all->len ? all->pdata[i] : NULL;
}

void osvdi_broker_opened_free(struct osvdi_broker_opened *o)
{
	if (!o)
		return;
	opened_clear(&o->opened);
	secret_free(o->file);
	secret_free(o->json);
	g_free(o);
}
