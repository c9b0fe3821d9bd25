/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/banner.h"
#include "window/overlay.h"

#define TEXT_CHARS 60 /* characters in a line, if the window has room */
#define GAP 16        /* to the edge of the window */

struct state {
	GtkWidget *below;
	GtkWidget *content, *text, *button, *other;
};

static struct state *state_of(GtkWidget *banner)
{
	return g_object_get_data(G_OBJECT(banner), "osvdi-banner");
}

/* ---- size ---------------------------------------------------------------- */

/* Sets the position ourselves: GtkOverlay would ask for the height at another width. */
static gboolean get_position(
		GtkOverlay *overlay, GtkWidget *child, GdkRectangle *place, GtkWidget *banner)
{
	GtkAllocation whole;
	int width, height;

	if (child != banner)
		return FALSE;
	gtk_widget_get_allocation(gtk_bin_get_child(GTK_BIN(overlay)), &whole);
	gtk_widget_get_preferred_width(state_of(banner)->content, NULL, &width);
	width = MAX(MIN(width, whole.width - 2 * GAP), 1);
	gtk_widget_get_preferred_height_for_width(state_of(banner)->content, width, NULL, &height);
	height = MAX(MIN(height, whole.height), 1);
	*place = (GdkRectangle){
		(whole.width - width) / 2, (whole.height - height) / 2, width, height,
	};
	return TRUE;
}

/* ---- content ------------------------------------------------------------- */

/* Both texts share a label, so that Tab goes from the text to the buttons. */
static char *make_markup(const struct banner *content)
{
	g_autofree char *what = g_markup_escape_text(content->what, -1);
	g_autofree char *remedy = g_markup_escape_text(content->remedy ? content->remedy : "", -1);

	return g_strdup_printf("<big><b>%s</b></big>%s%s", what, *remedy ? "\n\n" : "", remedy);
}

static void set_button(GtkWidget *button, const char *label, const char *action)
{
	gtk_widget_set_visible(button, label != NULL);
	gtk_actionable_set_action_name(GTK_ACTIONABLE(button), label ? action : NULL);
	if (label && g_strcmp0(label, gtk_button_get_label(GTK_BUTTON(button))) != 0)
		gtk_button_set_label(GTK_BUTTON(button), label);
}

/* Screen readers speak an alert when it appears. If the banner is already shown, announce
 * its new text. */
static void announce(GtkWidget *banner, const struct banner *content)
{
	AtkObject *accessible = gtk_widget_get_accessible(banner);
	g_autofree char *text = g_strdup_printf(
			"%s %s", content->what, content->remedy ? content->remedy : "");

	atk_object_set_name(accessible, g_strstrip(text));
	if (g_signal_lookup("announcement", ATK_TYPE_OBJECT))
		g_signal_emit_by_name(accessible, "announcement", text);
}

static gboolean has_focus(GtkWidget *banner)
{
	GtkWidget *top = gtk_widget_get_toplevel(banner);
	GtkWidget *focus = GTK_IS_WINDOW(top) ? gtk_window_get_focus(GTK_WINDOW(top)) : NULL;

	return focus && gtk_widget_is_ancestor(focus, banner);
}

static void give_focus(GtkWidget *banner, gboolean wanted)
{
	struct state *state = state_of(banner);

	if (wanted && !has_focus(banner)) {
		gtk_widget_grab_focus(state->text);
		gtk_label_select_region(GTK_LABEL(state->text), 0, 0);
	} else if (!wanted && has_focus(banner)) {
		gtk_widget_grab_focus(state->below);
	}
}

void banner_set(GtkWidget *banner, const struct banner *content)
{
	struct state *state = state_of(banner);
	g_autofree char *markup = content ? make_markup(content) : NULL;
	gboolean shown = gtk_widget_get_visible(banner);
	gboolean news = content &&
			!(shown &&
					g_str_equal(gtk_label_get_label(GTK_LABEL(state->text)),
							markup));

	if (!content || !content->takes_keys)
		give_focus(banner, FALSE);
	gtk_widget_set_visible(banner, content != NULL);
	if (!content)
		return;
	gtk_label_set_markup(GTK_LABEL(state->text), markup);
	set_button(state->button, content->button, content->action);
	set_button(state->other, content->other_button, content->other_action);
	give_focus(banner, content->takes_keys);
	if (news)
		announce(banner, content);
}

/* ---- construction -------------------------------------------------------- */

static GtkWidget *make_text(void)
{
	GtkWidget *label = gtk_label_new(NULL);

	gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_max_width_chars(GTK_LABEL(label), TEXT_CHARS);
	gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
	gtk_label_set_selectable(GTK_LABEL(label), TRUE); /* so that users can report the text */
	return label;
}

static GtkWidget *add_button(GtkWidget *buttons)
{
	GtkWidget *button = gtk_button_new();

	gtk_button_set_use_underline(GTK_BUTTON(button), TRUE);
	gtk_box_pack_start(GTK_BOX(buttons), button, FALSE, FALSE, 0);
	return button;
}

static void build(struct state *state)
{
	GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);

	gtk_widget_set_halign(buttons, GTK_ALIGN_CENTER);
	state->content = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
	g_object_set(state->content, "margin", 18, NULL);
	state->text = make_text();
	gtk_box_pack_start(GTK_BOX(state->content), state->text, FALSE, FALSE, 0);
	state->button = add_button(buttons);
	state->other = add_button(buttons);
	gtk_box_pack_start(GTK_BOX(state->content), buttons, FALSE, FALSE, 0);
}

GtkWidget *banner_new(GtkOverlay *overlay, GtkWidget *below)
{
	struct state *state = g_new0(struct state, 1);
	GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL), *banner;

	state->below = below;
	build(state);
	gtk_scrolled_window_set_policy(
			GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
	gtk_container_add(GTK_CONTAINER(scrolled), state->content);
	banner = overlay_add(overlay, scrolled, GTK_ALIGN_FILL,
			GTK_ALIGN_FILL); /* of get_position()'s place */
	g_object_set_data_full(G_OBJECT(banner), "osvdi-banner", state, g_free);
	gtk_style_context_add_class(gtk_widget_get_style_context(banner), "osvdi-banner");
	atk_object_set_role(gtk_widget_get_accessible(banner), ATK_ROLE_ALERT);
	g_signal_connect(overlay, "get-child-position", G_CALLBACK(get_position), banner);
	return banner;
}
