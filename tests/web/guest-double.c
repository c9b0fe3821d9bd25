/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * The parts of a guest beside its screen, preloaded into spice-accel-serve: libspice-server
 * itself carries both to viewers.
 *
 * OSVDI_GUEST_AGENT  a Unix socket; who listens there is the guest's agent, and reads and
 *                    writes what goes over the guest's port
 * OSVDI_GUEST_SOUND  frequency of a tone that the guest plays, in Hz
 * OSVDI_GUEST_USB    if set, the guest takes USB devices, which nobody sends
 * OSVDI_GUEST_HEARS  file that gets what the guest's microphone hears, 16 bits, stereo
 */
#include <dlfcn.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib-unix.h>
#include <spice.h>

#define RATE 48000u
#define TICK_MS 10u

static const char *const OURS = "accelerated display agent";

static int agent_fd = -1;
static GByteArray *from_agent;
static SpiceBaseInstance *replaced;
static FILE *heard;

/* ---- the agent ------------------------------------------------------------ */

static int on_write(SpiceCharDeviceInstance *sin, const uint8_t *data, int size)
{
	return (int)write(agent_fd, data, (size_t)size);
}

static int on_read(SpiceCharDeviceInstance *sin, uint8_t *data, int size)
{
	guint n = MIN(from_agent->len, (guint)size);

	memcpy(data, from_agent->data, n);
	g_byte_array_remove_range(from_agent, 0, n);
	return (int)n;
}

static void on_state(SpiceCharDeviceInstance *sin, int connected)
{
}

static const SpiceCharDeviceInterface agent_interface = {
	.base = {
		.type = SPICE_INTERFACE_CHAR_DEVICE,
		.description = "agent of a test",
		.major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
		.minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
	},
	.state = on_state,
	.write = on_write,
	.read = on_read,
};
static SpiceCharDeviceInstance agent = { .base.sif = &agent_interface.base, .subtype = "vdagent" };

static gboolean on_agent(gint fd, GIOCondition condition, gpointer data)
{
	uint8_t bytes[65536];
	ssize_t n = read(fd, bytes, sizeof bytes);

	if (n <= 0)
		return G_SOURCE_REMOVE;
	g_byte_array_append(from_agent, bytes, (guint)n);
	spice_server_char_device_wakeup(&agent);
	return G_SOURCE_CONTINUE;
}

static bool connect_agent(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	agent_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (agent_fd < 0 || connect(agent_fd, (struct sockaddr *)&address, sizeof address) < 0)
		return false;
	from_agent = g_byte_array_new();
	g_unix_fd_add(agent_fd, G_IO_IN, on_agent, NULL);
	return true;
}

/* ---- sound ------------------------------------------------------------------ */

static const SpicePlaybackInterface speaker_interface = {
	.base = {
		.type = SPICE_INTERFACE_PLAYBACK,
		.description = "speaker of a test",
		.major_version = SPICE_INTERFACE_PLAYBACK_MAJOR,
		.minor_version = SPICE_INTERFACE_PLAYBACK_MINOR,
	},
};
static SpicePlaybackInstance speaker = { .base.sif = &speaker_interface.base };

static const SpiceRecordInterface microphone_interface = {
	.base = {
		.type = SPICE_INTERFACE_RECORD,
		.description = "microphone of a test",
		.major_version = SPICE_INTERFACE_RECORD_MAJOR,
		.minor_version = SPICE_INTERFACE_RECORD_MINOR,
	},
};
static SpiceRecordInstance microphone = { .base.sif = &microphone_interface.base };

