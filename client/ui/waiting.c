/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/waiting.h"
#include "ui/dialogs.h"

#include <glib/gi18n.h>

/* A desktop near by shows its picture before that; see docs/developer/viewer.md. */
#define SHOW_AFTER_MS 300
/* If the server has answered, the picture is on its way. */
#define ANSWERED_AFTER_MS 700
#define TEXT_CHARS 45

struct waiting {
	void (*cancelled)(gpointer data);
	gpointer data;
	char *text; /* what the user waits for; NULL: nothing */
	guint timer;
	GtkWidget *window, *label; /* or NULL */
};

static void cancel(struct waiting *waiting)
{
	if (waiting->cancelled)
		waiting->cancelled(waiting->data);
}

static void on_cancel(GtkWidget *button, struct waiting *waiting)
{
	cancel(waiting);
}

static gboolean on_delete(GtkWidget *window, GdkEvent *event, struct waiting *waiting)
{
	cancel(waiting);
	return TRUE;
}

static gboolean on_key(GtkWidget *window, GdkEventKey *event, struct waiting *waiting)
{
	if (event->keyval != GDK_KEY_Escape)
		return FALSE;
	cancel(waiting);
	return TRUE;
}

static void set_text(struct waiting *waiting)
{
	gtk_label_set_text(GTK_LABEL(waiting->label), waiting->text);
}

static void add_cancel(struct waiting *waiting, GtkWidget *box)
{
	GtkWidget *button = gtk_button_new_with_mnemonic(_("_Cancel"));

	gtk_widget_set_halign(button, GTK_ALIGN_CENTER);
	g_signal_connect(button, "clicked", G_CALLBACK(on_cancel), waiting);
	gtk_box_pack_end(GTK_BOX(box), button, FALSE, FALSE, 0);
}

static GtkWidget *make_content(struct waiting *waiting)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 18), *spinner = gtk_spinner_new();

	waiting->label = gtk_label_new(NULL);
	gtk_label_set_line_wrap(GTK_LABEL(waiting->label), TRUE);
	gtk_label_set_line_wrap_mode(GTK_LABEL(waiting->label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_max_width_chars(GTK_LABEL(waiting->label), TEXT_CHARS);
	gtk_label_set_justify(GTK_LABEL(waiting->label), GTK_JUSTIFY_CENTER);
	gtk_widget_set_size_request(spinner, 32, 32);
	gtk_spinner_start(GTK_SPINNER(spinner));
	g_object_set(box, "margin", 24, NULL);
	gtk_box_pack_start(GTK_BOX(box), spinner, TRUE, TRUE, 0);
	gtk_box_pack_start(GTK_BOX(box), waiting->label, FALSE, FALSE, 0);
	if (waiting->cancelled)
		add_cancel(waiting, box);
	return box;
}

static gboolean show(gpointer data)
{
	struct waiting *waiting = data;

	waiting->timer = 0;
	waiting->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
	gtk_window_set_title(GTK_WINDOW(waiting->window), "osvdi-viewer");
	gtk_window_set_icon_name(GTK_WINDOW(waiting->window), dialog_icon_name());
	gtk_window_set_titlebar(GTK_WINDOW(waiting->window), dialog_bare_header());
	gtk_window_set_default_size(GTK_WINDOW(waiting->window), 400, -1);
	gtk_window_set_position(GTK_WINDOW(waiting->window), GTK_WIN_POS_CENTER);
	gtk_window_set_resizable(GTK_WINDOW(waiting->window), FALSE);
	gtk_container_add(GTK_CONTAINER(waiting->window), make_content(waiting));
	set_text(waiting);
	g_signal_connect(waiting->window, "delete-event", G_CALLBACK(on_delete), waiting);
	g_signal_connect(waiting->window, "key-press-event", G_CALLBACK(on_key), waiting);
	gtk_widget_show_all(waiting->window);
	return G_SOURCE_REMOVE;
}

struct waiting *waiting_new(void (*cancelled)(gpointer data), gpointer data)
{
	struct waiting *waiting = g_new0(struct waiting, 1);

	waiting->cancelled = cancelled;
	waiting->data = data;
	return waiting;
}

void waiting_free(struct waiting *waiting)
{
	if (!waiting)
		return;
	waiting_end(waiting);
	g_free(waiting);
}

void waiting_say(struct waiting *waiting, const char *text)
{
	g_free(waiting->text);
	waiting->text = g_strdup(text);
	if (waiting->window)
		set_text(waiting);
	else if (!waiting->timer)
		waiting->timer = g_timeout_add(SHOW_AFTER_MS, show, waiting);
}

void waiting_answered(struct waiting *waiting)
{
	if (!waiting->timer)
		return;
	g_source_remove(waiting->timer);
	waiting->timer = g_timeout_add(ANSWERED_AFTER_MS, show, waiting);
}

void waiting_end(struct waiting *waiting)
{
	g_clear_handle_id(&waiting->timer, g_source_remove);
	g_clear_pointer(&waiting->window, gtk_widget_destroy);
	g_clear_pointer(&waiting->text, g_free);
}
