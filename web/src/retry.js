// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** When to try again, and when to say that a desktop is gone. */

/** @typedef {import("./session.js").Cause} Cause */

const DELAYS_MS = [0, 250, 500, 1000, 2000, 4000];
/** A server that restarts listens again sooner; so long nobody needs to be told. */
const GONE_MS = 15000;

/**
 * The causes that time mends.
 * @type {Set<Cause>}
 */
const PASSING = new Set(["unreachable", "hung-up", "closed", "silent"]);

export class Retry {
	constructor() {
		this.tries = 0;
		this.since = 0; // a picture was there
		/** @type {number | undefined} */
		this.timer = undefined;
		/** @type {(() => void) | undefined} */
		this.run = undefined;
	}

	/** A session runs: what came before does not count. */
	reset() {
		this.stop();
		this.tries = 0;
	}

	stop() {
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	/**
	 * @param {Cause} cause @param {boolean} had  whether the page had a session before
	 * @param {number} now milliseconds
	 * @returns {"retry" | "gone" | "stop"}
	 */
	judge(cause, had, now) {
		if (!had || !PASSING.has(cause))
			return "stop";
		if (!this.tries)
			this.since = now;
		// Who takes the connection and hangs up has nothing for us any more.
		return cause === "hung-up" && now - this.since >= GONE_MS ? "gone" : "retry";
	}

	/** @param {() => void} run */
	later(run) {
		this.stop();
		this.timer = setTimeout(() => {
			this.timer = undefined;
			run();
		}, DELAYS_MS[Math.min(this.tries++, DELAYS_MS.length - 1)]);
		this.run = run;
	}

	/** The network may be back. */
	now() {
		if (this.timer === undefined || !this.run)
			return;
		this.stop();
		this.run();
	}
}
