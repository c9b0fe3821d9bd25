/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "metrics/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "metrics/guest-status.h"

struct metric {
	const char *name, *type, *help;
	const char *key;   /* in the status */
	double scale;      /* of the key's unit */
	const char *label; /* a further one, or NULL */
};

static const struct metric of_guests[] = {
	{ "running", "gauge", "0 while the guest is stopped", "running", 1, NULL },
	{ "viewers", "gauge", "Viewers that are connected", "viewers", 1, NULL },
	{ "last_input_timestamp_seconds", "gauge",
		"When a viewer's key, button or pointer was used last; 0 before the first time",
		"last_input", 1, NULL },
};

static const struct metric of_displays[] = {
	{ "streaming", "gauge", "1 while someone watches", "streaming", 1, NULL },
	{ "width_pixels", "gauge", "Width of the picture", "width", 1, NULL },
	{ "height_pixels", "gauge", "Height of the picture", "height", 1, NULL },
	{ "frames_per_second", "gauge", "Video frames of the last second", "fps", 1, NULL },
	{ "bits_per_second", "gauge", "Video of the last second", "kbps", 1e3, NULL },
	{ "target_bits_per_second", "gauge", "What rate control expects of the link",
		"target_kbps", 1e3, NULL },
	{ "frames_total", "counter", "Video frames sent", "frames", 1, NULL },
	{ "bytes_total", "counter", "Video sent", "bytes", 1, NULL },
	{ "tile_bytes_total", "counter", "Lossless tiles sent", "tile_bytes", 1, NULL },
	{ "encoder_failures_total", "counter", "Times without any encoder left",
		"encoder_failures", 1, NULL },
	{ "encode_seconds", "gauge", "Time of an encode", "encode_ms_p50", 1e-3,
		"quantile=\"0.5\"" },
	{ "encode_seconds", "gauge", NULL, "encode_ms_p99", 1e-3, "quantile=\"0.99\"" },
	{ "capture_to_wire_seconds", "gauge", "From the picture to libspice-server",
		"capture_to_wire_ms_p50", 1e-3, "quantile=\"0.5\"" },
	{ "capture_to_wire_seconds", "gauge", NULL, "capture_to_wire_ms_p99", 1e-3,
		"quantile=\"0.99\"" },
	{ "round_trip_seconds", "gauge", "From libspice-server to the viewer's acknowledgement",
		"ack_ms_p50", 1e-3, "quantile=\"0.5\"" },
	{ "round_trip_seconds", "gauge", NULL, "ack_ms_p99", 1e-3, "quantile=\"0.99\"" },
};

static void print_head(FILE *out, const char *prefix, const struct metric *m)
{
	if (m->help)
		fprintf(out, "# HELP %s_%s %s.\n# TYPE %s_%s %s\n", prefix, m->name, m->help,
				prefix, m->name, m->type);
}

/* False: the status does not have the number. */
static bool number_of(JsonObject *object, const char *key, double *value)
{
	JsonNode *node = json_object_get_member(object, key);

	if (!node || !JSON_NODE_HOLDS_VALUE(node))
		return false;
	if (json_node_get_value_type(node) == G_TYPE_STRING)
		return false;
	*value = json_node_get_value_type(node) == G_TYPE_BOOLEAN ?
			json_node_get_boolean(node) : json_node_get_double(node);
	return isfinite(*value);
}

static void print_number(FILE *out, double value)
{
	bool whole = floor(value) == value && fabs(value) < 1e18;
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(text, sizeof text, whole ? "%.0f" : "%.15g", value);
	fprintf(out, " %s\n", text);
}

static void print_one(FILE *out, const char *prefix, const struct metric *m,
		JsonObject *object, const char *labels)
{
	double value;

	if (!number_of(object, m->key, &value))
		return;
	fprintf(out, "%s_%s{%s%s%s}", prefix, m->name, labels, m->label ? "," : "",
			m->label ? m->label : "");
	print_number(out, value * m->scale);
}

static JsonArray *displays_of(const struct guest_status *guest)
{
	JsonNode *node = json_object_get_member(json_node_get_object(guest->json), "displays");

	return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

typedef void (*display_func)(FILE *out, const struct metric *m, JsonObject *display,
		const char *labels);

static void each_display(const GPtrArray *guests, FILE *out, const struct metric *m,
		display_func func)
{
	for (guint i = 0; i < guests->len; i++) {
		const struct guest_status *guest = guests->pdata[i];
		JsonArray *displays = displays_of(guest);
		guint n = displays ? json_array_get_length(displays) : 0;

		for (guint k = 0; k < n; k++) {
			JsonNode *node = json_array_get_element(displays, k);
			g_autofree char *labels = g_strdup_printf("guest=\"%s\",head=\"%u\"",
					guest->uuid, k);

			if (JSON_NODE_HOLDS_OBJECT(node))
				func(out, m, json_node_get_object(node), labels);
		}
	}
}

static void display_number(FILE *out, const struct metric *m, JsonObject *display,
		const char *labels)
{
	print_one(out, "osvdi_display", m, display, labels);
}

static char *word_of(JsonObject *object, const char *key)
{
	JsonNode *node = json_object_get_member(object, key);
	bool text = node && JSON_NODE_HOLDS_VALUE(node) &&
			json_node_get_value_type(node) == G_TYPE_STRING;
	char *word = g_strndup(text ? json_node_get_string(node) : "", 32);

	return g_strcanon(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '_');
}

static void display_encoder(FILE *out, const struct metric *m, JsonObject *display,
		const char *labels)
{
	g_autofree char *encoder = word_of(display, "encoder");
	g_autofree char *codec = word_of(display, "codec");

	if (*encoder)
		fprintf(out, "osvdi_display_%s{%s,encoder=\"%s\",codec=\"%s\"} 1\n", m->name,
				labels, encoder, codec);
}

static void print_guests(const GPtrArray *guests, FILE *out)
{
	static const struct metric age = { "status_age_seconds", "gauge",
		"Since QEMU wrote the status; some seconds at most while QEMU runs", NULL,
		1, NULL };

	print_head(out, "osvdi_guest", &age);
	for (guint i = 0; i < guests->len; i++) {
		const struct guest_status *guest = guests->pdata[i];

		fprintf(out, "osvdi_guest_%s{guest=\"%s\"}", age.name, guest->uuid);
		print_number(out, guest->age_s);
	}
	for (guint k = 0; k < G_N_ELEMENTS(of_guests); k++) {
		print_head(out, "osvdi_guest", &of_guests[k]);
		for (guint i = 0; i < guests->len; i++) {
			const struct guest_status *guest = guests->pdata[i];
			g_autofree char *labels = g_strdup_printf("guest=\"%s\"", guest->uuid);

			print_one(out, "osvdi_guest", &of_guests[k],
					json_node_get_object(guest->json), labels);
		}
	}
}

void metrics_print(const GPtrArray *guests, FILE *out)
{
	static const struct metric encoder = { "encoder_info", "gauge",
		"The encoder that is used; always 1", NULL, 1, NULL };

	print_guests(guests, out);
	print_head(out, "osvdi_display", &encoder);
	each_display(guests, out, &encoder, display_encoder);
	for (guint k = 0; k < G_N_ELEMENTS(of_displays); k++) {
		print_head(out, "osvdi_display", &of_displays[k]);
		each_display(guests, out, &of_displays[k], display_number);
	}
}
