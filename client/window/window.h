/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WINDOW_H
#define OSVDI_WINDOW_H

#include "window/banner.h"
#include "window/view.h"

G_BEGIN_DECLS

/*
 * A window with one guest display. The app owns all windows and the actions;
 * the window owns its look.
 */
#define OSVDI_TYPE_WINDOW (osvdi_window_get_type())
G_DECLARE_FINAL_TYPE(OsvdiWindow, osvdi_window, OSVDI, WINDOW, GtkWindow)

/* number: from 1, for the title of the second and later displays. */
OsvdiWindow *osvdi_window_new(const struct options *options, OsvdiView *view, int number);

OsvdiView *osvdi_window_get_view(OsvdiWindow *window);
int osvdi_window_get_number(OsvdiWindow *window);
void osvdi_window_set_name(OsvdiWindow *window, const char *name, gboolean counted);

/* monitor: of the client to go to, or -1 for the one it is on. */
void osvdi_window_set_fullscreen(OsvdiWindow *window, gboolean fullscreen, int monitor);
gboolean osvdi_window_is_fullscreen(OsvdiWindow *window);

/* How to leave full screen, in words: the bar says it. */
void osvdi_window_set_leave_hint(OsvdiWindow *window, const char *hint);
/* The desktop has the pointer; release: how to get it back, in words. NULL: it is free. */
void osvdi_window_set_grabbed(OsvdiWindow *window, const char *release);

/* 0: fit the window. Otherwise percent, and the window takes that size. */
void osvdi_window_set_zoom(OsvdiWindow *window, int percent);
int osvdi_window_get_zoom(OsvdiWindow *window);

/* What is said over the picture; NULL takes it away. */
void osvdi_window_set_banner(OsvdiWindow *window, const struct banner *banner);

/* The statistics over the picture; NULL hides them. */
void osvdi_window_set_stats(OsvdiWindow *window, const char *text);

/**
 * Where it was the last time, logical pixels; off the screen it is moved in.
 * With a size the window leads from now on; a width of 0: only the position.
 */
void osvdi_window_set_place(OsvdiWindow *window, const GdkRectangle *place);

/**
 * Whether the user chose the window's size, so that the guest is to follow it.
 * Until then the window takes the guest's sizes; see window-size.h. The signal
 * "size-chosen" tells when that happens.
 */
gboolean osvdi_window_leads(OsvdiWindow *window);
/* Whether the guest is to be asked for the window's size: also in full screen,
 * and where the guest is larger than the screen. */
gboolean osvdi_window_wants_guest(OsvdiWindow *window);
/* The guest was asked for it. */
void osvdi_window_guest_follows(OsvdiWindow *window);

/* Size in device pixels that the guest would have to fit this window. */
void osvdi_window_get_place(OsvdiWindow *window, int *width, int *height);

/* Opens the menu, for people without a pointer. */
void osvdi_window_show_menu(OsvdiWindow *window);
/* Sets the menu of the menu button (and of the full-screen bar's). */
void osvdi_window_set_menu(OsvdiWindow *window, GMenuModel *menu);

G_END_DECLS

#endif
