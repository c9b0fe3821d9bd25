// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The guest's clipboard by its agent: who copies says what kinds there are, and gives the
 * data when it is asked for. Text and PNG images; a policy for each way.
 */
import { CAP_CLIPBOARD_BY_DEMAND, CAP_CLIPBOARD_SELECTION, CAP_LINES_END_CRLF,
	CAP_NO_RELEASE_ON_REGRAB,
	MAX_MESSAGE } from "./agent.js";
import { Writer } from "./bytes.js";
import { GUEST_MS } from "./paste.js";

/** @typedef {import("./parameters.js").ClipboardPolicy} ClipboardPolicy */
/** @typedef {{ text?: string, png?: Uint8Array }} Content  of a clipboard: one, or both */

const DATA = 4;
const GRAB = 7;
const REQUEST = 8;
const RELEASE = 9;
const KIND_NONE = 0;
const KIND_TEXT = 1;
const KIND_PNG = 2;
/** The one selection of X's three that all systems have. */
const CLIPBOARD = 0;
/** Before the data: selection, kind. */
const PREFIX_SIZE = 8;
/** A program that pastes asks for the text sooner. */
const TAKE_MS = 1000;

/** @param {ClipboardPolicy} policy */
export function clipboardCaps(policy) {
	return policy.toGuest || policy.fromGuest ?
		[CAP_CLIPBOARD_BY_DEMAND, CAP_CLIPBOARD_SELECTION, CAP_NO_RELEASE_ON_REGRAB] : [];
}

/** @param {Content} a @param {Content} b */
export function same(a, b) {
	return a.text === b.text && a.png?.length === b.png?.length &&
		(a.png ?? []).every((byte, i) => byte === b.png?.[i]);
}

export class Clipboard {
	/**
	 * @param {import("./agent.js").Agent} agent
	 * @param {ClipboardPolicy} policy
	 * @param {(content: Content) => void} received  what was copied in the guest
	 */
	constructor(agent, policy, received) {
		this.agent = agent;
		this.policy = policy;
		this.received = received;
		/** @type {Content} */
		this.content = {}; // that the guest was offered
		this.ours = false; // the guest did not copy anything since
		this.expected = KIND_NONE; // that the guest was asked for
		this.asked = () => {}; // by the guest, for what it was offered
		agent.handlers.set(GRAB, (data) => this.grabbed(data));
		agent.handlers.set(REQUEST, (data) => this.requested(data));
		agent.handlers.set(RELEASE, () => {
			this.expected = KIND_NONE;
		});
		agent.handlers.set(DATA, (data) => this.arrived(data));
		agent.changed = () => this.agentChanged();
	}

	/** Whether the guest's agent has a clipboard, of the kind that all have since 2010. */
	get there() {
		return this.agent.theirs.has(CAP_CLIPBOARD_BY_DEMAND) &&
			this.agent.theirs.has(CAP_CLIPBOARD_SELECTION);
	}

	get takes() {
		return this.there && this.policy.toGuest;
	}

	/** A new agent knows nothing of what its predecessor was offered. */
	agentChanged() {
		this.expected = KIND_NONE;
		if (this.ours && this.takes)
			this.grab();
	}

	/* ---- what was copied in the guest ----------------------------------------- */

	/** @param {DataView} data  selection, kinds */
	grabbed(data) {
		if (data.getUint8(0) !== CLIPBOARD)
			return;
		const kinds = new Set();
		for (let at = 4; at + 4 <= data.byteLength; at += 4)
			kinds.add(data.getUint32(at, true));
		this.ours = false;
		this.expected = kinds.has(KIND_TEXT) ? KIND_TEXT : kinds.has(KIND_PNG) ? KIND_PNG
			: KIND_NONE;
		if (!this.policy.fromGuest || !this.there)
			this.expected = KIND_NONE;
		if (this.expected !== KIND_NONE)
			this.agent.say(REQUEST,
				new Writer().u32(CLIPBOARD).u32(this.expected).done());
	}

	/** @param {DataView} data */
	arrived(data) {
		const kind = data.getUint32(4, true);
		if (data.getUint8(0) !== CLIPBOARD || kind === KIND_NONE || kind !== this.expected)
			return; // nothing that was asked for
		const bytes = new Uint8Array(data.buffer, data.byteOffset + PREFIX_SIZE);
		this.expected = KIND_NONE;
		this.received(kind === KIND_TEXT ? { text: this.textOf(bytes) } : { png: bytes });
	}

	/** @param {Uint8Array} bytes */
	textOf(bytes) {
		const text = new TextDecoder().decode(bytes).replace(/\0+$/, "");
		return this.agent.theirs.has(CAP_LINES_END_CRLF) ? text.replaceAll("\r\n", "\n")
			: text;
	}

	/* ---- what was copied outside ---------------------------------------------- */

	/**
	 * False: the guest does not take it, or has it already.
	 * @param {Content} content
	 */
	offer(content) {
		if (!this.takes || (this.ours && same(content, this.content)))
			return false;
		if (content.text === undefined && !content.png)
			return false;
		this.content = content;
		this.ours = true;
		this.grab();
		return true;
	}

	/**
	 * Offers text that the guest is to paste at once; when the promise is kept, the guest may
	 * get the keys for that: keys and clipboard go over two connections.
	 * @param {string} text
	 */
	async hand(text) {
		this.offer({ text });
		await new Promise((done) => setTimeout(done, GUEST_MS));
	}

	/** The guest has asked for the text, or does not want it. */
	async taken() {
		await new Promise((done) => {
			this.asked = () => done(null);
			setTimeout(done, TAKE_MS);
		});
	}

	grab() {
		const message = new Writer().u32(CLIPBOARD);
		if (this.content.text !== undefined)
			message.u32(KIND_TEXT);
		if (this.content.png)
			message.u32(KIND_PNG);
		this.agent.say(GRAB, message.done());
	}

	/** @param {DataView} data  selection, kind */
	requested(data) {
		const selection = data.getUint8(0);
		const kind = data.getUint32(4, true);
		const bytes = selection === CLIPBOARD && this.ours && this.policy.toGuest
			? this.bytesOf(kind) : null;
		const fits = bytes && bytes.length + PREFIX_SIZE <= MAX_MESSAGE;
		const answer = new Uint8Array(PREFIX_SIZE + (fits ? bytes.length : 0));
		answer.set(new Writer().u32(selection).u32(fits ? kind : KIND_NONE).done());
		if (fits)
			answer.set(bytes, PREFIX_SIZE);
		this.agent.say(DATA, answer);
		this.asked();
	}

	/** @param {number} kind */
	bytesOf(kind) {
		if (kind === KIND_PNG)
			return this.content.png ?? null;
		if (kind !== KIND_TEXT || this.content.text === undefined)
			return null;
		const text = this.content.text;
		return new TextEncoder().encode(this.agent.theirs.has(CAP_LINES_END_CRLF) ?
			text.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n") : text);
	}
}
