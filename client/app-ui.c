/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app-internal.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>

/* A dialog has no parent yet when the first connection fails. */
static GtkWindow *parent_of(struct app *app)
{
	OsvdiWindow *window = app->displays ? displays_get_first(app->displays) : NULL;

	return window ? GTK_WINDOW(window) : NULL;
}

void app_ui_message(GtkWindow *parent, GtkMessageType type, const char *title, const char *text)
{
	GtkWidget *dialog = gtk_message_dialog_new(parent, GTK_DIALOG_DESTROY_WITH_PARENT, type, GTK_BUTTONS_CLOSE,
			"%s", title);

	if (text)
		gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s", text);
	gtk_window_set_title(GTK_WINDOW(dialog), title);
	g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
	gtk_widget_show(dialog);
}

/* ---- failure ------------------------------------------------------------- */

static void on_failure_response(GtkDialog *dialog, int response, struct app *app)
{
	gtk_widget_destroy(GTK_WIDGET(dialog));
	if (response == GTK_RESPONSE_ACCEPT)
		connection_open(app->connection);
	else
		app_quit(app, EXIT_FAILURE);
}

void app_ui_failure(struct app *app, const struct failure *failure)
{
	g_autofree char *text = g_strjoin("\n\n", failure->why ? failure->why : "",
			failure->remedy ? failure->remedy : "", NULL);
	GtkWidget *dialog = gtk_message_dialog_new(parent_of(app), GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_ERROR,
			GTK_BUTTONS_NONE, "%s", failure->what);

	gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s", g_strstrip(text));
	gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Close"), GTK_RESPONSE_CLOSE);
	gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Try again"), GTK_RESPONSE_ACCEPT);
	gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
	gtk_window_set_title(GTK_WINDOW(dialog), app->title);
	g_signal_connect(dialog, "response", G_CALLBACK(on_failure_response), app);
	gtk_widget_show(dialog);
}

static void on_start_failure_response(GtkDialog *dialog, int response, struct app *app)
{
	gtk_widget_destroy(GTK_WIDGET(dialog));
	app_quit(app, EXIT_FAILURE);
}

void app_ui_start_failure(struct app *app, const char *title, const char *text)
{
	GtkWidget *dialog;

	if (app->options->no_reconnect) { /* nobody is there to read it */
		app_quit(app, EXIT_FAILURE);
		return;
	}
	dialog = gtk_message_dialog_new(NULL, 0, GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s", title);
	gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s", text);
	gtk_window_set_title(GTK_WINDOW(dialog), "osvdi-viewer");
	g_signal_connect(dialog, "response", G_CALLBACK(on_start_failure_response), app);
	gtk_widget_show(dialog);
}

static void on_waiting_cancel(GtkWidget *widget, struct app *app)
{
	app_quit(app, EXIT_SUCCESS);
}

static gboolean on_waiting_delete(GtkWidget *window, GdkEvent *event, struct app *app)
{
	app_quit(app, EXIT_SUCCESS);
	return TRUE;
}

GtkWidget *app_ui_waiting(struct app *app, const char *desktop)
{
	GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL), *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
	GtkWidget *spinner = gtk_spinner_new(), *cancel = gtk_button_new_with_mnemonic(_("_Cancel"));
	g_autofree char *text = g_strdup_printf(_("Getting %s ready…"), desktop);

	gtk_window_set_title(GTK_WINDOW(window), "osvdi-viewer");
	gtk_window_set_default_size(GTK_WINDOW(window), 360, 140);
	g_object_set(box, "margin", 18, NULL);
	gtk_spinner_start(GTK_SPINNER(spinner));
	gtk_box_pack_start(GTK_BOX(box), spinner, TRUE, TRUE, 0);
	gtk_box_pack_start(GTK_BOX(box), gtk_label_new(text), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), cancel, FALSE, FALSE, 0);
	gtk_container_add(GTK_CONTAINER(window), box);
	g_signal_connect(cancel, "clicked", G_CALLBACK(on_waiting_cancel), app);
	g_signal_connect(window, "delete-event", G_CALLBACK(on_waiting_delete), app);
	gtk_widget_show_all(window);
	return window;
}

/* ---- password ------------------------------------------------------------ */

struct ask {
	struct app *app;
	GtkWidget *user, *password;
};

static void on_password_response(GtkDialog *dialog, int response, struct ask *ask)
{
	const char *user = ask->user ? gtk_entry_get_text(GTK_ENTRY(ask->user)) : NULL;

	if (response == GTK_RESPONSE_ACCEPT) {
		connection_set_password(ask->app->connection, user, gtk_entry_get_text(GTK_ENTRY(ask->password)));
		gtk_entry_set_text(GTK_ENTRY(ask->password), "");
	} else {
		connection_close(ask->app->connection);
	}
	gtk_widget_destroy(GTK_WIDGET(dialog));
}

