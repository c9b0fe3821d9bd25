/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/suspend-watch.h"

struct suspend_watch {
	void (*awake)(gpointer data);
	gpointer data;
	GCancellable *cancellable;
	GDBusConnection *bus;
	guint subscription;
};

/* PrepareForSleep (b): true before the suspend, false after it. */
static void on_sleep(GDBusConnection *bus, const char *sender, const char *path,
		const char *interface, const char *signal, GVariant *parameters, gpointer data)
{
	struct suspend_watch *watch = data;
	gboolean before;

	if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(b)")))
		return;
	g_variant_get(parameters, "(b)", &before);
	if (!before)
		watch->awake(watch->data);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	GDBusConnection *bus = g_bus_get_finish(result, &error);
	struct suspend_watch *watch = data;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the watch is gone */
	if (!bus) {
		g_info("Suspends are not noticed: %s", error->message);
		return;
	}
	watch->bus = bus;
	watch->subscription = g_dbus_connection_signal_subscribe(bus, "org.freedesktop.login1",
			"org.freedesktop.login1.Manager", "PrepareForSleep",
			"/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_sleep, watch,
			NULL);
}

struct suspend_watch *suspend_watch_new(void (*awake)(gpointer data), gpointer data)
{
	struct suspend_watch *watch = g_new0(struct suspend_watch, 1);

	watch->awake = awake;
	watch->data = data;
	watch->cancellable = g_cancellable_new();
	g_bus_get(G_BUS_TYPE_SYSTEM, watch->cancellable, on_bus, watch);
	return watch;
}

void suspend_watch_free(struct suspend_watch *watch)
{
	if (!watch)
		return;
	g_cancellable_cancel(watch->cancellable);
	g_object_unref(watch->cancellable);
	if (watch->subscription)
		g_dbus_connection_signal_unsubscribe(watch->bus, watch->subscription);
	g_clear_object(&watch->bus);
	g_free(watch);
}
