/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/transfers.h"
#include "ui/dialogs.h"

#include <glib/gi18n.h>
#include <spice/vd_agent.h>

/* There is one struct for each main channel. */
struct transfers {
	GtkWindow *(*parent)(gpointer data);
	gpointer data;
	SpiceMainChannel *main; /* owns this struct */
	GtkWidget *dialog, *list;
	guint active;
};

struct row {
	struct transfers *transfers;
	SpiceFileTransferTask *task;
	GtkWidget *box, *bar;
};

static void on_dialog_response(GtkDialog *dialog, int response, struct transfers *t)
{
	GList *rows = gtk_container_get_children(GTK_CONTAINER(t->list)), *l;

	if (response == GTK_RESPONSE_CANCEL)
		for (l = rows; l; l = l->next) {
			struct row *row = g_object_get_data(l->data, "osvdi-row");

			spice_file_transfer_task_cancel(row->task);
		}
	g_list_free(rows);
	gtk_widget_hide(t->dialog);
}

static void ensure_dialog(struct transfers *t)
{
	GtkWidget *area;

	if (t->dialog)
		return;
	t->dialog = dialog_new(t->parent(t->data), _("Sending files"));
	gtk_window_set_destroy_with_parent(
			GTK_WINDOW(t->dialog), FALSE); /* the next transfer needs it */
	gtk_dialog_add_buttons(GTK_DIALOG(t->dialog), _("_Hide"), GTK_RESPONSE_CLOSE,
			_("_Cancel all"), GTK_RESPONSE_CANCEL, NULL);
	area = gtk_dialog_get_content_area(GTK_DIALOG(t->dialog));
	t->list = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
	g_object_set(t->list, "margin", 12, "width-request", 360, NULL);
	gtk_container_add(GTK_CONTAINER(area), t->list);
	gtk_widget_show_all(area);
	g_signal_connect(t->dialog, "response", G_CALLBACK(on_dialog_response), t);
	g_signal_connect(t->dialog, "delete-event", G_CALLBACK(gtk_widget_hide_on_delete), NULL);
}

static void on_progress(SpiceFileTransferTask *task, GParamSpec *pspec, struct row *row)
{
	gtk_progress_bar_set_fraction(
			GTK_PROGRESS_BAR(row->bar), spice_file_transfer_task_get_progress(task));
}

static const char *remedy(SpiceMainChannel *main, const GError *error)
{
	gboolean agent;

	g_object_get(main, "agent-connected", &agent, NULL);
	if (!agent)
		return _("Install and start the SPICE agent (spice-vdagent) in the desktop.");
	if (spice_main_channel_agent_test_capability(main, VD_AGENT_CAP_FILE_XFER_DISABLED))
		return _("Who runs the desktop has switched file transfer off.");
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY) ||
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE))
		return _("Folders cannot be sent. Send the files in it, or an archive; or share it "
				"by --spice-shared-dir.");
	if (error->domain == G_IO_ERROR)
		return _("Look whether the file is still there and may be read.");
	return _("The desktop needs a session that is open and not locked, a folder for downloads "
			"in it, "
		 "and room on its disk.");
}

static void tell_failure(struct row *row, const GError *error)
{
	g_autofree char *name = spice_file_transfer_task_get_filename(row->task);
	g_autofree char *title = g_strdup_printf(_("“%s” was not sent."), name);
	g_autofree char *text = g_strdup_printf(
			"%s\n\n%s", error->message, remedy(row->transfers->main, error));

	g_info("“%s” was not sent: %s", name, error->message);
	dialog_message(row->transfers->parent(row->transfers->data), GTK_MESSAGE_ERROR, title,
			text);
}

