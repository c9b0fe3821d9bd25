// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** SPICE's agent in the guest: its messages in chunks, its abilities, the size of the screen. */
import { Writer } from "./bytes.js";

const PROTOCOL = 1;
const MONITORS_CONFIG = 2;
const ANNOUNCE_CAPABILITIES = 6;
const HEADER_SIZE = 20; // protocol, type, u64, size
/** Numbers of capabilities. */
export const CAP_MONITORS_CONFIG = 1;
export const CAP_CLIPBOARD_BY_DEMAND = 5;
export const CAP_CLIPBOARD_SELECTION = 6;
export const CAP_LINES_END_CRLF = 9;
export const CAP_FILE_XFER_DISABLED = 13;
export const CAP_NO_RELEASE_ON_REGRAB = 16;
/** The most bytes of one message of the main channel. */
const MAX_CHUNK = 2048;
/** A longer message of the agent is passed over. */
export const MAX_MESSAGE = 32 << 20;
const MSGC_AGENT_START = 106;
const MSGC_AGENT_DATA = 107;
/** No agent has an ability with a number from here on. */
const MAX_CAPS = 128;
/** Messages that the agent may send before we give it more. */
const TOKENS = 10;

/** The agent's messages, from pieces that end anywhere. */
class Assembly {
	/** @param {(type: number, data: DataView) => void} message */
	constructor(message) {
		this.message = message;
		this.head = new Uint8Array(HEADER_SIZE);
		this.n = 0; // bytes of the message that came
		/** @type {Uint8Array | null} */
		this.data = null; // null: passed over
	}

	/** @param {Uint8Array} bytes */
	take(bytes) {
		while (bytes.length) {
			const n = this.n < HEADER_SIZE ? this.takeHead(bytes)
				: this.takeData(bytes);
			bytes = bytes.subarray(n);
			if (this.n >= HEADER_SIZE && this.n === HEADER_SIZE + this.size)
				this.complete();
		}
	}

	get size() {
		return new DataView(this.head.buffer).getUint32(16, true);
	}

	/** @param {Uint8Array} bytes */
	takeHead(bytes) {
		const part = bytes.subarray(0, HEADER_SIZE - this.n);
		this.head.set(part, this.n);
		this.n += part.length;
		if (this.n === HEADER_SIZE)
			this.data = this.size <= MAX_MESSAGE ? new Uint8Array(this.size) : null;
		return part.length;
	}

	/** @param {Uint8Array} bytes */
	takeData(bytes) {
		const at = this.n - HEADER_SIZE;
		const part = bytes.subarray(0, this.size - at);
		this.data?.set(part, at);
		this.n += part.length;
		return part.length;
	}

	complete() {
		const type = new DataView(this.head.buffer).getUint32(4, true);
		const data = this.data;
		this.n = 0;
		this.data = null;
		if (data)
			this.message(type, new DataView(data.buffer));
	}
}

export class Agent {
	/**
	 * @param {(type: number, payload: Uint8Array) => void} send  by the main channel
	 * @param {number[]} caps  that the page has beside the size of the screen
	 */
	constructor(send, caps = []) {
		this.send = send;
		this.tokens = 0;
		this.there = false;
		this.caps = [CAP_MONITORS_CONFIG, ...caps];
		/** @type {Set<number>} */
		this.theirs = new Set();
		/** @type {Map<number, { width: number, height: number }>} */
		this.wanted = new Map(); // by display
		this.late = false; // what is wanted could not be said yet
		/** @type {Uint8Array[]} messages, or what is left of the first one */
		this.queue = [];
		/** @type {Map<number, (data: DataView) => void>} further messages, by type */
		this.handlers = new Map();
		/** @type {() => void} */
		this.drained = () => {}; // nothing waits to be sent any more
		/** @type {() => void} */
		this.changed = () => {}; // the agent came, went, or can do other things
		/** @type {() => void} */
		this.lost = () => {}; // an agent knows nothing of what was said to another one
		this.assembly = this.newAssembly();
	}

