/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_RETRY_H
#define OSVDI_RETRY_H

#include <glib.h>

/*
 * When to try a broken connection again. The aim: the desktop is back less than a second
 * after the network is.
 */

/**
 * How long to wait before the next attempt.
 *
 * attempts:   made since the connection broke.
 * elapsed_ms: since the latest attempt began; this time counts as waiting.
 * renewals:   how often a fresh address was asked for since the connection broke. Each
 *             renewal costs the cloud a login.
 */
guint retry_delay_ms(guint attempts, gint64 elapsed_ms, guint renewals);

/* The same if nothing has listened there for nobody_ms. */
guint retry_nobody_delay_ms(gint64 nobody_ms);

/**
 * How long an attempt may take to connect by TCP. The kernel repeats a lost request only
 * after 1, 3 and 7 s, so a new attempt notices earlier that the network is back.
 *
 * setup_ms: how long the whole connection took the last time it worked, or 0.
 */
guint retry_connect_ms(guint attempt, guint setup_ms);

/* The circumstances of a session's end. */
struct ending {
	gboolean main;       /* the main channel has ended, not only another channel */
	gboolean alone;      /* only main has ended; the other channels are open */
	gboolean reset;      /* main's connection was reset: networks do that, servers hardly */
	gboolean witnessed;  /* the witness was there, and the server answered over it */
	gboolean unknown;    /* there was no witness */
	gboolean guessed;    /* the last session ended in the same way and was called a break */
};

enum verdict {
	VERDICT_BREAK, /* connect again at once */
	VERDICT_GUESS, /* connect again at once, but only this time */
	VERDICT_TAKEN, /* another viewer has the desktop and keeps it */
};

/**
 * Judges what an ending means. A server that ends a session for another viewer closes all
 * channels of the session, but not the witness. If there was no witness, we try once; a
 * second ending of that kind means that another viewer has the desktop. So two viewers
 * never throw each other out again and again.
 */
enum verdict retry_judge(const struct ending *ending);

/**
 * After how many seconds sessions are ended from outside, as clouds do when a token
 * expires. Compares the ages of two sessions that were cut; 0 if they differ.
 */
guint retry_session_limit_s(gint64 age_us, gint64 age_before_us);

/* Why an attempt failed. */
enum refusal {
	REFUSAL_NONE,    /* nobody: the network failed, or the cause is not known */
	REFUSAL_NOBODY,  /* the machine is there, but no server runs on it */
	REFUSAL_HUNG_UP, /* a connection is accepted and closed before SPICE begins */
	REFUSAL_DENIED,  /* a server or proxy does not accept our password or ticket */
	REFUSAL_ASLEEP,  /* the broker says that the desktop does not run */
};

struct tries {
	enum refusal refusal;
	guint denials;     /* in a row */
	gint64 nobody_ms;  /* how long every answer was REFUSAL_NOBODY or REFUSAL_HUNG_UP */
	gboolean one_time; /* our password or ticket was good for one session */
	gboolean renewable; /* the broker can give a fresh address */
	gboolean patient;  /* a kiosk: nobody is there to press a button */
};

enum outlook {
	OUTLOOK_TRY,      /* try again */
	OUTLOOK_GONE,     /* the desktop has ended */
	OUTLOOK_DENIED,   /* the desktop is there, but does not let us in */
	OUTLOOK_USED_UP,  /* a new connection file is needed */
};

/* Judges whether a broken session is worth another attempt. */
enum outlook retry_outlook(const struct tries *tries);

#endif
