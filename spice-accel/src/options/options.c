/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "options/options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#define GROUP "spice-accel"

enum kind {
	KIND_MODE,
	KIND_ENCODER,
	KIND_WORD,   /* one of `values` */
	KIND_NODE,
	KIND_SOCKET,
	KIND_SWITCH, /* a bool */
	KIND_NUMBER, /* min..max */
};

struct option {
	struct spice_accel_option_info info;
	enum kind kind;
	size_t offset; /* in struct spice_accel_options */
	unsigned min, max;
};

#define FIELD(f) offsetof(struct spice_accel_options, f)

static const struct option options_table[] = {
	{ { "mode", "off|on|auto", "off", "accelerate displays; auto: when an encoder works here" },
		KIND_MODE, FIELD(mode), 0, 0 },
	{ { "encoder", "auto|NAME[,NAME...]", "auto",
		"encoders to use, best first (spice-accel-probe lists them)" },
		KIND_ENCODER, FIELD(encoder), 0, 0 },
	{ { "fps", "1-240", "60", "frames a second at most" }, KIND_NUMBER, FIELD(fps), 1, 240 },
	{ { "bitrate", "800-1000000", "100000", "kbit/s at most, of one display" },
		KIND_NUMBER, FIELD(bitrate_kbps), 800, 1000000 },
	{ { "quality", "10-40", "22", "quantiser where the bitrate allows: smaller is better" },
		KIND_NUMBER, FIELD(quality), 10, 40 },
	{ { "threads", "0-16", "0",
		"CPU threads of a software encoder; 0: as the machine has, 4 at most" },
		KIND_NUMBER, FIELD(threads), 0, 16 },
	{ { "preset", "ultrafast|superfast|veryfast|faster|fast", "ultrafast", "preset of x264" },
		KIND_WORD, FIELD(preset), 0, 0 },
	{ { "render-node", "auto|PATH", "auto", "DRM render node of a hardware encoder" },
		KIND_NODE, FIELD(render_node), 0, 0 },
	{ { "encoder-process", "off|auto|SOCKET", "off",
		"encode in osvdi-encoder; auto: where " OPTIONS_ENCODER_SOCKET " is" },
		KIND_SOCKET, FIELD(encoder_process), 0, 0 },
	{ { "tiles", "off|on", "on",
		"pixel-exact picture for osvdi-viewer: small changes and what rests go lossless" },
		KIND_SWITCH, FIELD(tiles), 0, 0 },
};

#define N_OPTIONS (sizeof options_table / sizeof options_table[0])

size_t spice_accel_option_count(void)
{
	return N_OPTIONS;
}

const struct spice_accel_option_info *spice_accel_option_info(size_t i)
{
	return i < N_OPTIONS ? &options_table[i].info : NULL;
}

static void *field(const struct spice_accel_options *options, const struct option *o)
{
	return (char *)options + o->offset;
}

static bool word_in(const char *words, const char *value)
{
	size_t n = strlen(value);

	if (!n || strchr(value, '|'))
		return false;
	for (const char *w = words; w; w = strchr(w, '|') ? strchr(w, '|') + 1 : NULL)
		if (!strncmp(w, value, n) && (w[n] == '|' || w[n] == 0))
			return true;
	return false;
}

/* "auto", or names that this build has, each once: so they also fit in an order. */
static bool valid_encoders(const char *value)
{
	g_auto(GStrv) names = g_strsplit(value, ",", -1);

	if (!strcmp(value, "auto"))
		return true;
	for (unsigned i = 0; names[i]; i++) {
		struct encoder_info info;

		if (!encoder_info_find(names[i], &info))
			return false;
		for (unsigned j = 0; j < i; j++)
			if (!strcmp(names[i], names[j]))
				return false;
	}
	return names[0] != NULL;
}

static bool set_string(const struct spice_accel_options *options, const struct option *o,
		const char *value)
{
	char **at = field(options, o);
	char *copy = strdup(value);

	if (!copy)
		return false;
	free(*at);
	*at = copy;
	return true;
}

static bool set_number(const struct spice_accel_options *options, const struct option *o,
		const char *value)
{
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, o->min, o->max, &n, NULL))
		return false;
	*(unsigned *)field(options, o) = (unsigned)n;
	return true;
}

/* 1, 0, or -1: neither on nor off. */
static int read_switch(const char *value)
{
	if (!strcmp(value, "on") || !strcmp(value, "yes") || !strcmp(value, "true"))
		return 1;
	if (!strcmp(value, "off") || !strcmp(value, "no") || !strcmp(value, "false"))
		return 0;
	return -1;
}

static bool set_switch(const struct spice_accel_options *options, const struct option *o,
		const char *value)
{
	int on = read_switch(value);

	if (on < 0)
		return false;
	*(bool *)field(options, o) = on;
	return true;
}

static bool set_mode(const struct spice_accel_options *options, const struct option *o,
		const char *value)
{
	enum spice_accel_mode *mode = field(options, o);
	int on = read_switch(value);

	if (on >= 0)
		*mode = on ? SPICE_ACCEL_ON : SPICE_ACCEL_OFF;
	else if (!strcmp(value, "auto"))
		*mode = SPICE_ACCEL_AUTO;
	else
		return false;
	return true;
}

static bool valid_socket(const char *value)
{
	return !strcmp(value, "auto") || !strcmp(value, "off") ||
			(value[0] == '/' && strlen(value) < SOCKET_PATH_SIZE);
}

