/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/broker-client.h"
#include "ui/chooser.h"
#include "ui/desktop-row.h"
#include "ui/dialogs.h"
#include "ui/settings.h"

#include <glib/gi18n.h>

struct chooser {
	void (*chosen)(const char *what, gpointer data);
	gpointer data;
	char *broker; /* or NULL */
	GtkWidget *window, *entry, *connect;
	GtkWidget *welcome;                                    /* for a first start */
	GtkWidget *spinner, *note, *detail, *again, *desktops; /* for the cloud */
	GtkWidget *recent_box, *recent;
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
	g_free(c->broker);
	g_free(c);
}

/* ---- lists --------------------------------------------------------------- */

static void on_row(GtkListBox *list, GtkWidget *row, struct chooser *c)
{
	finish(c, desktop_row_get_what(row));
}

/* Hides the frame of a list if the list is empty. */
static void show_list(GtkWidget *list)
{
	g_autoptr(GList) rows = gtk_container_get_children(GTK_CONTAINER(list));

	gtk_widget_set_visible(gtk_widget_get_parent(list), rows != NULL);
}

static void separate(GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
	gtk_list_box_row_set_header(
			row, before ? gtk_separator_new(GTK_ORIENTATION_HORIZONTAL) : NULL);
}

/* Puts a list in a frame and returns the frame. */
static GtkWidget *make_list(struct chooser *c, GtkWidget **list, const char *name)
{
	GtkWidget *frame = gtk_frame_new(NULL);

	*list = gtk_list_box_new();
	atk_object_set_name(gtk_widget_get_accessible(*list), name);
	gtk_list_box_set_selection_mode(GTK_LIST_BOX(*list), GTK_SELECTION_NONE);
	gtk_list_box_set_header_func(GTK_LIST_BOX(*list), separate, NULL, NULL);
	g_signal_connect(*list, "row-activated", G_CALLBACK(on_row), c);
	gtk_container_add(GTK_CONTAINER(frame), *list);
	gtk_widget_show(*list);
	gtk_widget_set_no_show_all(frame, TRUE);
	return frame;
}

/* ---- the desktops of a cloud --------------------------------------------- */

/* Sets the text of the cloud's section, and a line of detail below. */
static void say(struct chooser *c, const char *note, const char *detail, gboolean again)
{
	gtk_label_set_text(GTK_LABEL(c->note), note ? note : "");
	gtk_label_set_text(GTK_LABEL(c->detail), detail ? detail : "");
	gtk_widget_set_visible(c->note, note != NULL);
	gtk_widget_set_visible(c->detail, detail != NULL);
	gtk_widget_set_visible(c->again, again);
}

static void set_looking(struct chooser *c, gboolean looking)
{
	gtk_widget_set_visible(c->spinner, looking);
	g_object_set(c->spinner, "active", looking, NULL);
}

static void on_desktops(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = broker_client_list_finish(result, &error);
	struct chooser *c = data;
	guint i;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the chooser has been closed */
	set_looking(c, FALSE);
	for (i = 0; list && i < list->len; i++) {
		const struct broker_desktop *d = list->pdata[i];

		gtk_container_add(GTK_CONTAINER(c->desktops),
				desktop_row_new(*d->name ? d->name : d->id,
						desktop_status_text(d->status), d->id));
	}
	show_list(c->desktops);
	if (list && list->len)
		gtk_widget_hide(c->welcome);
	if (g_error_matches(error, BROKER_CLIENT_ERROR, BROKER_CLIENT_UNCONFIGURED))
		say(c, _("Tell osvdi-broker of your cloud to see your desktops here: see “man "
				"osvdi-broker”."),
				error->message, TRUE);
	else if (error)
		say(c, _("Your desktops cannot be listed."), error->message, TRUE);
	else
		say(c, list->len ? NULL : _("You have no desktop in the cloud."), NULL, !list->len);
}

static void look(struct chooser *c)
{
	if (!broker_client_available(c->broker)) {
		say(c, _("The desktops of a cloud appear here when osvdi-broker is installed."),
				NULL, FALSE);
		return;
	}
	set_looking(c, TRUE);
	say(c, _("Looking for your desktops…"), NULL, FALSE);
	broker_client_list_async(c->broker, c->cancellable, on_desktops, c);
}

static void on_again(GtkButton *button, struct chooser *c)
{
	gtk_container_foreach(GTK_CONTAINER(c->desktops),
			(GtkCallback)(void (*)(void))gtk_widget_destroy, NULL);
	look(c);
}

/* ---- recent connections -------------------------------------------------- */

static void forget(struct chooser *c, GtkWidget *row)
{
	g_autoptr(GList) rows = NULL;

	settings_forget_recent(desktop_row_get_what(row));
	gtk_widget_destroy(row);
	rows = gtk_container_get_children(GTK_CONTAINER(c->recent));
	gtk_widget_set_visible(c->recent_box, rows != NULL);
	gtk_widget_grab_focus(rows ? rows->data : c->entry);
}

static void on_forget(GtkWidget *button, struct chooser *c)
{
	forget(c, g_object_get_data(G_OBJECT(button), "osvdi-row"));
}

