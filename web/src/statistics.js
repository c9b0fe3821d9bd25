// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The figures of a display: what came and how long its ways were, since they were last read. */

/** Kinds of what is done, as osvdi-wasm.h has them: a picture, or an update with a change. */
const PICTURE = 0;
const CHANGE = 1;
/** So many samples are enough for the median of a second; later samples are dropped. */
const MAX_SAMPLES = 512;

/**
 * @typedef {object} Summary
 * @property {number} fps       pictures that were shown, a second
 * @property {number} dropped   that were not, because a newer one was there
 * @property {number} mbit      of all that came for the display, a second
 * @property {number} decode    milliseconds, mean; -1: nothing was decoded
 * @property {number} present   the same, from the decoder to the browser
 * @property {number} latency   from the guest's picture to the browser, median; -1: unknown
 * @property {number} trip      of a message to the server and back; -1: unknown
 * @property {number} tiles     lossless updates, a second
 * @property {boolean} exact
 * @property {number} total     pictures of the session
 */

export class Statistics {
	/** @param {number} now microseconds, as all times */
	constructor(now) {
		/** @type {{ offset: number, delay: number } | null} */
		this.clock = null;
		this.exact = false;
		this.total = 0;
		this.since = now;
		this.bytes = this.shown = this.dropped = this.updates = 0;
		this.decode = this.present = 0;
		/** @type {number[]} */
		this.latencies = [];
	}

	/** @param {number} now */
	clear(now) {
		this.since = now;
		this.bytes = this.shown = this.dropped = this.updates = 0;
		this.decode = this.present = 0;
		this.latencies = [];
	}

	/**
	 * @param {number} kind
	 * @param {number} capture
	 * @param {number} received
	 * @param {number} decoded
	 * @param {number} presented
	 */
	done(kind, capture, received, decoded, presented) {
		if (kind !== PICTURE)
			this.updates++;
		else if (!presented)
			this.dropped++;
		else
			this.picture(received, decoded, presented);
		if (kind <= CHANGE && capture && presented && this.clock &&
				this.latencies.length < MAX_SAMPLES)
			this.latencies.push(presented - (capture - this.clock.offset));
	}

	/** @param {number} received @param {number} decoded @param {number} presented */
	picture(received, decoded, presented) {
		this.shown++;
		this.total++;
		this.decode += decoded - received;
		this.present += presented - decoded;
	}

	/** @param {number} now @returns {Summary} */
	read(now) {
		const seconds = Math.max(now - this.since, 1) / 1e6;
		const mean = (/** @type {number} */ sum) => this.shown ? sum / this.shown / 1000
			: -1;
		const sorted = this.latencies.sort((a, b) => a - b);
		const summary = {
			fps: this.shown / seconds,
			dropped: this.dropped / seconds,
			mbit: 8 * this.bytes / seconds / 1e6,
			decode: mean(this.decode),
			present: mean(this.present),
			latency: sorted.length ? sorted[sorted.length >> 1] / 1000 : -1,
			trip: this.clock ? 2 * this.clock.delay / 1000 : -1,
			tiles: this.updates / seconds,
			exact: this.exact,
			total: this.total,
		};
		this.clear(now);
		return summary;
	}
}
