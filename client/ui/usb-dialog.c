/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/dialogs.h"
#include "ui/settings.h"
#include "ui/usb-dialog.h"

#include <glib/gi18n.h>
#include <spice-client-gtk.h>

/* The settings of USB are for all desktops. */
#define SETTINGS_SCOPE "*"

enum policy {
	POLICY_ASK,
	POLICY_AUTO,
	POLICY_NEVER,
};

struct usb_dialog {
	SpiceSession *session;
	SpiceUsbDeviceManager *manager; /* borrowed from the session */
	GtkWidget *dialog, *list, *note, *error;
	gboolean busy, filling;
	int focus; /* row that will get the focus, or -1 */
};

static SpiceUsbDeviceManager *manager_of(SpiceSession *session, GError **error)
{
	gboolean enabled;

	g_object_get(session, "enable-usbredir", &enabled, NULL);
	return enabled ? spice_usb_device_manager_get(session, error) : NULL;
}

static enum policy get_policy(void)
{
	if (settings_get_flag(SETTINGS_SCOPE, "usb-never", FALSE))
		return POLICY_NEVER;
	return settings_get_flag(SETTINGS_SCOPE, "usb-auto", FALSE) ? POLICY_AUTO : POLICY_ASK;
}

static void set_policy(SpiceSession *session, enum policy policy)
{
	settings_set_flag(SETTINGS_SCOPE, "usb-never", policy == POLICY_NEVER);
	settings_set_flag(SETTINGS_SCOPE, "usb-auto", policy == POLICY_AUTO);
	g_object_set(spice_gtk_session_get(session), "auto-usbredir", policy == POLICY_AUTO, NULL);
}

/* ---- rows ---------------------------------------------------------------- */

static void fill(struct usb_dialog *d);

static void show_error(struct usb_dialog *d, const GError *error)
{
	g_autofree char *text = error ? usb_explain(error) : NULL;

	gtk_widget_set_visible(d->error, text != NULL);
	if (!text)
		return;
	g_info("USB: %s", text);
	gtk_label_set_text(GTK_LABEL(d->error), text);
}

struct operation {
	GtkWidget *dialog; /* weak: may be closed in between */
	struct usb_dialog *d;
	gboolean connect;
};

static void finished(GObject *source, GAsyncResult *result, gpointer data)
{
	struct operation *op = data;
	g_autoptr(GError) error = NULL;

	if (op->connect)
		spice_usb_device_manager_connect_device_finish(
				SPICE_USB_DEVICE_MANAGER(source), result, &error);
	else
		spice_usb_device_manager_disconnect_device_finish(
				SPICE_USB_DEVICE_MANAGER(source), result, &error);
	if (op->dialog) {
		op->d->busy = FALSE;
		fill(op->d);
		show_error(op->d, error);
		g_object_remove_weak_pointer(G_OBJECT(op->dialog), (gpointer *)&op->dialog);
	}
	g_free(op);
}

static void on_toggled(GtkToggleButton *button, struct usb_dialog *d)
{
	SpiceUsbDevice *device = g_object_get_data(G_OBJECT(button), "osvdi-device");
	struct operation *op;

	if (d->filling || d->busy)
		return;
	op = g_new0(struct operation, 1);
	op->dialog = d->dialog;
	op->d = d;
	g_object_add_weak_pointer(G_OBJECT(d->dialog), (gpointer *)&op->dialog);
	op->connect = gtk_toggle_button_get_active(button);
	d->busy = TRUE;
	show_error(d, NULL);
	if (op->connect)
		spice_usb_device_manager_connect_device_async(
				d->manager, device, NULL, finished, op);
	else
		spice_usb_device_manager_disconnect_device_async(
				d->manager, device, NULL, finished, op);
	fill(d);
}

static void device_unref(gpointer device)
{
	g_boxed_free(SPICE_TYPE_USB_DEVICE, device);
}

