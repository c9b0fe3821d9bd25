// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** SPICE's agent in the guest: the size of the screen. */
import { Writer } from "./bytes.js";

const PROTOCOL = 1;
const MONITORS_CONFIG = 2;
const ANNOUNCE_CAPABILITIES = 6;
const CAP_MONITORS_CONFIG = 1 << 1;
/** The most bytes of one message of the main channel. */
const MAX_CHUNK = 2048;
const MSGC_AGENT_START = 106;
const MSGC_AGENT_DATA = 107;
/** Messages that the agent may send before we give it more. */
const TOKENS = 10;

export class Agent {
	/** @param {(type: number, payload: Uint8Array) => void} send  by the main channel */
	constructor(send) {
		this.send = send;
		this.tokens = 0;
		this.there = false;
		/** @type {{ width: number, height: number } | null} */
		this.wanted = null;
		this.late = false; // what is wanted could not be said yet
	}

	/** @param {number} tokens  messages that the server takes */
	connected(tokens) {
		this.there = true;
		this.tokens = tokens;
		this.send(MSGC_AGENT_START, new Writer().u32(TOKENS).done());
		this.say(ANNOUNCE_CAPABILITIES,
			new Writer().u32(1).u32(CAP_MONITORS_CONFIG).done());
		if (this.wanted)
			this.resize(this.wanted.width, this.wanted.height);
	}

	disconnected() {
		this.there = false;
	}

	/** @param {number} tokens */
	addTokens(tokens) {
		this.tokens += tokens;
		if (this.late && this.wanted)
			this.resize(this.wanted.width, this.wanted.height);
	}

	/** @param {number} type @param {Uint8Array} data that fits into a chunk */
	say(type, data) {
		const message = new Writer().u32(PROTOCOL).u32(type).u64(0).u32(data.length);
		message.bytes.push(...data);
		if (!this.there || this.tokens <= 0 || message.bytes.length > MAX_CHUNK)
			return false;
		this.tokens--;
		this.send(MSGC_AGENT_DATA, message.done());
		return true;
	}

	/** @param {number} width @param {number} height */
	resize(width, height) {
		this.wanted = { width, height };
		this.late = !this.say(MONITORS_CONFIG,
			new Writer().u32(1).u32(0).u32(height).u32(width).u32(32)
				.u32(0).u32(0).done());
	}
}
