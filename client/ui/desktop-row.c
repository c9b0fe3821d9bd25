/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/desktop-row.h"

#include <glib/gi18n.h>

const char *desktop_status_text(const char *status)
{
	/* The statuses of a server, from "Server concepts" of the Compute API. */
	static const struct {
		const char *status, *text;
	} texts[] = {
		{ "ACTIVE", N_("Running") },
		{ "BUILD", N_("Being made") },
		{ "REBUILD", N_("Being made anew") },
		{ "SHUTOFF", N_("Off") },
		{ "SUSPENDED", N_("Suspended") },
		{ "PAUSED", N_("Paused") },
		{ "SHELVED", N_("Shelved") },
		{ "SHELVED_OFFLOADED", N_("Shelved") },
		{ "REBOOT", N_("Restarting") },
		{ "HARD_REBOOT", N_("Restarting") },
		{ "RESIZE", N_("Being resized") },
		{ "VERIFY_RESIZE", N_("Being resized") },
		{ "REVERT_RESIZE", N_("Being resized") },
		{ "MIGRATING", N_("Moving to another host") },
		{ "PASSWORD", N_("Password being set") },
		{ "RESCUE", N_("In rescue mode") },
		{ "ERROR", N_("Broken") },
		{ "DELETED", N_("Deleted") },
		{ "SOFT_DELETED", N_("Deleted") },
		{ "UNKNOWN", N_("Unknown") },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(texts); i++)
		if (g_ascii_strcasecmp(texts[i].status, status) == 0)
			return _(texts[i].text);
	return status;
}

GtkWidget *desktop_row_new(const char *name, const char *detail, const char *what)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
	GtkWidget *title = gtk_label_new(name), *more = gtk_label_new(detail);
	GtkWidget *row = gtk_list_box_row_new();
	g_autofree char *spoken = detail ? g_strdup_printf("%s %s", name, detail) : g_strdup(name);

	atk_object_set_name(gtk_widget_get_accessible(row), spoken);
	gtk_label_set_xalign(GTK_LABEL(title), 0);
	gtk_label_set_ellipsize(GTK_LABEL(title), PANGO_ELLIPSIZE_MIDDLE);
	gtk_widget_set_tooltip_text(title, name);
	gtk_style_context_add_class(gtk_widget_get_style_context(more), "dim-label");
	gtk_box_pack_start(GTK_BOX(box), title, TRUE, TRUE, 0);
	gtk_box_pack_end(GTK_BOX(box), more, FALSE, FALSE, 0);
	g_object_set(box, "margin", 9, NULL);
	gtk_container_add(GTK_CONTAINER(row), box);
	g_object_set_data_full(G_OBJECT(row), "osvdi-what", g_strdup(what), g_free);
	gtk_widget_show_all(row);
	return row;
}

const char *desktop_row_get_what(GtkWidget *row)
{
	return g_object_get_data(G_OBJECT(row), "osvdi-what");
}

void desktop_row_add_forget(GtkWidget *row, GCallback clicked, gpointer data)
{
	GtkWidget *button = gtk_button_new_from_icon_name(
			"edit-delete-symbolic", GTK_ICON_SIZE_BUTTON);
	g_autofree char *name = g_strdup_printf(_("Forget %s"), desktop_row_get_what(row));

	atk_object_set_name(gtk_widget_get_accessible(button), name);
	gtk_widget_set_tooltip_text(button, _("Forget this address (Delete)"));
	gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
	gtk_box_pack_end(GTK_BOX(gtk_bin_get_child(GTK_BIN(row))), button, FALSE, FALSE, 0);
	g_object_set_data(G_OBJECT(button), "osvdi-row", row);
	g_signal_connect(button, "clicked", clicked, data);
	gtk_widget_show(button);
}