static void add_row(struct usb_dialog *d, SpiceUsbDevice *device)
{
	g_autofree char *name = spice_usb_device_get_description(
			device, "%1$s %2$s %3$s (%4$d-%5$d)");
	gboolean connected = spice_usb_device_manager_is_device_connected(d->manager, device);
	g_autoptr(GError) reason = NULL;
	gboolean allowed = connected ||
			spice_usb_device_manager_can_redirect_device(d->manager, device, &reason);
	GtkWidget *check = gtk_check_button_new_with_label(name ? name : _("USB device"));

	gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(check), connected);
	gtk_widget_set_sensitive(
			check, allowed && !d->busy && (connected || get_policy() != POLICY_NEVER));
	if (reason)
		gtk_widget_set_tooltip_text(check, reason->message);
	g_object_set_data_full(G_OBJECT(check), "osvdi-device",
			g_boxed_copy(SPICE_TYPE_USB_DEVICE, device), device_unref);
	g_signal_connect(check, "toggled", G_CALLBACK(on_toggled), d);
	gtk_container_add(GTK_CONTAINER(d->list), check);
	if (!allowed && reason) {
		g_autofree char *text = g_strdup_printf("    %s", reason->message);
		GtkWidget *label = gtk_label_new(text);

		gtk_label_set_xalign(GTK_LABEL(label), 0);
		gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
		gtk_label_set_max_width_chars(GTK_LABEL(label), 56);
		gtk_style_context_add_class(gtk_widget_get_style_context(label), "dim-label");
		gtk_container_add(GTK_CONTAINER(d->list), label);
	}
}

/* The row that has the focus, or -1. */
static int focused_row(struct usb_dialog *d)
{
	g_autoptr(GList) rows = gtk_container_get_children(GTK_CONTAINER(d->list));
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(d->dialog));

	return focus ? g_list_index(rows, focus) : -1;
}

/* Gives the focus to the new row at the old place. While a device is being redirected, no
 * row can take the focus; the next fill() does it then. */
static void restore_focus(struct usb_dialog *d)
{
	g_autoptr(GList) rows = gtk_container_get_children(GTK_CONTAINER(d->list));
	GtkWidget *row = d->focus < 0 ? NULL : g_list_nth_data(rows, (guint)d->focus);

	if (!row || !gtk_widget_is_sensitive(row))
		return;
	gtk_widget_grab_focus(row);
	d->focus = -1;
}

static void fill(struct usb_dialog *d)
{
	g_autoptr(GPtrArray) devices = spice_usb_device_manager_get_devices(d->manager);
	int focused = focused_row(d);
	guint i;

	if (focused >= 0)
		d->focus = focused;
	d->filling = TRUE;
	gtk_container_foreach(GTK_CONTAINER(d->list),
			(GtkCallback)(void (*)(void))gtk_widget_destroy, NULL);
	for (i = 0; i < devices->len; i++)
		add_row(d, devices->pdata[i]);
	gtk_label_set_text(GTK_LABEL(d->note), devices->len ?
			_("Ticked devices belong to the desktop and are not usable here.") :
			_("No USB device is plugged in."));
	gtk_widget_show_all(d->list);
	restore_focus(d);
	d->filling = FALSE;
}

static void on_changed(SpiceUsbDeviceManager *manager, SpiceUsbDevice *device, struct usb_dialog *d)
{
	fill(d);
}

static void on_failed(SpiceUsbDeviceManager *manager, SpiceUsbDevice *device, GError *error,
		struct usb_dialog *d)
{
	fill(d);
	show_error(d, error);
}

/* ---- shared CD ----------------------------------------------------------- */

static void on_image(GtkNativeDialog *chooser, int response, struct usb_dialog *d)
{
	g_autofree char *path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(chooser));
	g_autoptr(GError) error = NULL;

	if (response == GTK_RESPONSE_ACCEPT && path) {
		spice_usb_device_manager_create_shared_cd_device(d->manager, path, &error);
		fill(d);
		show_error(d, error);
	}
	g_object_unref(chooser);
}