	newAssembly() {
		return new Assembly((type, data) => this.message(type, data));
	}

	/** @param {number} tokens  messages that the server takes */
	connected(tokens) {
		this.forget();
		this.there = true;
		this.tokens = tokens;
		this.send(MSGC_AGENT_START, new Writer().u32(TOKENS).done());
		this.announce(true);
		this.tellSizes();
	}

	disconnected() {
		this.there = false;
		this.forget();
		this.changed();
	}

	forget() {
		this.queue = [];
		this.theirs.clear();
		this.assembly = this.newAssembly();
		this.lost();
	}

	/** @param {number} tokens */
	addTokens(tokens) {
		this.tokens += tokens;
		this.flush();
	}

	/* ---- from the guest --------------------------------------------------------- */

	/** @param {DataView} payload  of the main channel */
	take(payload) {
		this.assembly.take(new Uint8Array(payload.buffer, payload.byteOffset,
			payload.byteLength));
	}

	/** @param {number} type @param {DataView} data */
	message(type, data) {
		if (type === ANNOUNCE_CAPABILITIES)
			this.learn(data);
		else
			this.handlers.get(type)?.(data);
	}

	/** @param {DataView} data  whether an answer is wanted, and bits */
	learn(data) {
		const bits = Math.min(MAX_CAPS, 32 * ((data.byteLength - 4) >> 2));
		this.theirs.clear();
		for (let i = 0; i < bits; i++)
			if (data.getUint32(4 + 4 * (i >> 5), true) >>> (i & 31) & 1)
				this.theirs.add(i);
		if (data.getUint32(0, true))
			this.announce(false);
		this.changed();
	}

	/* ---- to the guest ----------------------------------------------------------- */

	/** @param {boolean} ask  whether the agent is to say the same */
	announce(ask) {
		const bits = this.caps.reduce((all, cap) => all | 1 << cap, 0);
		this.say(ANNOUNCE_CAPABILITIES, new Writer().u32(ask ? 1 : 0).u32(bits).done());
	}

	/**
	 * False: there is no agent.
	 * @param {number} type @param {Uint8Array} data
	 */
	say(type, data) {
		if (!this.there)
			return false;
		const message = new Uint8Array(HEADER_SIZE + data.length);
		message.set(new Writer().u32(PROTOCOL).u32(type).u64(0).u32(data.length).done());
		message.set(data, HEADER_SIZE);
		this.queue.push(message);
		this.flush();
		return true;
	}

	flush() {
		while (this.there && this.tokens > 0 && this.queue.length) {
			const chunk = this.queue[0].subarray(0, MAX_CHUNK);
			this.queue[0] = this.queue[0].subarray(chunk.length);
			if (!this.queue[0].length)
				this.queue.shift();
			this.tokens--;
			this.send(MSGC_AGENT_DATA, chunk);
		}
		if (this.late && this.there && this.tokens > 0)
			this.tellSizes();
		if (this.idle)
			this.drained();
	}

	get idle() {
		return this.there && this.tokens > 0 && !this.queue.length;
	}

	/**
	 * Only the last size counts, so that none of them waits in the queue.
	 * @param {number} width @param {number} height
	 * @param {number} [display]
	 */
	resize(width, height, display = 0) {
		this.wanted.set(display, { width, height });
		this.tellSizes();
	}

	/** @param {number} display  that is not shown any more */
	switchOff(display) {
		if (this.wanted.delete(display))
			this.tellSizes();
	}

	/** Displays stand side by side. */
	tellSizes() {
		const sizes = [...this.wanted].sort(([a], [b]) => a - b).map(([, size]) => size);
		this.late = !this.there || this.tokens <= 0 || this.queue.length > 0;
		if (this.late || !sizes.length)
			return;
		const message = new Writer().u32(sizes.length).u32(0);
		let x = 0;
		for (const { width, height } of sizes) {
			message.u32(height).u32(width).u32(32).u32(x).u32(0);
			x += width;
		}
		this.say(MONITORS_CONFIG, message.done());
	}
}