static bool set_value(const struct spice_accel_options *options, const struct option *o,
		const char *value)
{
	switch (o->kind) {
	case KIND_MODE:
		return set_mode(options, o, value);
	case KIND_ENCODER:
		return valid_encoders(value) && set_string(options, o, value);
	case KIND_WORD:
		return word_in(o->info.values, value) && set_string(options, o, value);
	case KIND_NODE:
		return (!strcmp(value, "auto") || value[0] == '/') &&
				strlen(value) < RENDER_NODE_SIZE && set_string(options, o, value);
	case KIND_SOCKET:
		return valid_socket(value) && set_string(options, o, value);
	case KIND_SWITCH:
		return set_switch(options, o, value);
	case KIND_NUMBER:
		return set_number(options, o, value);
	}
	return false;
}

struct spice_accel_options *spice_accel_options_create(void)
{
	struct spice_accel_options *options = calloc(1, sizeof *options);

	for (size_t i = 0; options && i < N_OPTIONS; i++) {
		if (!set_value(options, &options_table[i], options_table[i].info.initial)) {
			spice_accel_options_destroy(options);
			return NULL;
		}
	}
	return options;
}

void spice_accel_options_destroy(struct spice_accel_options *options)
{
	if (!options)
		return;
	free(options->encoder);
	free(options->preset);
	free(options->render_node);
	free(options->encoder_process);
	free(options);
}

struct spice_accel_options *options_copy(const struct spice_accel_options *from)
{
	struct spice_accel_options *to = malloc(sizeof *to);

	if (!to)
		return NULL;
	*to = *from;
	to->encoder = strdup(from->encoder);
	to->preset = strdup(from->preset);
	to->render_node = strdup(from->render_node);
	to->encoder_process = strdup(from->encoder_process);
	if (!to->encoder || !to->preset || !to->render_node || !to->encoder_process) {
		spice_accel_options_destroy(to);
		return NULL;
	}
	return to;
}

static void set_error(char **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void set_error(char **error, const char *format, ...)
{
	va_list ap;

	if (!error)
		return;
	va_start(ap, format);
	if (vasprintf(error, format, ap) < 0)
		*error = NULL;
	va_end(ap);
}

static const struct option *find(const char *name)
{
	if (!strncmp(name, "accel-", 6))
		name += 6;
	if (!strcmp(name, "accel"))
		name = "mode";
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (!strcmp(options_table[i].info.name, name))
			return &options_table[i];
	return NULL;
}

static void encoder_names(GString *out)
{
	struct encoder_info info;

	for (size_t i = 0; encoder_info_at(i, &info); i++)
		g_string_append_printf(out, "%s%s", i ? ", " : "", info.name);
}

int spice_accel_options_set(struct spice_accel_options *options, const char *name,
		const char *value, char **error)
{
	const struct option *o = find(name);
	g_autoptr(GString) hint = NULL;

	if (error)
		*error = NULL;
	if (!o) {
		set_error(error, "there is no option \"%s\"", name);
		return -ENOENT;
	}
	if (set_value(options, o, value))
		return 0;
	hint = g_string_new(o->info.values);
	if (o->kind == KIND_ENCODER) {
		g_string_append(hint, "; this build has ");
		encoder_names(hint);
	}
	set_error(error, "\"%s\" is no value for %s (%s)", value, o->info.name, hint->str);
	return -EINVAL;
}

int spice_accel_options_load(struct spice_accel_options *options, const char *path, char **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) failure = NULL;
	g_auto(GStrv) keys = NULL;

	if (error)
		*error = NULL;
	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &failure)) {
		set_error(error, "%s: %s", path, failure->message);
		return g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? -ENOENT :
				-EINVAL;
	}
	keys = g_key_file_get_keys(file, GROUP, NULL, NULL);
	if (!keys) {
		set_error(error, "%s: there is no group [" GROUP "]", path);
		return -EINVAL;
	}
	for (unsigned i = 0; keys[i]; i++) {
		g_autofree char *value = g_key_file_get_string(file, GROUP, keys[i], NULL);
		char *why = NULL;

		if (!value || spice_accel_options_set(options, keys[i], value, &why) < 0) {
			set_error(error, "%s: %s: %s", path, keys[i], why ? why : "not a value");
			free(why);
			return -EINVAL;
		}
	}
	return 0;
}

enum spice_accel_mode spice_accel_options_mode(const struct spice_accel_options *options)
{
	return options->mode;
}

const char *options_encoder_socket(const struct spice_accel_options *options)
{
	const char *path = options->encoder_process;

	if (!strcmp(path, "off"))
		return NULL;
	if (strcmp(path, "auto"))
		return path;
	return access(OPTIONS_ENCODER_SOCKET, F_OK) == 0 ? OPTIONS_ENCODER_SOCKET : NULL;
}

/* Viewers without H.264 exist, whichever encoders the administrator named. */
static unsigned add_last_resort(struct encoder_info encoders[ENCODERS_MAX], unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (encoders[i].codec == CODEC_MJPEG)
			return n;
	if (n < ENCODERS_MAX && encoder_info_find("mjpeg", &encoders[n]))
		n++;
	return n;
}

static unsigned add_named(const char *names, struct encoder_info encoders[ENCODERS_MAX])
{
	g_auto(GStrv) list = g_strsplit(names, ",", -1);
	unsigned n = 0;

	for (unsigned i = 0; list[i] && n < ENCODERS_MAX; i++)
		if (encoder_info_find(list[i], &encoders[n]))
			n++;
	return n;
}

unsigned options_encoders(const struct spice_accel_options *options,
		struct encoder_info encoders[ENCODERS_MAX])
{
	struct encoder_info info;
	unsigned n = 0;

	if (strcmp(options->encoder, "auto"))
		return add_last_resort(encoders, add_named(options->encoder, encoders));
	for (size_t i = 0; encoder_info_at(i, &info) && n < ENCODERS_MAX; i++)
		if (!(info.caps & ENCODER_TEST))
			encoders[n++] = info;
	return n;
}