static void share_cd(GtkButton *button, struct usb_dialog *d)
{
	GtkFileChooserNative *chooser = gtk_file_chooser_native_new(_("Share a CD image"),
			GTK_WINDOW(d->dialog), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Share"),
			_("_Cancel"));

	gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(chooser), TRUE);
	g_signal_connect(chooser, "response", G_CALLBACK(on_image), d);
	gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

/* ---- dialog -------------------------------------------------------------- */

static void on_policy(GtkComboBox *combo, struct usb_dialog *d)
{
	set_policy(d->session, (enum policy)gtk_combo_box_get_active(combo));
	fill(d);
}

static GtkWidget *policy_box(struct usb_dialog *d)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
	GtkWidget *label = gtk_label_new_with_mnemonic(_("When a device is _plugged in:"));
	GtkWidget *combo = gtk_combo_box_text_new();

	gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(combo), _("Leave it here until ticked"));
	gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(combo), _("Give it to the desktop"));
	gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(combo), _("Never give any away"));
	gtk_combo_box_set_active(GTK_COMBO_BOX(combo), (int)get_policy());
	gtk_label_set_mnemonic_widget(GTK_LABEL(label), combo);
	g_signal_connect(combo, "changed", G_CALLBACK(on_policy), d);
	gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), combo, TRUE, TRUE, 0);
	return box;
}

static void build(struct usb_dialog *d, GtkWindow *parent)
{
	GtkWidget *area, *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 9);
	GtkWidget *cd = gtk_button_new_with_mnemonic(_("Share a _CD image…"));

	d->dialog = dialog_new(parent, _("USB devices"));
	area = gtk_dialog_get_content_area(GTK_DIALOG(d->dialog));
	g_object_set(box, "margin", 18, NULL);
	gtk_widget_set_halign(cd, GTK_ALIGN_START);
	d->note = gtk_label_new(NULL);
	gtk_label_set_xalign(GTK_LABEL(d->note), 0);
	d->list = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
	d->error = gtk_label_new(NULL);
	gtk_label_set_line_wrap(GTK_LABEL(d->error), TRUE);
	gtk_label_set_max_width_chars(GTK_LABEL(d->error), 60);
	gtk_label_set_selectable(GTK_LABEL(d->error), TRUE);
	gtk_label_set_xalign(GTK_LABEL(d->error), 0);
	gtk_style_context_add_class(gtk_widget_get_style_context(d->error), "error");
	gtk_widget_set_no_show_all(d->error, TRUE);
	g_signal_connect(cd, "clicked", G_CALLBACK(share_cd), d);
	gtk_box_pack_start(GTK_BOX(box), d->note, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), d->list, TRUE, TRUE, 0);
	gtk_box_pack_start(GTK_BOX(box), d->error, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), policy_box(d), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), cd, FALSE, FALSE, 0);
	gtk_container_add(GTK_CONTAINER(area), box);
}

static void dialog_free(gpointer data)
{
	struct usb_dialog *d = data;

	g_signal_handlers_disconnect_by_data(d->manager, d);
	g_object_unref(d->session);
	g_free(d);
}

static void tell_unavailable(GtkWindow *parent, const GError *error)
{
	dialog_message(parent, GTK_MESSAGE_WARNING, _("USB devices cannot be redirected."),
			error ? error->message :
				_("It is switched off for this desktop (--spice-disable-usbredir "
						"or enable-usbredir=0)."));
}

