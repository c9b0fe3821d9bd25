// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** Workers of other displays, which share the port of the first one: they get what it says. */

export class Links {
	/**
	 * @param {(data: Uint8Array) => void} say  to the server, for another worker
	 * @param {() => boolean} whole  whether a message of the port begins now
	 */
	constructor(say, whole) {
		this.say = say;
		this.whole = whole;
		/** @type {MessagePort[]} that get all */
		this.joined = [];
		/** @type {MessagePort[]} from the end of a message on */
		this.joining = [];
		/** @type {Map<number, MessagePort>} the same, by display */
		this.others = new Map();
	}

	/** @param {number} number  of the other display  @param {MessagePort} link */
	join(number, link) {
		this.leave(number);
		this.others.set(number, link);
		link.onmessage = ({ data }) => this.say(data);
		this.joining.push(link);
		this.admit();
	}

	/** @param {number} number  of a display that is not shown any more */
	leave(number) {
		const link = this.others.get(number);
		const others = (/** @type {MessagePort} */ it) => it !== link;
		this.others.delete(number);
		this.joined = this.joined.filter(others);
		this.joining = this.joining.filter(others);
		link?.close();
	}

	/** Others begin where a message begins. */
	admit() {
		if (!this.joining.length || !this.whole())
			return;
		for (const link of this.joining.splice(0)) {
			link.postMessage("begin");
			this.joined.push(link);
		}
	}

	/** @param {DataView} payload  that the port said */
	pass(payload) {
		for (const link of this.joined)
			link.postMessage(new Uint8Array(payload.buffer, payload.byteOffset,
				payload.byteLength).slice());
	}

	/** The port is closed, and may be opened again. */
	end() {
		for (const link of this.joined) {
			link.postMessage("end");
			this.joining.push(link);
		}
		this.joined = [];
	}

	close() {
		for (const number of [...this.others.keys()])
			this.leave(number);
	}
}
