/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_RETRY_H
#define OSVDI_RETRY_H

#include <glib.h>

/*
 * When to try a broken connection again. Aim: less than a second between the
 * network's return and the desktop's.
 */

/**
 * How long to wait before the next try.
 *
 * attempts:   made since the connection broke.
 * elapsed_ms: since the latest of them began; that time counts.
 * renewals:   fresh addresses asked for since the connection broke, each of
 *             which costs the cloud a log-in.
 */
guint retry_delay_ms(guint attempts, gint64 elapsed_ms, guint renewals);

/* The same where nothing listens: nobody_ms since when. */
guint retry_nobody_delay_ms(gint64 nobody_ms);

/**
 * How long a try may take until its TCP connection stands. The kernel repeats a
 * lost request after 1, 3, 7 s only: a new one finds a network that is back sooner.
 *
 * setup_ms: what the whole connection took the last time it worked, or 0.
 */
guint retry_connect_ms(guint attempt, guint setup_ms);

/* How a session ended. */
struct ending {
	gboolean main;       /* its main channel too, not another one alone */
	gboolean alone;      /* the others are still open */
	gboolean reset;      /* main's connection was reset, as servers hardly do and networks do */
	gboolean witnessed;  /* the witness was there and the server answered on it */
	gboolean unknown;    /* there was no witness */
	gboolean guessed;    /* the session before ended like that and was taken for a break */
};

enum verdict {
	VERDICT_BREAK, /* connect again at once */
	VERDICT_GUESS, /* likewise, but only this once */
	VERDICT_TAKEN, /* somebody else has the desktop, and keeps it */
};

/**
 * What an ending means. A server that ends a session for another viewer closes
 * all of its channels, and the witness not at all. Where that cannot be known one
 * try is made, and a second such ending is taken for somebody else: two viewers
 * never throw each other out again and again.
 */
enum verdict retry_judge(const struct ending *ending);

/**
 * After how many seconds sessions are ended from outside, as clouds do with their
 * tokens; 0 when two ages of sessions that were cut do not say so.
 */
guint retry_session_limit_s(gint64 age_us, gint64 age_before_us);

/* Why an attempt failed. */
enum refusal {
	REFUSAL_NONE,    /* the network's fault, or unknown: patience */
	REFUSAL_NOBODY,  /* the machine is there, and no server on it */
	REFUSAL_HUNG_UP, /* something takes the connection and hangs up before it is SPICE */
	REFUSAL_DENIED,  /* a server or proxy says no to what we bring */
	REFUSAL_ASLEEP,  /* the broker says that the desktop does not run */
};

struct tries {
	enum refusal refusal;
	guint denials;     /* in a row */
	gint64 nobody_ms;  /* since when nothing but REFUSAL_NOBODY and REFUSAL_HUNG_UP came */
	gboolean one_time; /* what we bring was good for one session */
	gboolean renewable; /* something new can be had from the broker */
	gboolean patient;  /* a kiosk: nobody is there to press a button */
};

enum outlook {
	OUTLOOK_TRY,      /* again */
	OUTLOOK_GONE,     /* the desktop has ended */
	OUTLOOK_DENIED,   /* it is there and will not take us */
	OUTLOOK_USED_UP,  /* a new connection file is needed */
};

/* Whether a broken session is worth another try. */
enum outlook retry_outlook(const struct tries *tries);

#endif
