/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/fullscreen-bar.h"
#include "window/overlay.h"

#include <glib/gi18n.h>

/* How long the bar shows on entering: long enough to read a name and a line. */
#define GREETING_MS 5000
/* The pointer must rest this long at the edge. A user of the desktop's own bar is faster. */
#define DWELL_MS 350
#define AWAY_MS 700
#define UNUSED_MS 1500

struct bar {
	GtkWidget *box, *menu_button, *name, *hint;
	gboolean active, inside;
	guint hide_timer, dwell_timer;
};

static struct bar *bar_of(GtkWidget *widget)
{
	return g_object_get_data(G_OBJECT(widget), "osvdi-bar");
}

/* ---- coming and going ---------------------------------------------------- */

static gboolean hide_later(gpointer data)
{
	struct bar *bar = data;

	if (bar->inside || gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(bar->menu_button)))
		return G_SOURCE_CONTINUE;
	bar->hide_timer = 0;
	gtk_widget_hide(bar->box);
	return G_SOURCE_REMOVE;
}

static void hide_in(struct bar *bar, guint ms)
{
	g_clear_handle_id(&bar->hide_timer, g_source_remove);
	bar->hide_timer = g_timeout_add(ms, hide_later, bar);
}

static void show_for(struct bar *bar, guint ms)
{
	gtk_widget_show(bar->box);
	hide_in(bar, ms);
}

static gboolean dwelt(gpointer data)
{
	struct bar *bar = data;

	bar->dwell_timer = 0;
	show_for(bar, UNUSED_MS);
	return G_SOURCE_REMOVE;
}

/* The pointer rests at the top edge: shows the bar, or extends its time. */
static gboolean on_motion(GtkWidget *widget, GdkEventMotion *event, struct bar *bar)
{
	gboolean pressed = event->state & (GDK_BUTTON1_MASK | GDK_BUTTON2_MASK | GDK_BUTTON3_MASK);

	if (!bar->active || event->y > 1 || pressed)
		g_clear_handle_id(&bar->dwell_timer, g_source_remove);
	else if (!bar->dwell_timer && !gtk_widget_get_visible(bar->box))
		bar->dwell_timer = g_timeout_add(DWELL_MS, dwelt, bar);
	return FALSE;
}

static gboolean on_press(GtkWidget *widget, GdkEventButton *event, struct bar *bar)
{
	g_clear_handle_id(&bar->dwell_timer, g_source_remove);
	return FALSE;
}

static gboolean on_leave_display(GtkWidget *widget, GdkEventCrossing *event, struct bar *bar)
{
	g_clear_handle_id(&bar->dwell_timer, g_source_remove);
	return FALSE;
}

static gboolean on_enter_bar(GtkWidget *widget, GdkEventCrossing *event, struct bar *bar)
{
	bar->inside = TRUE;
	return FALSE;
}

static gboolean on_leave_bar(GtkWidget *widget, GdkEventCrossing *event, struct bar *bar)
{
	if (event->detail == GDK_NOTIFY_INFERIOR)
		return FALSE;
	bar->inside = FALSE;
	if (bar->active)
		hide_in(bar, AWAY_MS);
	return FALSE;
}

/* ---- what is in it ------------------------------------------------------- */

static GtkWidget *icon_button(const char *icon, const char *name, const char *action)
{
	GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);

	gtk_widget_set_tooltip_text(button, name);
	atk_object_set_name(gtk_widget_get_accessible(button), name);
	gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
	gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
	return button;
}

static GtkWidget *menu_button(void)
{
	GtkWidget *button = gtk_menu_button_new();

	gtk_menu_button_set_use_popover(GTK_MENU_BUTTON(button), FALSE);
	gtk_button_set_image(GTK_BUTTON(button),
			gtk_image_new_from_icon_name("open-menu-symbolic", GTK_ICON_SIZE_BUTTON));
	gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
	gtk_widget_set_tooltip_text(button, _("Menu"));
	atk_object_set_name(gtk_widget_get_accessible(button), _("Menu"));
	return button;
}

