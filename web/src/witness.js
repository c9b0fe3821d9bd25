// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A second connection beside those of a session, over which nothing goes. A server that
 * ends a session, since another viewer opened the desktop, ends that session's
 * connections and no others; all else that ends a session ends this one too.
 */
import { Channel, MAIN } from "./channel.js";

/**
 * So long a server may take that is busy and far away: a server that is not waited for throws
 * out whoever took the desktop, since the page comes back.
 */
const ANSWER_MS = 5000;
/** So long a witness that ended counts as one that ended with its session. */
const LATELY_MS = 3000;
const FIRST_REOPEN_MS = 1000;
const LAST_REOPEN_MS = 64000;

/** @typedef {"there" | "lost" | "none"} WitnessState */

export class Witness {
	/** @param {import("./channel.js").Place} place */
	constructor(place) {
		this.place = { ...place, connection: 0 };
		this.opened = Infinity; // since when
		this.lost = -Infinity; // the same
		this.reopen = FIRST_REOPEN_MS;
		/** @type {number | undefined} */
		this.timer = undefined;
		this.socket = this.open();
	}

	/** A proxy may not keep what says nothing: ever more seldom then. */
	open() {
		const socket = new WebSocket(this.place.url, this.place.protocols);
		socket.binaryType = "arraybuffer";
		socket.onopen = () => {
			this.opened = performance.now();
		};
		socket.onclose = () => {
			this.opened = Infinity;
			this.lost = performance.now();
			this.timer = setTimeout(() => {
				this.socket = this.open();
			}, this.reopen);
			this.reopen = Math.min(2 * this.reopen, LAST_REOPEN_MS);
		};
		return socket;
	}

	/**
	 * Was not there, has ended not long ago, or was there when the session ended and still is.
	 * @param {number} ended  when that was
	 * @returns {WitnessState}
	 */
	state(ended) {
		if (this.socket.readyState === WebSocket.OPEN && this.opened < ended)
			return "there";
		return performance.now() - this.lost < LATELY_MS ? "lost" : "none";
	}

	/**
	 * Whether the server still answers over it. The witness is used up by that.
	 * @param {import("./core.js").Core} core
	 * @returns {Promise<boolean>}
	 */
	ask(core) {
		clearTimeout(this.timer);
		if (this.socket.readyState !== WebSocket.OPEN)
			return Promise.resolve(false);
		return new Promise((resolve) => {
			const answer = (/** @type {boolean} */ alive) => {
				clearTimeout(timer);
				channel.close();
				resolve(alive);
			};
			const timer = setTimeout(() => answer(false), ANSWER_MS);
			const channel = new Channel(core, this.place, { type: MAIN, number: 0 },
				{ keyed: () => setTimeout(() => answer(true), 0),
					closed: () => answer(false) }, this.socket);
		});
	}

	close() {
		clearTimeout(this.timer);
		this.socket.onclose = null;
		this.socket.close();
	}
}
