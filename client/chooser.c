/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "broker-client.h"
#include "chooser.h"
#include "settings.h"

#include <glib/gi18n.h>

struct chooser {
	void (*chosen)(const char *what, gpointer data);
	gpointer data;
	GtkWidget *window, *entry, *desktops, *recent, *note, *connect;
	GCancellable *cancellable;
	gboolean done;
};

static void finish(struct chooser *c, const char *what)
{
	g_autofree char *copy = g_strdup(what);

	if (c->done)
		return;
	c->done = TRUE;
	g_cancellable_cancel(c->cancellable);
	gtk_widget_destroy(c->window);
	c->chosen(copy, c->data);
	g_object_unref(c->cancellable);
	g_free(c);
}

/* ---- lists --------------------------------------------------------------- */

static void add_row(GtkWidget *list, const char *title, const char *detail, const char *what)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
	GtkWidget *name = gtk_label_new(title), *more = gtk_label_new(detail);
	GtkWidget *row = gtk_list_box_row_new();
	g_autofree char *spoken = *detail ? g_strdup_printf("%s %s", title, detail) : g_strdup(title);

	atk_object_set_name(gtk_widget_get_accessible(row), spoken);
	gtk_label_set_xalign(GTK_LABEL(name), 0);
	gtk_label_set_ellipsize(GTK_LABEL(name), PANGO_ELLIPSIZE_MIDDLE);
	gtk_style_context_add_class(gtk_widget_get_style_context(more), "dim-label");
	gtk_box_pack_start(GTK_BOX(box), name, TRUE, TRUE, 0);
	gtk_box_pack_end(GTK_BOX(box), more, FALSE, FALSE, 0);
	g_object_set(box, "margin", 6, NULL);
	gtk_container_add(GTK_CONTAINER(row), box);
	g_object_set_data_full(G_OBJECT(row), "osvdi-what", g_strdup(what), g_free);
	gtk_list_box_insert(GTK_LIST_BOX(list), row, -1);
	gtk_widget_show_all(row);
}

static void on_row(GtkListBox *list, GtkListBoxRow *row, struct chooser *c)
{
	finish(c, g_object_get_data(G_OBJECT(row), "osvdi-what"));
}

static void on_desktops(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = broker_client_list_finish(result, &error);
	struct chooser *c = data;
	guint i;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the chooser is gone */
	for (i = 0; list && i < list->len; i++) {
		const struct broker_desktop *d = list->pdata[i];

		add_row(c->desktops, *d->name ? d->name : d->id, d->status, d->id);
	}
	gtk_label_set_text(GTK_LABEL(c->note), error ? error->message :
			list->len ? _("Your desktops") : _("You have no desktop in the cloud."));
}

static GtkWidget *make_list(struct chooser *c)
{
	GtkWidget *list = gtk_list_box_new();

	gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
	g_signal_connect(list, "row-activated", G_CALLBACK(on_row), c);
	return list;
}

static void fill_recent(struct chooser *c)
{
	g_auto(GStrv) recent = settings_get_recent();
	guint i;

	for (i = 0; recent[i]; i++)
		add_row(c->recent, recent[i], "", recent[i]);
}

/* ---- the window ---------------------------------------------------------- */

static void on_connect(GtkWidget *widget, struct chooser *c)
{
	const char *text = gtk_entry_get_text(GTK_ENTRY(c->entry));

	if (*text)
		finish(c, text);
}

static void on_changed(GtkEditable *entry, struct chooser *c)
{
	gtk_widget_set_sensitive(c->connect, *gtk_entry_get_text(GTK_ENTRY(entry)) != '\0');
}

static void on_file(GtkNativeDialog *dialog, int response, struct chooser *c)
{
	g_autofree char *path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog));

	g_object_unref(dialog);
	if (response == GTK_RESPONSE_ACCEPT && path)
		finish(c, path);
}

