// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** One SPICE channel over one WebSocket. */

/** @typedef {import("./core.js").Core} Core */

export const MAIN = 1;
export const DISPLAY = 2;
export const INPUTS = 3;
export const CURSOR = 4;
export const PLAYBACK = 5;
export const RECORD = 6;
export const USB = 9;
export const PORT = 10;

/**
 * Why a channel ended; the keys of the texts in texts.js.
 * @typedef {"unreachable" | "hung-up" | "closed" | "not-spice" | "bad-version" | "needs-tls" |
 *           "denied" | "refused" | "damaged" | "memory" | "taken" | "expired" | "revoked"} Cause
 */

/**
 * enum channel_error
 * @type {(Cause | null)[]}
 */
const CAUSES = [null, "not-spice", "bad-version", "needs-tls", "denied", "refused", "damaged",
	"damaged", "memory", "damaged"];

/** A ticket holds no more of a password, in UTF-8, and its final zero. */
const MAX_PASSWORD_BYTES = 86;

/** Nothing more is queued for a server that does not read. */
const MAX_QUEUED_BYTES = 4 << 20;

/**
 * @typedef {object} Place
 * @property {string} url
 * @property {string[]} protocols  of the WebSocket
 * @property {string} password
 * @property {number} connection
 */

/**
 * @typedef {object} Listener
 * @property {() => void} [keyed]   the server answered; without it the password is given
 * @property {() => void} [opened]
 * @property {(type: number, payload: DataView) => void} [message]
 *           the payload is there until the call returns
 * @property {(cause: Cause) => void} closed  once, unless close() was called
 */

/**
 * The codes by which osvdi-gateway tells why it closes a WebSocket.
 * @type {Record<number, Cause>}
 */
const CLOSE_CODES = { 4001: "taken", 4002: "expired", 4003: "revoked" };

/** @param {Uint8Array} key @param {Uint8Array} password */
async function encrypt(key, password) {
	const rsa = await crypto.subtle.importKey("spki", key, { name: "RSA-OAEP", hash: "SHA-1" },
		false, ["encrypt"]);
	return new Uint8Array(await crypto.subtle.encrypt({ name: "RSA-OAEP" }, rsa, password));
}

export class Channel {
	/**
	 * @param {Core} core
	 * @param {Place} place
	 * @param {{ type: number, number: number, caps?: number }} what
	 * @param {Listener} listener
	 * @param {WebSocket} [socket] an open one; a new one without
	 */
	constructor(core, place, what, listener, socket) {
		this.core = core;
		this.place = place;
		this.what = what;
		this.listener = listener;
		this.opened = false;
		this.ended = false;
		this.busy = false;   // the module is taking bytes of ours
		this.heard = false;  // the server said something
		this.id = ++core.lastId;
		this.it = core.exports.channel_new(this.id);
		core.channels.set(this.id, {
			bytes: (bytes) => this.transmit(bytes),
			key: (key) => this.login(key.slice()),
			opened: () => {
				this.opened = true;
				this.listener.opened?.();
			},
			message: (type, payload) => {
				this.listener.message?.(type, payload);
				return true;
			},
		});
		this.wasOpen = false;
		this.socket = socket ?? new WebSocket(place.url, place.protocols);
		this.socket.binaryType = "arraybuffer";
		this.socket.onopen = () => this.begin();
		this.socket.onmessage = (event) => this.receive(event.data);
		this.socket.onclose = (event) => this.end(CLOSE_CODES[event.code] ??
			(this.heard ? "closed" : this.wasOpen ? "hung-up" : "unreachable"));
		if (socket)
			this.begin();
	}

	begin() {
		this.wasOpen = true;
		this.core.exports.channel_begin(this.it, this.place.connection, this.what.type,
			this.what.number, this.what.caps ?? 0);
	}

	/** @param {Uint8Array} bytes */
	transmit(bytes) {
		if (this.socket.readyState !== WebSocket.OPEN)
			return;
		if (this.socket.bufferedAmount > MAX_QUEUED_BYTES)
			this.fail("closed");
		else
			this.socket.send(bytes.slice());
	}

	/** @param {Uint8Array} key */
	login(key) {
		if (this.listener.keyed) {
			this.listener.keyed();
			return;
		}
		const password = new TextEncoder().encode(this.place.password + "\0");
		if (password.length > MAX_PASSWORD_BYTES) {
			this.fail("denied"); // no server has one of this length
			return;
		}
		encrypt(key, password).then((ticket) => {
			if (!this.ended)
				this.core.give(ticket,
					(at) => this.core.exports.channel_give_ticket(this.it, at));
		}, () => this.fail("damaged")); // no such key
	}

	/** @param {any} data */
	receive(data) {
		if (this.ended)
			return;
		if (!(data instanceof ArrayBuffer)) {
			this.fail("not-spice");
			return;
		}
		this.heard = true;
		this.busy = true;
		let error = 0;
		try {
			error = this.core.give(new Uint8Array(data), (at, size) =>
				this.core.exports.channel_take(this.it, at, size));
		} finally {
			this.busy = false;
		}
		if (this.ended)
			this.forget();
		else if (error)
			this.fail(CAUSES[error] ?? "damaged");
	}

	/** @param {number} type @param {Uint8Array} payload */
	send(type, payload) {
		if (this.opened && !this.ended)
			this.core.give(payload, (at, size) =>
				this.core.exports.channel_write(this.it, type, at, size));
	}

	/** @param {Cause} cause */
	fail(cause) {
		this.socket.close();
		this.end(cause);
	}

	/** @param {Cause} cause */
	end(cause) {
		if (this.ended)
			return;
		this.ended = true;
		if (!this.busy)
			this.forget();
		this.listener.closed(cause);
	}

	/** Without a word to the listener. */
	close() {
		this.socket.close();
		if (this.ended)
			return;
		this.ended = true;
		if (!this.busy)
			this.forget();
	}

	forget() {
		this.core.channels.delete(this.id);
		if (this.it)
			this.core.exports.channel_free(this.it);
		this.it = 0;
	}
}
