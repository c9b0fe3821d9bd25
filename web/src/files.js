// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Files of the user's for the guest, which its agent puts into a folder of its own choice: one
 * after the other, each when the agent has said that it takes the file.
 */
import { CAP_FILE_XFER_DISABLED } from "./agent.js";
import { Writer } from "./bytes.js";

const START = 10;
const STATUS = 11;
const DATA = 12;
const CAN_SEND_DATA = 0;
const CANCELLED = 1;
const SUCCESS = 3;
/**
 * Other answers of an agent, as texts.js has them.
 * @type {Record<number, string>}
 */
const CAUSES = { 4: "file-space", 5: "file-locked", 6: "file-agent", 7: "file-disabled" };
/** The most bytes of one message with data, as other clients have it. */
const CHUNK = 32 * 2048;

/**
 * @typedef {object} FilesListener
 * @property {(name: string, share: number) => void} progress  0 to 1
 * @property {(name: string, cause: string) => void} failed    cause: a key of texts.js
 * @property {(busy: boolean) => void} busy
 */

/**
 * The name and size as a file of keys; a name cannot begin a line of its own.
 * @param {File} file
 */
function describe({ name, size }) {
	const plain = name.replace(/[\x00-\x1f\x7f/\\]/g, "_");
	return new TextEncoder().encode(
		`[vdagent-file-xfer]\nname=${plain}\nsize=${size}\n\0`);
}

export class Files {
	/**
	 * @param {import("./agent.js").Agent} agent
	 * @param {boolean} allowed
	 * @param {FilesListener} listener
	 */
	constructor(agent, allowed, listener) {
		this.agent = agent;
		this.allowed = allowed;
		this.listener = listener;
		/** @type {File[]} */
		this.waiting = [];
		/** @type {File | null} */
		this.file = null; // is being sent
		this.id = 0;
		this.sent = 0;
		this.ended = false; // all of the file was sent
		this.reading = false;
		agent.handlers.set(STATUS, (data) => this.answered(data));
		agent.drained = () => this.more();
		agent.lost = () => this.lose("file-agent");
	}

	/** Whether the guest takes files. */
	get there() {
		return this.allowed && this.agent.there && this.agent.theirs.size > 0 &&
			!this.agent.theirs.has(CAP_FILE_XFER_DISABLED);
	}

	/** @param {Iterable<File>} files */
	send(files) {
		this.waiting.push(...files);
		if (!this.file)
			this.next();
	}

	next() {
		this.file = this.waiting.shift() ?? null;
		this.listener.busy(this.file !== null);
		if (!this.file)
			return;
		this.id++;
		this.sent = -1; // the agent has not answered
		this.ended = false;
		if (!this.there)
			this.fail("file-agent");
		else
			this.agent.say(START, this.message(describe(this.file)));
	}

	/** @param {Uint8Array} data  behind the number of the file */
	message(data) {
		const all = new Uint8Array(4 + data.length);
		all.set(new Writer().u32(this.id).done());
		all.set(data, 4);
		return all;
	}

	/** @param {DataView} data  number of the file, what became of it */
	answered(data) {
		if (!this.file || data.getUint32(0, true) !== this.id)
			return; // of a file that was given up
		const result = data.getUint32(4, true);
		if (result === CAN_SEND_DATA && this.sent < 0)
			this.begin(this.file);
		else if (result === SUCCESS)
			this.done(this.file);
		else if (result !== CAN_SEND_DATA)
			this.fail(CAUSES[result] ?? "file-refused");
	}

	/** @param {File} file */
	begin(file) {
		this.sent = 0;
		this.listener.progress(file.name, 0);
		this.more();
	}

	/** @param {File} file */
	done(file) {
		this.listener.progress(file.name, 1);
		this.next();
	}

	/**
	 * The next piece, once the server has taken the last one.
	 * @returns {Promise<void>}
	 */
	async more() {
		const { file, id, sent } = this;
		if (!file || sent < 0 || this.ended || this.reading || !this.agent.idle)
			return;
		this.reading = true;
		const bytes = await file.slice(sent, sent + CHUNK).arrayBuffer().catch(() => null);
		this.reading = false;
		if (id !== this.id || file !== this.file)
			return this.more();
		if (!bytes)
			return this.cancel("file-unreadable");
		this.give(file, new Uint8Array(bytes));
	}

	/** @param {File} file @param {Uint8Array} bytes */
	give(file, bytes) {
		const piece = new Uint8Array(8 + bytes.length);
		piece.set(new Writer().u64(bytes.length).done());
		piece.set(bytes, 8);
		this.sent += bytes.length;
		this.ended = this.sent >= file.size;
		this.listener.progress(file.name, file.size ? this.sent / file.size : 1);
		this.agent.say(DATA, this.message(piece));
	}

	/**
	 * Gives up this file and all that wait.
	 * @param {string} [cause]
	 */
	cancel(cause = "file-cancelled") {
		if (this.file)
			this.agent.say(STATUS, new Writer().u32(this.id).u32(CANCELLED).done());
		this.fail(cause);
	}

	/**
	 * Nobody takes the file any more, or those that wait.
	 * @param {string} cause
	 */
	lose(cause) {
		if (this.file)
			this.fail(cause);
	}

	/** @param {string} cause */
	fail(cause) {
		const name = this.file?.name;
		this.waiting = [];
		if (name !== undefined)
			this.listener.failed(name, cause);
		this.next();
	}
}