static void on_open(GtkWidget *button, struct chooser *c)
{
	GtkFileChooserNative *dialog = gtk_file_chooser_native_new(_("Open a connection file"), GTK_WINDOW(c->window),
			GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), _("_Cancel"));
	GtkFileFilter *filter = gtk_file_filter_new();

	gtk_file_filter_set_name(filter, _("Connection files"));
	gtk_file_filter_add_pattern(filter, "*.vv");
	gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(dialog), filter);
	gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
	g_signal_connect(dialog, "response", G_CALLBACK(on_file), c);
	gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static gboolean on_recent_key(GtkWidget *list, GdkEventKey *event, struct chooser *c)
{
	GtkWidget *row = gtk_window_get_focus(GTK_WINDOW(c->window));

	if (event->keyval != GDK_KEY_Delete || !GTK_IS_LIST_BOX_ROW(row))
		return FALSE;
	settings_forget_recent(g_object_get_data(G_OBJECT(row), "osvdi-what"));
	gtk_widget_destroy(row);
	return TRUE;
}

static gboolean on_key(GtkWidget *window, GdkEventKey *event, struct chooser *c)
{
	if (event->keyval != GDK_KEY_Escape)
		return FALSE;
	finish(c, NULL);
	return TRUE;
}

static gboolean on_delete(GtkWidget *window, GdkEvent *event, struct chooser *c)
{
	finish(c, NULL);
	return TRUE;
}

static GtkWidget *address_row(struct chooser *c)
{
	GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
	GtkWidget *label = gtk_label_new_with_mnemonic(_("_Address"));
	GtkWidget *file = gtk_button_new_with_mnemonic(_("Open _file…"));

	c->entry = gtk_entry_new();
	gtk_entry_set_placeholder_text(GTK_ENTRY(c->entry), "spice://host:5900");
	gtk_label_set_mnemonic_widget(GTK_LABEL(label), c->entry);
	c->connect = gtk_button_new_with_mnemonic(_("_Connect"));
	gtk_widget_set_sensitive(c->connect, FALSE);
	g_signal_connect(c->entry, "activate", G_CALLBACK(on_connect), c);
	g_signal_connect(c->entry, "changed", G_CALLBACK(on_changed), c);
	g_signal_connect(c->connect, "clicked", G_CALLBACK(on_connect), c);
	g_signal_connect(file, "clicked", G_CALLBACK(on_open), c);
	gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(row), c->entry, TRUE, TRUE, 0);
	gtk_box_pack_start(GTK_BOX(row), c->connect, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(row), file, FALSE, FALSE, 0);
	return row;
}

static GtkWidget *heading(const char *text)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
	return label;
}

void chooser_show(const char *broker, void (*chosen)(const char *what, gpointer data), gpointer data)
{
	struct chooser *c = g_new0(struct chooser, 1);
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 9);
	GtkWidget *lists = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6), *scrolled = gtk_scrolled_window_new(NULL, NULL);

	c->chosen = chosen;
	c->data = data;
	c->cancellable = g_cancellable_new();
	c->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
	gtk_window_set_title(GTK_WINDOW(c->window), _("Connect to a desktop"));
	gtk_window_set_icon_name(GTK_WINDOW(c->window), "org.osvdi.Viewer");
	gtk_window_set_default_size(GTK_WINDOW(c->window), 560, 420);
	g_object_set(box, "margin", 12, NULL);
	c->note = heading(broker_client_available(broker) ? _("Looking for your desktops…") : "");
	c->desktops = make_list(c);
	c->recent = make_list(c);
	gtk_box_pack_start(GTK_BOX(box), address_row(c), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(lists), c->note, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(lists), c->desktops, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(lists), heading(_("Recent connections")), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(lists), c->recent, FALSE, FALSE, 0);
	gtk_container_add(GTK_CONTAINER(scrolled), lists);
	gtk_box_pack_start(GTK_BOX(box), scrolled, TRUE, TRUE, 0);
	gtk_container_add(GTK_CONTAINER(c->window), box);
	g_signal_connect(c->window, "delete-event", G_CALLBACK(on_delete), c);
	g_signal_connect(c->window, "key-press-event", G_CALLBACK(on_key), c);
	g_signal_connect(c->recent, "key-press-event", G_CALLBACK(on_recent_key), c);
	fill_recent(c);
	gtk_widget_show_all(c->window);
	if (broker_client_available(broker))
		broker_client_list_async(broker, c->cancellable, on_desktops, c);
}