static GtkWidget *add_entry(GtkGrid *grid, int row, const char *label, gboolean secret)
{
	GtkWidget *entry = gtk_entry_new(), *text = gtk_label_new_with_mnemonic(label);

	gtk_label_set_xalign(GTK_LABEL(text), 1);
	gtk_label_set_mnemonic_widget(GTK_LABEL(text), entry);
	gtk_entry_set_visibility(GTK_ENTRY(entry), !secret);
	if (secret)
		gtk_entry_set_input_purpose(GTK_ENTRY(entry), GTK_INPUT_PURPOSE_PASSWORD);
	gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
	gtk_grid_attach(grid, text, 0, row, 1, 1);
	gtk_grid_attach(grid, entry, 1, row, 1, 1);
	return entry;
}

void app_ui_password(struct app *app, gboolean user_too)
{
	GtkWidget *dialog = gtk_dialog_new_with_buttons(app->title, parent_of(app), GTK_DIALOG_DESTROY_WITH_PARENT,
			_("_Cancel"), GTK_RESPONSE_CANCEL, _("C_onnect"), GTK_RESPONSE_ACCEPT, NULL);
	GtkWidget *grid = gtk_grid_new(), *area = gtk_dialog_get_content_area(GTK_DIALOG(dialog));
	struct ask *ask = g_new0(struct ask, 1);
	g_autofree char *text = g_strdup_printf(_("%s asks for its password."), app->title);
	GtkWidget *label = gtk_label_new(text);

	ask->app = app;
	gtk_container_set_border_width(GTK_CONTAINER(dialog), 6);
	g_object_set(grid, "row-spacing", 6, "column-spacing", 12, "margin", 12, NULL);
	gtk_grid_attach(GTK_GRID(grid), label, 0, 0, 2, 1);
	if (user_too)
		ask->user = add_entry(GTK_GRID(grid), 1, _("_User"), FALSE);
	ask->password = add_entry(GTK_GRID(grid), 2, _("_Password"), TRUE);
	gtk_container_add(GTK_CONTAINER(area), grid);
	gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
	g_object_set_data_full(G_OBJECT(dialog), "osvdi-ask", ask, g_free);
	g_signal_connect(dialog, "response", G_CALLBACK(on_password_response), ask);
	gtk_widget_show_all(dialog);
}

/* ---- about, screenshot --------------------------------------------------- */

void app_ui_about(GtkWindow *parent)
{
	gtk_show_about_dialog(parent, "program-name", "osvdi-viewer", "version", PACKAGE_VERSION,
			"comments", _("Shows a desktop by SPICE."), "license-type", GTK_LICENSE_GPL_2_0,
			"logo-icon-name", "org.osvdi.Viewer", NULL);
}

static void save_surface(GtkWindow *parent, cairo_surface_t *surface, const char *path)
{
	cairo_status_t status = cairo_surface_write_to_png(surface, path);
	g_autofree char *text = NULL;

	if (status == CAIRO_STATUS_SUCCESS)
		return;
	text = g_strdup_printf(_("%s: %s."), path,
			status == CAIRO_STATUS_WRITE_ERROR ? g_strerror(errno) : cairo_status_to_string(status));
	app_ui_message(parent, GTK_MESSAGE_ERROR, _("The picture was not saved."), text);
}

static void on_save(GtkNativeDialog *dialog, int response, cairo_surface_t *surface)
{
	g_autofree char *path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog));

	if (response == GTK_RESPONSE_ACCEPT && path)
		save_surface(gtk_native_dialog_get_transient_for(dialog), surface, path);
	cairo_surface_destroy(surface);
	g_object_unref(dialog);
}

void app_ui_screenshot(struct app *app, OsvdiWindow *window)
{
	cairo_surface_t *surface = osvdi_view_snapshot(osvdi_window_get_view(window));
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%d %H.%M.%S");
	g_autofree char *name = g_strdup_printf(_("Desktop %s.png"), stamp);
	const char *folder = g_get_user_special_dir(G_USER_DIRECTORY_PICTURES);
	GtkFileChooserNative *chooser;

	if (!surface) {
		app_ui_message(GTK_WINDOW(window), GTK_MESSAGE_INFO, _("There is no picture yet."), NULL);
		return;
	}
	chooser = gtk_file_chooser_native_new(_("Save the picture"), GTK_WINDOW(window), GTK_FILE_CHOOSER_ACTION_SAVE,
			_("_Save"), _("_Cancel"));
	gtk_file_chooser_set_do_overwrite_confirmation(GTK_FILE_CHOOSER(chooser), TRUE);
	gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(chooser), name);
	gtk_file_chooser_set_current_folder(GTK_FILE_CHOOSER(chooser), folder ? folder : g_get_home_dir());
	g_signal_connect(chooser, "response", G_CALLBACK(on_save), surface);
	gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}
