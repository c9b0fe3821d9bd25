/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/preferences.h"
#include "ui/dialogs.h"
#include "ui/settings.h"

#include <glib/gi18n.h>

#define ALL_DESKTOPS "*"

static const struct {
	const char *key, *label;
	gboolean of_all; /* all desktops share one value */
	gboolean fallback;
} table[N_PREFERENCES] = {
	[PREFERENCE_CLIPBOARD_OUT] = { "clipboard-out",
			N_("Copied _here, it can be pasted in the desktop"), FALSE, TRUE },
	[PREFERENCE_CLIPBOARD_IN] = { "clipboard-in",
			N_("Copied in the _desktop, it can be pasted here"), FALSE, TRUE },
	[PREFERENCE_RESIZE] = { "auto-resize", N_("_Resize the desktop with the window"), FALSE,
			TRUE },
	[PREFERENCE_FIT] = { "fit", N_("Fit the _picture to the window (else 100 %)"), FALSE,
			TRUE },
	[PREFERENCE_FULLSCREEN] = { "fullscreen", N_("Open in _full screen mode"), FALSE, FALSE },
	[PREFERENCE_SYNC_LOCKS] = { "sync-locks",
			N_("Keep _Caps Lock and Num Lock alike here and there"), TRUE, TRUE },
	[PREFERENCE_SOUND] = { "sound",
			N_("Play the desktop's _sound (from the next connection on)"), TRUE, TRUE },
};

static const char *scope(const char *desktop, enum preference preference)
{
	return table[preference].of_all ? ALL_DESKTOPS : desktop;
}

gboolean preference_get(const char *desktop, enum preference preference)
{
	return settings_get_flag(scope(desktop, preference), table[preference].key,
			table[preference].fallback);
}

void preference_set(const char *desktop, enum preference preference, gboolean value)
{
	settings_set_flag(scope(desktop, preference), table[preference].key, value);
}

/* ---- dialog -------------------------------------------------------------- */

struct dialog {
	char *desktop;
	void (*changed)(enum preference preference, gboolean value, gpointer data);
	gpointer data;
};

static void dialog_free(gpointer data)
{
	struct dialog *d = data;

	g_free(d->desktop);
	g_free(d);
}

static void on_toggled(GtkToggleButton *button, struct dialog *d)
{
	enum preference preference = GPOINTER_TO_UINT(
			g_object_get_data(G_OBJECT(button), "osvdi-preference"));
	gboolean value = gtk_toggle_button_get_active(button);

	preference_set(d->desktop, preference, value);
	d->changed(preference, value, d->data);
}

static void add_heading(GtkBox *box, const char *text)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_style_context_add_class(gtk_widget_get_style_context(label), "osvdi-heading");
	gtk_box_pack_start(box, label, FALSE, FALSE, 0);
}

static void add_check(GtkBox *box, enum preference preference, struct dialog *d)
{
	GtkWidget *check = gtk_check_button_new_with_mnemonic(_(table[preference].label));

	gtk_toggle_button_set_active(
			GTK_TOGGLE_BUTTON(check), preference_get(d->desktop, preference));
	gtk_widget_set_margin_start(check, 12);
	g_object_set_data(G_OBJECT(check), "osvdi-preference", GUINT_TO_POINTER(preference));
	g_signal_connect(check, "toggled", G_CALLBACK(on_toggled), d);
	gtk_box_pack_start(box, check, FALSE, FALSE, 0);
}

void preferences_show(GtkWindow *parent, const char *desktop,
		void (*changed)(enum preference preference, gboolean value, gpointer data),
		gpointer data)
{
	GtkWidget *dialog = dialog_new(parent, _("Preferences")),
		  *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 9);
	struct dialog *d = g_new0(struct dialog, 1);
	guint i;

	*d = (struct dialog){ g_strdup(desktop), changed, data };
	add_heading(GTK_BOX(box), _("This desktop"));
	for (i = 0; i < N_PREFERENCES; i++) {
		if (i == PREFERENCE_SYNC_LOCKS)
			add_heading(GTK_BOX(box), _("All desktops"));
		add_check(GTK_BOX(box), (enum preference)i, d);
	}
	g_object_set(box, "margin", 18, NULL);
	gtk_container_add(GTK_CONTAINER(gtk_dialog_get_content_area(GTK_DIALOG(dialog))), box);
	gtk_window_set_resizable(GTK_WINDOW(dialog), FALSE);
	gtk_window_set_modal(GTK_WINDOW(dialog), TRUE);
	g_object_set_data_full(G_OBJECT(dialog), "osvdi-preferences", d, dialog_free);
	g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
	gtk_widget_show_all(dialog);
}
