// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A second connection beside those of a session, over which nothing goes. A server that
 * ends a session, since another viewer opened the desktop, ends that session's
 * connections and no others; all else that ends a session ends this one too.
 */
import { Channel, MAIN } from "./channel.js";

const ANSWER_MS = 1500;

export class Witness {
	/** @param {string} url */
	constructor(url) {
		this.url = url;
		this.socket = new WebSocket(url, "binary");
		this.socket.binaryType = "arraybuffer";
	}

	/**
	 * Whether the server still answers over it. The witness is used up by that.
	 * @param {import("./core.js").Core} core
	 * @returns {Promise<boolean>}
	 */
	ask(core) {
		if (this.socket.readyState !== WebSocket.OPEN)
			return Promise.resolve(false);
		return new Promise((resolve) => {
			const answer = (/** @type {boolean} */ alive) => {
				clearTimeout(timer);
				channel.close();
				resolve(alive);
			};
			const timer = setTimeout(() => answer(false), ANSWER_MS);
			const channel = new Channel(core, { url: this.url, password: "", connection: 0 }, { type: MAIN, number: 0 },
				{ keyed: () => setTimeout(() => answer(true), 0), closed: () => answer(false) }, this.socket);
		});
	}

	close() {
		this.socket.close();
	}
}