/* As a sound card: so many samples as its clock wants. */
static gboolean on_tick(gpointer data)
{
	static gint64 start, played;
	static uint32_t *buffer, size, filled;
	double step = 2 * G_PI * atof(data) / RATE;
	gint64 due;

	if (!start)
		start = g_get_monotonic_time();
	due = (g_get_monotonic_time() - start) * RATE / G_USEC_PER_SEC;
	for (; played < due; played++) {
		uint16_t value = (uint16_t)(int16_t)(12000 * sin(step * (double)played));

		if (!buffer)
			spice_server_playback_get_buffer(&speaker, &buffer, &size);
		if (!buffer)
			continue; /* nobody listens */
		buffer[filled++] = value | (uint32_t)value << 16;
		if (filled == size) {
			spice_server_playback_put_samples(&speaker, buffer);
			buffer = NULL;
			filled = 0;
		}
	}
	return G_SOURCE_CONTINUE;
}

static gboolean on_hear(gpointer data)
{
	uint32_t samples[RATE / 10];
	uint32_t n = spice_server_record_get_samples(&microphone, samples, G_N_ELEMENTS(samples));

	fwrite(samples, sizeof *samples, n, heard);
	fflush(heard);
	return G_SOURCE_CONTINUE;
}

/* ---- what is preloaded -------------------------------------------------------- */

typedef int add_function(SpiceServer *spice, SpiceBaseInstance *sin);

int spice_server_add_interface(SpiceServer *spice, SpiceBaseInstance *sin)
{
	add_function *add = (add_function *)dlsym(RTLD_NEXT, "spice_server_add_interface");
	const char *path = getenv("OSVDI_GUEST_AGENT");

	if (!path || strcmp(sin->sif->description, OURS) != 0)
		return add(spice, sin);
	replaced = sin;
	if (!connect_agent(path)) {
		perror("guest-double: the agent");
		return -1;
	}
	return add(spice, &agent.base);
}

int spice_server_remove_interface(SpiceBaseInstance *sin)
{
	int (*remove)(SpiceBaseInstance *) = dlsym(RTLD_NEXT, "spice_server_remove_interface");

	return remove(sin == replaced ? &agent.base : sin);
}

void spice_server_char_device_wakeup(SpiceCharDeviceInstance *sin)
{
	void (*wake)(SpiceCharDeviceInstance *) =
			dlsym(RTLD_NEXT, "spice_server_char_device_wakeup");

	wake(&sin->base == replaced ? &agent : sin);
}

/* ---- USB ------------------------------------------------------------------ */

static int on_usb_write(SpiceCharDeviceInstance *sin, const uint8_t *data, int size)
{
	return size;
}

static int on_usb_read(SpiceCharDeviceInstance *sin, uint8_t *data, int size)
{
	return 0;
}

static const SpiceCharDeviceInterface usb_interface = {
	.base = {
		.type = SPICE_INTERFACE_CHAR_DEVICE,
		.description = "USB of a test",
		.major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
		.minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
	},
	.state = on_state,
	.write = on_usb_write,
	.read = on_usb_read,
};
static SpiceCharDeviceInstance usb = { .base.sif = &usb_interface.base, .subtype = "usbredir" };

static void add_sound(SpiceServer *spice)
{
	char *hz = getenv("OSVDI_GUEST_SOUND");
	const char *path = getenv("OSVDI_GUEST_HEARS");

	if (hz) {
		spice_server_add_interface(spice, &speaker.base);
		spice_server_set_playback_rate(&speaker, RATE);
		spice_server_playback_start(&speaker);
		g_timeout_add(TICK_MS, on_tick, hz);
	}
	if (path) {
		heard = fopen(path, "we");
		spice_server_add_interface(spice, &microphone.base);
		spice_server_set_record_rate(&microphone, RATE);
		spice_server_record_start(&microphone);
		g_timeout_add(TICK_MS, on_hear, NULL);
	}
}

void spice_server_vm_start(SpiceServer *spice)
{
	void (*start)(SpiceServer *) = dlsym(RTLD_NEXT, "spice_server_vm_start");

	start(spice);
	add_sound(spice);
	if (getenv("OSVDI_GUEST_USB"))
		spice_server_add_interface(spice, &usb.base);
}
