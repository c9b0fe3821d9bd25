/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WINDOW_H
#define OSVDI_WINDOW_H

#include "window/banner.h"
#include "window/view.h"

G_BEGIN_DECLS

/*
 * A window with one guest display. The app owns the windows and the actions; the window
 * owns its look.
 */
#define OSVDI_TYPE_WINDOW (osvdi_window_get_type())
G_DECLARE_FINAL_TYPE(OsvdiWindow, osvdi_window, OSVDI, WINDOW, GtkWindow)

/* number: from 1; the title shows it from the second display on. */
OsvdiWindow *osvdi_window_new(const struct options *options, OsvdiView *view, int number);

OsvdiView *osvdi_window_get_view(OsvdiWindow *window);
int osvdi_window_get_number(OsvdiWindow *window);
void osvdi_window_set_name(OsvdiWindow *window, const char *name, gboolean counted);

/* monitor: of the client; -1: the monitor that the window is on. */
void osvdi_window_set_fullscreen(OsvdiWindow *window, gboolean fullscreen, int monitor);
gboolean osvdi_window_is_fullscreen(OsvdiWindow *window);

/* Sets the bar's text that says how to leave full screen. */
void osvdi_window_set_leave_hint(OsvdiWindow *window, const char *hint);
/* Says that the desktop has the pointer. release: how to get it back, in words; NULL: the
 * pointer is free. */
void osvdi_window_set_grabbed(OsvdiWindow *window, const char *release);

/* percent: the window takes that size of the guest; 0: the picture fits the window. */
void osvdi_window_set_zoom(OsvdiWindow *window, int percent);
int osvdi_window_get_zoom(OsvdiWindow *window);

/* Sets the banner over the picture; NULL removes it. */
void osvdi_window_set_banner(OsvdiWindow *window, const struct banner *banner);

/* Sets the statistics over the picture; NULL hides them. */
void osvdi_window_set_stats(OsvdiWindow *window, const char *text);

/**
 * Puts the window where it was the last time, in logical pixels. A place off the screen is
 * moved onto it. If there is a size, the window leads from now on; a width of 0 sets only
 * the position.
 */
void osvdi_window_set_place(OsvdiWindow *window, const GdkRectangle *place);

/**
 * Whether the user chose the window's size, so that the guest follows the window. Until
 * then the window follows the guest; see window-size.h. The signal "size-chosen" is sent
 * when the user chooses a size.
 */
gboolean osvdi_window_leads(OsvdiWindow *window);
/* Whether the guest is asked for the window's size. True also in full screen, and if the
 * guest is larger than the screen. */
gboolean osvdi_window_wants_guest(OsvdiWindow *window);
/* Notes that the guest was asked for the window's size. */
void osvdi_window_guest_follows(OsvdiWindow *window);

/* The size in device pixels at which a guest would fill this window. */
void osvdi_window_get_place(OsvdiWindow *window, int *width, int *height);

/* Opens the menu, for people without a pointer. */
void osvdi_window_show_menu(OsvdiWindow *window);
/* Sets the menu of the menu button and of the full-screen bar. */
void osvdi_window_set_menu(OsvdiWindow *window, GMenuModel *menu);

G_END_DECLS

#endif
