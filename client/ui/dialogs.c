/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/dialogs.h"

#include <glib/gi18n.h>
#include <string.h>

const char *dialog_icon_name(void)
{
	static const char ours[] = "org.osvdi.Viewer";

	return gtk_icon_theme_has_icon(gtk_icon_theme_get_default(), ours) ? ours : "video-display";
}

GtkWidget *dialog_new(GtkWindow *parent, const char *title)
{
	GtkWidget *dialog = g_object_new(GTK_TYPE_DIALOG, "use-header-bar", TRUE, "title", title,
			"transient-for", parent, "destroy-with-parent", TRUE, "icon-name",
			dialog_icon_name(), NULL);

	if (parent)
		gtk_window_set_position(GTK_WINDOW(dialog), GTK_WIN_POS_CENTER_ON_PARENT);
	return dialog;
}

/* ---- links --------------------------------------------------------------- */

static void append_link(GString *markup, const char *address, gsize length)
{
	g_autofree char *escaped = g_markup_escape_text(address, (gssize)length);

	g_string_append_printf(markup, "<a href=\"%s\">%s</a>", escaped, escaped);
}

/* The length of an address: up to the next blank, without the full stop of the sentence. */
static gsize address_length(const char *text)
{
	gsize length = strcspn(text, " \t\n<>\"“”");

	while (length && strchr(".,;:)", text[length - 1]))
		length--;
	return length;
}

static const char *next_address(const char *text)
{
	for (; *text; text++)
		if (g_str_has_prefix(text, "https://") || g_str_has_prefix(text, "http://"))
			return text;
	return NULL;
}

char *dialog_link_markup(const char *text)
{
	g_autoptr(GString) markup = g_string_new(NULL);
	const char *address;

	while ((address = next_address(text))) {
		g_autofree char *before = g_markup_escape_text(text, address - text);
		gsize length = address_length(address);

		g_string_append(markup, before);
		append_link(markup, address, length);
		text = address + length;
	}
	g_autofree char *rest = g_markup_escape_text(text, -1);
	g_string_append(markup, rest);
	return g_string_free(g_steal_pointer(&markup), FALSE);
}

/* ---- messages ------------------------------------------------------------ */

/* Wraps text: a long word, such as an address, must not make the dialog wider than the screen. */
static void make_readable(GtkWidget *label, gpointer data)
{
	if (!GTK_IS_LABEL(label))
		return;
	gtk_label_set_selectable(GTK_LABEL(label), TRUE);
	gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_max_width_chars(GTK_LABEL(label), 60);
}

/* The bar has no title, because it would repeat the dialog's text. Task bars show the
 * window's title. */
GtkWidget *dialog_bare_header(void)
{
	GtkWidget *header = gtk_header_bar_new();

	gtk_header_bar_set_custom_title(GTK_HEADER_BAR(header), gtk_label_new(NULL));
	gtk_header_bar_set_show_close_button(GTK_HEADER_BAR(header), TRUE);
	gtk_widget_show_all(header);
	return header;
}

static GtkWidget *message_area(GtkWidget *dialog)
{
	return gtk_message_dialog_get_message_area(GTK_MESSAGE_DIALOG(dialog));
}

static GtkWidget *message_new(GtkWindow *parent, GtkMessageType type, const char *title,
		const char *text, const char *more)
{
	GtkWidget *dialog = g_object_new(GTK_TYPE_MESSAGE_DIALOG, "message-type", type,
			"text", text, "transient-for", parent, "destroy-with-parent", TRUE,
			"icon-name", dialog_icon_name(), NULL);
	g_autofree char *markup = dialog_link_markup(more ? more : "");

	if (*markup)
		g_object_set(dialog, "secondary-text", markup, "secondary-use-markup", TRUE, NULL);
	gtk_window_set_titlebar(GTK_WINDOW(dialog), dialog_bare_header());
	gtk_window_set_title(GTK_WINDOW(dialog), title);
	gtk_container_foreach(GTK_CONTAINER(message_area(dialog)), make_readable, NULL);
	return dialog;
}

void dialog_message(GtkWindow *parent, GtkMessageType type, const char *title, const char *text)
{
	GtkWidget *dialog = message_new(parent, type, title, title, text);

	gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Close"), GTK_RESPONSE_CLOSE);
	gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CLOSE);
	g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
	gtk_widget_show(dialog);
}

/* ---- failures ------------------------------------------------------------ */

struct answer {
	void (*answered)(enum dialog_answer answer, gpointer data);
	gpointer data;
	char *details;
};

static void answer_free(gpointer data)
{
	struct answer *answer = data;

	g_free(answer->details);
	g_free(answer);
}