static void on_finished(SpiceFileTransferTask *task, GError *error, struct row *row)
{
	struct transfers *t = row->transfers;

	if (error && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		tell_failure(row, error);
	gtk_widget_destroy(row->box);
	if (--t->active == 0)
		gtk_widget_hide(t->dialog);
}

static void row_free(gpointer data)
{
	struct row *row = data;

	g_signal_handlers_disconnect_by_data(row->task, row);
	g_object_unref(row->task);
	g_free(row);
}

static void on_cancel(GtkButton *button, struct row *row)
{
	spice_file_transfer_task_cancel(row->task);
}

static void on_new_task(SpiceMainChannel *main, SpiceFileTransferTask *task, struct transfers *t)
{
	struct row *row = g_new0(struct row, 1);
	g_autofree char *name = spice_file_transfer_task_get_filename(task);
	GtkWidget *cancel = gtk_button_new_from_icon_name(
			"process-stop-symbolic", GTK_ICON_SIZE_BUTTON);

	ensure_dialog(t);
	*row = (struct row){ .transfers = t, .task = g_object_ref(task) };
	row->box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
	row->bar = gtk_progress_bar_new();
	gtk_progress_bar_set_show_text(GTK_PROGRESS_BAR(row->bar), TRUE);
	gtk_progress_bar_set_text(GTK_PROGRESS_BAR(row->bar), name);
	atk_object_set_name(gtk_widget_get_accessible(cancel), _("Cancel"));
	gtk_box_pack_start(GTK_BOX(row->box), row->bar, TRUE, TRUE, 0);
	gtk_box_pack_end(GTK_BOX(row->box), cancel, FALSE, FALSE, 0);
	gtk_container_add(GTK_CONTAINER(t->list), row->box);
	g_object_set_data_full(G_OBJECT(row->box), "osvdi-row", row, row_free);
	g_signal_connect(cancel, "clicked", G_CALLBACK(on_cancel), row);
	g_signal_connect(task, "notify::progress", G_CALLBACK(on_progress), row);
	g_signal_connect(task, "finished", G_CALLBACK(on_finished), row);
	t->active++;
	gtk_widget_show_all(row->box);
	gtk_window_present(GTK_WINDOW(t->dialog));
}

static void transfers_free(gpointer data)
{
	struct transfers *t = data;

	if (t->dialog)
		gtk_widget_destroy(t->dialog);
	g_free(t);
}

void transfers_watch(SpiceMainChannel *main, GtkWindow *(*parent)(gpointer data), gpointer data)
{
	struct transfers *t;

	if (g_object_get_data(G_OBJECT(main), "osvdi-transfers"))
		return;
	t = g_new0(struct transfers, 1);
	t->parent = parent;
	t->data = data;
	t->main = main;
	g_object_set_data_full(G_OBJECT(main), "osvdi-transfers", t, transfers_free);
	g_signal_connect(main, "new-file-transfer", G_CALLBACK(on_new_task), t);
}

/* ---- whether it is possible ---------------------------------------------- */

const char *transfers_why_not(SpiceMainChannel *main)
{
	gboolean agent = FALSE;

	if (main)
		g_object_get(main, "agent-connected", &agent, NULL);
	if (!agent)
		return _("no agent in the desktop");
	return spice_main_channel_agent_test_capability(main, VD_AGENT_CAP_FILE_XFER_DISABLED) ?
			_("switched off there") : NULL;
}

/* ---- choosing ------------------------------------------------------------ */

static void copied(GObject *main, GAsyncResult *result, gpointer data)
{
	/* Each task reports its own failure. */
	spice_main_channel_file_copy_finish(SPICE_MAIN_CHANNEL(main), result, NULL);
}

static void on_chosen(GtkNativeDialog *dialog, int response, SpiceMainChannel *main)
{
	GSList *chosen = response == GTK_RESPONSE_ACCEPT ?
			gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog)) :
			NULL;
	guint n = g_slist_length(chosen), i = 0;
	g_autofree GFile **files = g_new0(GFile *, n + 1);
	GSList *l;

	for (l = chosen; l; l = l->next)
		files[i++] = l->data;
	if (n)
		spice_main_channel_file_copy_async(
				main, files, G_FILE_COPY_NONE, NULL, NULL, NULL, copied, NULL);
	g_slist_free_full(chosen, g_object_unref);
	g_object_unref(main);
	g_object_unref(dialog);
}

void transfers_choose(GtkWindow *parent, SpiceMainChannel *main)
{
	GtkFileChooserNative *chooser;

	if (!main)
		return;
	chooser = gtk_file_chooser_native_new(_("Send files to the desktop"), parent,
			GTK_FILE_CHOOSER_ACTION_OPEN, _("_Send"), _("_Cancel"));
	gtk_file_chooser_set_select_multiple(GTK_FILE_CHOOSER(chooser), TRUE);
	g_signal_connect(chooser, "response", G_CALLBACK(on_chosen), g_object_ref(main));
	gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}