void usb_dialog_show(GtkWindow *parent, SpiceSession *session, GtkWidget **dialog)
{
	g_autoptr(GError) error = NULL;
	SpiceUsbDeviceManager *manager;
	struct usb_dialog *d;

	if (*dialog) {
		gtk_window_present(GTK_WINDOW(*dialog));
		return;
	}
	manager = manager_of(session, &error);
	if (!manager) {
		tell_unavailable(parent, error);
		return;
	}
	d = g_new0(struct usb_dialog, 1);
	d->session = g_object_ref(session);
	d->manager = manager;
	d->focus = -1;
	build(d, parent);
	g_object_set_data_full(G_OBJECT(d->dialog), "osvdi-usb", d, dialog_free);
	g_signal_connect(manager, "device-added", G_CALLBACK(on_changed), d);
	g_signal_connect(manager, "device-removed", G_CALLBACK(on_changed), d);
	g_signal_connect(manager, "device-error", G_CALLBACK(on_failed), d);
	g_signal_connect(manager, "auto-connect-failed", G_CALLBACK(on_failed), d);
	g_signal_connect(d->dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
	g_signal_connect(d->dialog, "destroy", G_CALLBACK(gtk_widget_destroyed), dialog);
	*dialog = d->dialog;
	fill(d);
	gtk_widget_show_all(d->dialog);
}

/* ---- whether it is possible ---------------------------------------------- */

static gboolean has_channel(SpiceSession *session)
{
	GList *channels = spice_session_get_channels(session), *l;
	gboolean found = FALSE;

	for (l = channels; l; l = l->next)
		found |= SPICE_IS_USBREDIR_CHANNEL(l->data);
	g_list_free(channels);
	return found;
}

const char *usb_why_not(SpiceSession *session)
{
	gboolean enabled;

	g_object_get(session, "enable-usbredir", &enabled, NULL);
	if (!enabled)
		return _("switched off here");
	return has_channel(session) ? NULL : _("the desktop takes none");
}

/* ---- set-up -------------------------------------------------------------- */

void usb_setup(SpiceSession *session, const struct options *options, const struct target *target)
{
	const char *auto_filter = options->usb_auto_filter ? options->usb_auto_filter :
							     target->usb_filter;
	gboolean automatic = target->usb_autoshare == TARGET_YES || options->usb_auto_filter ||
			(target->usb_autoshare == TARGET_UNSET && get_policy() == POLICY_AUTO);
	g_autoptr(GError) error = NULL;
	SpiceUsbDeviceManager *manager;
	guint i;

	if (!auto_filter && !automatic && !options->usb_connect_filter && !options->share_cd)
		return; /* listing devices takes time, so wait until the user asks */
	manager = manager_of(session, &error);
	if (!manager) {
		g_info("USB redirection: %s", error ? error->message : "off");
		return;
	}
	if (auto_filter)
		g_object_set(manager, "auto-connect-filter", auto_filter, NULL);
	if (options->usb_connect_filter)
		g_object_set(manager, "redirect-on-connect", options->usb_connect_filter, NULL);
	g_object_set(spice_gtk_session_get(session), "auto-usbredir",
			automatic && get_policy() != POLICY_NEVER, NULL);
	for (i = 0; options->share_cd && options->share_cd[i]; i++) {
		g_clear_error(&error);
		if (!spice_usb_device_manager_create_shared_cd_device(
				    manager, options->share_cd[i], &error))
			g_warning("%s: %s", options->share_cd[i],
					error ? error->message : "cannot be shared");
	}
}

static void reconnect(GObject *source, GAsyncResult *result, gpointer device)
{
	if (spice_usb_device_manager_disconnect_device_finish(
			    SPICE_USB_DEVICE_MANAGER(source), result, NULL))
		spice_usb_device_manager_connect_device_async(
				SPICE_USB_DEVICE_MANAGER(source), device, NULL, NULL, NULL);
	device_unref(device);
}

void usb_reset_devices(SpiceSession *session)
{
	SpiceUsbDeviceManager *manager = manager_of(session, NULL);
	g_autoptr(GPtrArray) devices = manager ? spice_usb_device_manager_get_devices(manager) :
						 NULL;
	guint i;

	for (i = 0; devices && i < devices->len; i++)
		if (spice_usb_device_manager_is_device_connected(manager, devices->pdata[i]))
			spice_usb_device_manager_disconnect_device_async(manager, devices->pdata[i],
					NULL, reconnect,
					g_boxed_copy(SPICE_TYPE_USB_DEVICE, devices->pdata[i]));
}