static void on_failure_response(GtkDialog *dialog, int response, struct answer *answer)
{
	void (*answered)(enum dialog_answer answer, gpointer data) = answer->answered;
	gpointer data = answer->data;

	gtk_widget_destroy(GTK_WIDGET(dialog));
	if (response == DIALOG_RETRY || response == DIALOG_BACK)
		answered((enum dialog_answer)response, data);
	else
		answered(DIALOG_CLOSE, data);
}

static void copy_details(GtkButton *button, struct answer *answer)
{
	GtkClipboard *clipboard = gtk_clipboard_get(GDK_SELECTION_CLIPBOARD);

	gtk_clipboard_set_text(clipboard, answer->details, -1);
	gtk_clipboard_set_can_store(clipboard, NULL, 0);
	gtk_button_set_label(button, _("Copied"));
}

static void append_detail(GString *text, const char *name, const char *value)
{
	if (value && *value)
		g_string_append_printf(text, "%s: %s\n", name, value);
}

char *dialog_failure_details(const struct dialog_failure *failure)
{
	GString *text = g_string_new("osvdi-viewer " PACKAGE_VERSION "\n");

	append_detail(text, _("Address"), failure->address);
	append_detail(text, _("File"), failure->file);
	append_detail(text, _("Failed"), failure->what);
	append_detail(text, _("Cause"), failure->why);
	append_detail(text, _("Remedy"), failure->remedy);
	return g_string_free(text, FALSE);
}

static char *failure_text(const struct dialog_failure *failure)
{
	g_autofree char *file = failure->file ? g_strdup_printf(_("File: %s"), failure->file) :
						NULL;
	const char *parts[] = { failure->why, failure->remedy, file };
	g_autoptr(GString) text = g_string_new(NULL);
	guint i;

	for (i = 0; i < G_N_ELEMENTS(parts); i++)
		if (parts[i] && *parts[i])
			g_string_append_printf(text, "%s%s", text->len ? "\n\n" : "", parts[i]);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void add_answers(GtkDialog *dialog, const struct dialog_failure *failure)
{
	gtk_dialog_add_button(dialog, _("_Close"), GTK_RESPONSE_CLOSE);
	if (failure->can_go_back)
		gtk_dialog_add_button(dialog, _("_Back"), DIALOG_BACK);
	if (failure->can_retry)
		gtk_dialog_add_button(dialog, _("_Try again"), DIALOG_RETRY);
	gtk_dialog_set_default_response(dialog, failure->can_retry ? DIALOG_RETRY :
			failure->can_go_back ? DIALOG_BACK : GTK_RESPONSE_CLOSE);
}

/* Otherwise a selectable label would get the focus and select its text. */
static void focus_default(GtkWidget *dialog, gpointer data)
{
	GtkWidget *button = gtk_window_get_default_widget(GTK_WINDOW(dialog));

	if (button)
		gtk_widget_grab_focus(button);
}

void dialog_failure(GtkWindow *parent, const struct dialog_failure *failure,
		void (*answered)(enum dialog_answer answer, gpointer data), gpointer data)
{
	g_autofree char *text = failure_text(failure);
	GtkWidget *dialog = message_new(
			parent, GTK_MESSAGE_ERROR, failure->title, failure->what, text);
	GtkWidget *copy = gtk_button_new_with_mnemonic(_("C_opy details"));
	struct answer *answer = g_new0(struct answer, 1);

	*answer = (struct answer){ answered, data, dialog_failure_details(failure) };
	gtk_widget_set_halign(copy, GTK_ALIGN_CENTER);
	gtk_widget_set_tooltip_text(
			copy, _("Copies these texts and the version, for whoever helps you"));
	gtk_box_pack_end(GTK_BOX(message_area(dialog)), copy, FALSE, FALSE, 6);
	gtk_widget_show(copy);
	add_answers(GTK_DIALOG(dialog), failure);
	g_signal_connect(copy, "clicked", G_CALLBACK(copy_details), answer);
	g_signal_connect(dialog, "response", G_CALLBACK(on_failure_response), answer);
	g_signal_connect_after(dialog, "show", G_CALLBACK(focus_default), NULL);
	g_object_set_data_full(G_OBJECT(dialog), "osvdi-answer", answer, answer_free);
	gtk_widget_show(dialog);
}

/* ---- about --------------------------------------------------------------- */

void dialog_about(GtkWindow *parent)
{
	GtkWidget *dialog = g_object_new(GTK_TYPE_ABOUT_DIALOG, "use-header-bar", TRUE,
			"transient-for", parent, "modal", TRUE, "icon-name", dialog_icon_name(),
			NULL);

	g_object_set(dialog, "program-name", "OSVDI Viewer", "version", PACKAGE_VERSION, "comments",
			_("Shows a desktop by SPICE."), "copyright", "© 2026 OSVDI contributors",
			"license-type", GTK_LICENSE_GPL_2_0, "logo-icon-name", dialog_icon_name(),
			NULL);
	g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
	gtk_widget_show(dialog);
}