static void fill_recent(struct chooser *c)
{
	g_auto(GStrv) recent = settings_get_recent();
	guint i;

	for (i = 0; recent[i]; i++) {
		GtkWidget *row = desktop_row_new(recent[i], NULL, recent[i]);

		desktop_row_add_forget(row, G_CALLBACK(on_forget), c);
		gtk_container_add(GTK_CONTAINER(c->recent), row);
	}
	show_list(c->recent);
	gtk_widget_set_visible(c->recent_box, i > 0);
	gtk_widget_set_visible(c->welcome, i == 0);
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
	GtkFileChooserNative *dialog = gtk_file_chooser_native_new(_("Open a connection file"),
			GTK_WINDOW(c->window), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"),
			_("_Cancel"));
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
	forget(c, row);
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

static GtkWidget *text(const char *words, const char *class)
{
	GtkWidget *label = gtk_label_new(words);

	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	if (class)
		gtk_style_context_add_class(gtk_widget_get_style_context(label), class);
	return label;
}

/* A greeting for users who start the viewer for the first time. */
static GtkWidget *welcome(void)
{
	GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 18),
		  *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
	GtkWidget *icon = gtk_image_new_from_icon_name(dialog_icon_name(), GTK_ICON_SIZE_DIALOG);

	gtk_image_set_pixel_size(GTK_IMAGE(icon), 64);
	gtk_widget_set_valign(icon, GTK_ALIGN_START);
	gtk_box_pack_start(GTK_BOX(words), text(_("Welcome"), "osvdi-title"), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(words),
			text(_("Open the connection file (.vv) that a portal or your administrator "
			       "gave you, or type the address of a desktop."),
					NULL),
			FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(row), icon, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(row), words, TRUE, TRUE, 0);
	gtk_widget_show_all(row);
	gtk_widget_set_no_show_all(row, TRUE);
	return row;
}

static GtkWidget *cloud_section(struct chooser *c)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6),
		  *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 9);
	GtkWidget *hidden[4];
	guint i;

	hidden[0] = c->spinner = gtk_spinner_new();
	hidden[1] = c->note = text(NULL, NULL);
	hidden[2] = c->detail = text(NULL, "dim-label");
	hidden[3] = c->again = gtk_button_new_with_mnemonic(_("_Look again"));
	for (i = 0; i < G_N_ELEMENTS(hidden); i++)
		gtk_widget_set_no_show_all(hidden[i], TRUE);
	gtk_label_set_selectable(GTK_LABEL(c->detail), TRUE);
	gtk_widget_set_can_focus(c->detail, FALSE);
	gtk_widget_set_halign(c->again, GTK_ALIGN_START);
	g_signal_connect(c->again, "clicked", G_CALLBACK(on_again), c);
	gtk_box_pack_start(GTK_BOX(line), c->spinner, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(line), c->note, TRUE, TRUE, 0);
	gtk_box_pack_start(
			GTK_BOX(box), text(_("Your desktops"), "osvdi-heading"), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), line, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), c->detail, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), c->again, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), make_list(c, &c->desktops, _("Your desktops")), FALSE,
			FALSE, 0);
	return box;
}

static GtkWidget *recent_section(struct chooser *c)
{
	c->recent_box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
	gtk_box_pack_start(GTK_BOX(c->recent_box), text(_("Recent connections"), "osvdi-heading"),
			FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(c->recent_box),
			make_list(c, &c->recent, _("Recent connections")), FALSE, FALSE, 0);
	gtk_widget_show_all(c->recent_box);
	gtk_widget_set_no_show_all(c->recent_box, TRUE);
	g_signal_connect(c->recent, "key-press-event", G_CALLBACK(on_recent_key), c);
	return c->recent_box;
}

static GtkWidget *address_section(struct chooser *c)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

	gtk_box_pack_start(GTK_BOX(box), address_row(c), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box),
			text(_("For example spice://host:5900, or a desktop's name in your cloud"),
					"dim-label"),
			FALSE, FALSE, 0);
	return box;
}

static GtkWidget *content(struct chooser *c)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 18),
		  *lists = gtk_box_new(GTK_ORIENTATION_VERTICAL, 18);
	GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);

	c->welcome = welcome();
	gtk_box_pack_start(GTK_BOX(box), c->welcome, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), address_section(c), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(lists), cloud_section(c), FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(lists), recent_section(c), FALSE, FALSE, 0);
	gtk_scrolled_window_set_policy(
			GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_container_add(GTK_CONTAINER(scrolled), lists);
	gtk_box_pack_start(GTK_BOX(box), scrolled, TRUE, TRUE, 0);
	g_object_set(box, "margin", 18, NULL);
	return box;
}

static GtkWidget *header(void)
{
	GtkWidget *bar = gtk_header_bar_new();

	gtk_header_bar_set_title(GTK_HEADER_BAR(bar), _("Connect to a desktop"));
	gtk_header_bar_set_show_close_button(GTK_HEADER_BAR(bar), TRUE);
	return bar;
}

void chooser_show(
		const char *broker, void (*chosen)(const char *what, gpointer data), gpointer data)
{
	struct chooser *c = g_new0(struct chooser, 1);

	c->chosen = chosen;
	c->data = data;
	c->broker = g_strdup(broker);
	c->cancellable = g_cancellable_new();
	c->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
	gtk_window_set_titlebar(GTK_WINDOW(c->window), header());
	gtk_window_set_title(GTK_WINDOW(c->window), _("Connect to a desktop"));
	gtk_window_set_icon_name(GTK_WINDOW(c->window), dialog_icon_name());
	gtk_window_set_default_size(GTK_WINDOW(c->window), 620, 480);
	gtk_container_add(GTK_CONTAINER(c->window), content(c));
	g_signal_connect(c->window, "delete-event", G_CALLBACK(on_delete), c);
	g_signal_connect(c->window, "key-press-event", G_CALLBACK(on_key), c);
	fill_recent(c);
	gtk_widget_grab_focus(c->entry);
	gtk_widget_show_all(c->window);
	look(c);
}