static GtkWidget *texts(struct bar *bar)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

	bar->name = gtk_label_new(NULL);
	bar->hint = gtk_label_new(NULL);
	gtk_label_set_xalign(GTK_LABEL(bar->name), 0);
	gtk_label_set_xalign(GTK_LABEL(bar->hint), 0);
	gtk_label_set_ellipsize(GTK_LABEL(bar->name), PANGO_ELLIPSIZE_END);
	gtk_label_set_ellipsize(GTK_LABEL(bar->hint),
			PANGO_ELLIPSIZE_END); /* keeps the buttons on a narrow screen */
	gtk_label_set_max_width_chars(GTK_LABEL(bar->name), 40);
	gtk_style_context_add_class(gtk_widget_get_style_context(bar->name), "osvdi-heading");
	gtk_box_pack_start(GTK_BOX(box), bar->name, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), bar->hint, FALSE, FALSE, 0);
	gtk_widget_set_valign(box, GTK_ALIGN_CENTER);
	return box;
}

static GtkWidget *bar_content(struct bar *bar)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
	GtkWidget *buttons[] = {
		bar->menu_button = menu_button(),
		icon_button("window-minimize-symbolic", _("Minimise"), "win.minimise"),
		icon_button("view-restore-symbolic", _("Leave full screen"), "win.fullscreen"),
		icon_button("window-close-symbolic", _("Close"), "win.quit"),
	};
	guint i;

	gtk_box_pack_start(GTK_BOX(box), texts(bar), TRUE, TRUE, 6);
	for (i = 0; i < G_N_ELEMENTS(buttons); i++)
		gtk_box_pack_start(GTK_BOX(box), buttons[i], FALSE, FALSE, 0);
	g_object_set(box, "margin", 6, NULL);
	return box;
}

/* ---- public -------------------------------------------------------------- */

static void bar_free(gpointer data)
{
	struct bar *bar = data;

	g_clear_handle_id(&bar->hide_timer, g_source_remove);
	g_clear_handle_id(&bar->dwell_timer, g_source_remove);
	g_free(bar);
}

GtkWidget *fullscreen_bar_new(GtkOverlay *overlay, GtkWidget *display)
{
	struct bar *bar = g_new0(struct bar, 1);

	bar->box = overlay_add(overlay, bar_content(bar), GTK_ALIGN_CENTER, GTK_ALIGN_START);
	gtk_style_context_add_class(gtk_widget_get_style_context(bar->box), "osvdi-bar");
	g_signal_connect(bar->box, "enter-notify-event", G_CALLBACK(on_enter_bar), bar);
	g_signal_connect(bar->box, "leave-notify-event", G_CALLBACK(on_leave_bar), bar);
	g_signal_connect(display, "motion-notify-event", G_CALLBACK(on_motion), bar);
	g_signal_connect(display, "button-press-event", G_CALLBACK(on_press), bar);
	g_signal_connect(display, "leave-notify-event", G_CALLBACK(on_leave_display), bar);
	g_object_set_data_full(G_OBJECT(bar->box), "osvdi-bar", bar, bar_free);
	return bar->box;
}

void fullscreen_bar_set_active(GtkWidget *widget, gboolean active)
{
	struct bar *bar = bar_of(widget);

	g_clear_handle_id(&bar->dwell_timer, g_source_remove);
	if (bar->active == active)
		return;
	bar->active = active;
	bar->inside = FALSE;
	if (active) {
		show_for(bar, GREETING_MS);
	} else {
		g_clear_handle_id(&bar->hide_timer, g_source_remove);
		gtk_widget_hide(bar->box);
	}
}

void fullscreen_bar_set_name(GtkWidget *widget, const char *name)
{
	gtk_label_set_text(GTK_LABEL(bar_of(widget)->name), name);
}

void fullscreen_bar_set_hint(GtkWidget *widget, const char *hint)
{
	gtk_label_set_text(GTK_LABEL(bar_of(widget)->hint), hint);
}

void fullscreen_bar_show_menu(GtkWidget *widget)
{
	struct bar *bar = bar_of(widget);

	if (!bar->active)
		return;
	show_for(bar, AWAY_MS); /* and as long as its menu is open */
	gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(bar->menu_button), TRUE);
}

void fullscreen_bar_set_menu(GtkWidget *widget, GMenuModel *menu)
{
	gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(bar_of(widget)->menu_button), menu);
}
