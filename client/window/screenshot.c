/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/screenshot.h"
#include "ui/dialogs.h"

#include <errno.h>
#include <glib/gi18n.h>

static void save_surface(GtkWindow *parent, cairo_surface_t *surface, const char *path)
{
	cairo_status_t status = cairo_surface_write_to_png(surface, path);
	g_autofree char *text = NULL;

	if (status == CAIRO_STATUS_SUCCESS)
		return;
	text = g_strdup_printf(_("%s: %s."), path,
			status == CAIRO_STATUS_WRITE_ERROR ? g_strerror(errno) :
							     cairo_status_to_string(status));
	dialog_message(parent, GTK_MESSAGE_ERROR, _("The picture was not saved."), text);
}

static void on_save(GtkNativeDialog *dialog, int response, cairo_surface_t *surface)
{
	g_autofree char *path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog));

	if (response == GTK_RESPONSE_ACCEPT && path)
		save_surface(gtk_native_dialog_get_transient_for(dialog), surface, path);
	cairo_surface_destroy(surface);
	g_object_unref(dialog);
}

void screenshot_save(OsvdiWindow *window)
{
	cairo_surface_t *surface = osvdi_view_snapshot(osvdi_window_get_view(window));
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%d %H.%M.%S");
	g_autofree char *name = g_strdup_printf(_("Desktop %s.png"), stamp);
	const char *folder = g_get_user_special_dir(G_USER_DIRECTORY_PICTURES);
	GtkFileChooserNative *chooser;

	if (!surface) {
		dialog_message(GTK_WINDOW(window), GTK_MESSAGE_INFO, _("There is no picture yet."),
				NULL);
		return;
	}
	chooser = gtk_file_chooser_native_new(_("Save the picture"), GTK_WINDOW(window),
			GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
	gtk_file_chooser_set_do_overwrite_confirmation(GTK_FILE_CHOOSER(chooser), TRUE);
	gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(chooser), name);
	gtk_file_chooser_set_current_folder(
			GTK_FILE_CHOOSER(chooser), folder ? folder : g_get_home_dir());
	g_signal_connect(chooser, "response", G_CALLBACK(on_save), surface);
	gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}
