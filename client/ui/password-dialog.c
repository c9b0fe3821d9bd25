/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/password-dialog.h"
#include "ui/dialogs.h"

#include <glib/gi18n.h>

struct ask {
	GtkWidget *user, *password;
	void (*answered)(const char *user, const char *password, gpointer data);
	gpointer data;
};

static void on_response(GtkDialog *dialog, int response, struct ask *ask)
{
	const char *user = ask->user ? gtk_entry_get_text(GTK_ENTRY(ask->user)) : NULL;

	gtk_widget_hide(GTK_WIDGET(dialog));
	if (response == GTK_RESPONSE_ACCEPT)
		ask->answered(user, gtk_entry_get_text(GTK_ENTRY(ask->password)), ask->data);
	else
		ask->answered(NULL, NULL, ask->data);
	gtk_entry_set_text(GTK_ENTRY(ask->password), "");
	gtk_widget_destroy(GTK_WIDGET(dialog));
}

static GtkWidget *add_entry(GtkGrid *grid, int row, const char *label, gboolean secret)
{
	GtkWidget *entry = gtk_entry_new(), *text = gtk_label_new_with_mnemonic(label);

	gtk_label_set_xalign(GTK_LABEL(text), 1);
	gtk_label_set_mnemonic_widget(GTK_LABEL(text), entry);
	gtk_style_context_add_class(gtk_widget_get_style_context(text), "dim-label");
	gtk_entry_set_visibility(GTK_ENTRY(entry), !secret);
	if (secret)
		gtk_entry_set_input_purpose(GTK_ENTRY(entry), GTK_INPUT_PURPOSE_PASSWORD);
	gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
	gtk_widget_set_hexpand(entry, TRUE);
	gtk_grid_attach(grid, text, 1, row, 1, 1);
	gtk_grid_attach(grid, entry, 2, row, 1, 1);
	return entry;
}

static void add_text(GtkGrid *grid, int row, const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_max_width_chars(GTK_LABEL(label), 40);
	gtk_style_context_add_class(gtk_widget_get_style_context(label), class);
	gtk_grid_attach(grid, label, 1, row, 2, 1);
}

static GtkWidget *build(
		struct ask *ask, const char *question, gboolean user_too, const char *reason)
{
	GtkWidget *widget = gtk_grid_new();
	GtkGrid *grid = GTK_GRID(widget);
	GtkWidget *icon = gtk_image_new_from_icon_name("dialog-password", GTK_ICON_SIZE_DIALOG);

	g_object_set(widget, "row-spacing", 9, "column-spacing", 12, "margin", 18, NULL);
	gtk_widget_set_valign(icon, GTK_ALIGN_START);
	gtk_grid_attach(grid, icon, 0, 0, 1, 4);
	add_text(grid, 0, question, "osvdi-heading");
	if (reason)
		add_text(grid, 1, reason, "error");
	if (user_too)
		ask->user = add_entry(grid, 2, _("_User"), FALSE);
	ask->password = add_entry(grid, 3, _("_Password"), TRUE);
	return widget;
}

void password_dialog_show(GtkWindow *parent, const char *name, const char *question,
		gboolean user_too, const char *reason,
		void (*answered)(const char *user, const char *password, gpointer data),
		gpointer data)
{
	GtkWidget *dialog = dialog_new(parent, name);
	struct ask *ask = g_new0(struct ask, 1);

	ask->answered = answered;
	ask->data = data;
	gtk_dialog_add_buttons(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL,
			_("C_onnect"), GTK_RESPONSE_ACCEPT, NULL);
	gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
	gtk_window_set_default_size(GTK_WINDOW(dialog), 420, -1);
	gtk_window_set_resizable(GTK_WINDOW(dialog), FALSE);
	gtk_container_add(GTK_CONTAINER(gtk_dialog_get_content_area(GTK_DIALOG(dialog))),
			build(ask, question, user_too, reason));
	g_object_set_data_full(G_OBJECT(dialog), "osvdi-ask", ask, g_free);
	g_signal_connect(dialog, "response", G_CALLBACK(on_response), ask);
	gtk_widget_show_all(dialog);
	gtk_widget_grab_focus(ask->user ? ask->user : ask->password);
}
