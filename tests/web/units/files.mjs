// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of files for the guest: what its agent is told, piece by piece, and what the user is.
import assert from "node:assert";
import { Agent } from "../../../web/src/agent.js";
import { Files } from "../../../web/src/files.js";
import { ALL } from "../../../web/src/texts.js";
import { bytes, recorder, settle, u32, words } from "./play.mjs";

const START = 10;
const STATUS = 11;
const DATA = 12;
const CHUNK = 65536;

/** An agent's message in one piece. */
const fromAgent = (type, data) => new DataView(
	Uint8Array.from(bytes(words(1, type, 0, 0, data.length), data)).buffer);

/** Messages to an agent, from the pieces that the page sends. */
class Heard {
	constructor() {
		this.front = Buffer.alloc(0);
		this.all = [];
	}

	take(type, piece) {
		if (type !== 107)
			return;
		assert(piece.length <= 2048);
		this.front = Buffer.concat([this.front, piece]);
		for (;;) {
			if (this.front.length < 20)
				return;
			const end = 20 + this.front.readUInt32LE(16);
			if (this.front.length < end)
				return;
			this.all.push([this.front.readUInt32LE(4), this.front.subarray(20, end)]);
			this.front = this.front.subarray(end);
		}
	}

	/** The messages about files that came since. */
	files() {
		return this.all.splice(0).filter(([type]) => type >= START && type <= DATA);
	}
}

/** A guest whose agent takes files, unless its abilities say something else. */
function guest({ caps = [1 << 1], allowed = true, tokens = 100000 } = {}) {
	const heard = new Heard();
	const said = [];
	const agent = new Agent((type, piece) => heard.take(type, piece));
	const files = new Files(agent, allowed, recorder(said));
	const say = (type, ...numbers) => agent.take(fromAgent(type, words(...numbers)));
	agent.connected(tokens);
	say(6, 0, ...caps);
	heard.files();
	return { agent, files, heard, say, said,
		status: (id, result) => say(STATUS, id, result),
		take: () => said.splice(0).map((call) => call.join(" ")) };
}

/** No two pieces of it are the same. */
const CONTENT = Buffer.alloc(16 * CHUNK);
for (let i = 0; i < CONTENT.length; i += 4)
	CONTENT.writeUInt32LE(i * 7, i);

/** A file of so many bytes, each of them known. */
function file(name, size) {
	const data = CONTENT.subarray(0, size);
	return { name, size, data, slice: (from, to) => ({ arrayBuffer: async () =>
		Uint8Array.from(data.subarray(from, to)).buffer }) };
}

/** The bytes of messages with data, all for this file. */
function contents(messages, id) {
	return Buffer.concat(messages.map(([type, data]) => {
		assert.deepEqual([type, data.readUInt32LE(0)], [DATA, id]);
		assert.equal(Number(data.readBigUInt64LE(4)), data.length - 12);
		assert(data.length - 12 <= CHUNK);
		return data.subarray(12);
	}));
}

export async function filesSizes() {
	const { files, heard, status, take } = guest();
	let id = 0;
	for (const size of [0, 1, 2047, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5]) {
		const one = file(`of ${size}`, size);
		files.send([one]);
		const [[type, data], ...more] = heard.files();
		assert.deepEqual([type, data.readUInt32LE(0), more.length], [START, ++id, 0]);
		assert.equal(data.subarray(4).toString(),
			`[vdagent-file-xfer]\nname=of ${size}\nsize=${size}\n\0`);
		await settle();
		assert.deepEqual(heard.files(), []); // the agent has to say yes
		status(id, 0);
		for (let i = 0; i < 8; i++)
			await settle();
		assert(contents(heard.files(), id).equals(one.data), `${size} bytes`);
		status(id, 0); // once more: nothing begins anew
		await settle();
		assert.deepEqual(heard.files(), []);
		status(id, 3);
		assert.deepEqual([take().at(-2), files.file], [`progress of ${size} 1`, null]);
	}
}

/** Names that a user may give a file, and what the guest is told. */
const NAMES = {
	"plain.txt": "plain.txt",
	"mit Leerzeichen ä 🎉": "mit Leerzeichen ä 🎉",
	"a\nsize=0": "a_size=0",
	"../../etc/passwd": ".._.._etc_passwd",
	"C:\\autoexec.bat": "C:_autoexec.bat",
	"\0\x7f\x1f\r\t": "_____",
	"name=[vdagent-file-xfer]": "name=[vdagent-file-xfer]",
};

export function filesNames() {
	for (const [name, told] of Object.entries(NAMES)) {
		const { files, heard } = guest();
		files.send([file(name, 9)]);
		assert.equal(heard.files()[0][1].subarray(4).toString(),
			`[vdagent-file-xfer]\nname=${told}\nsize=9\n\0`);
	}
}

/** An agent's answers: before the file, and in the middle of it. */
const ANSWERS = { 1: "file-refused", 2: "file-refused", 4: "file-space", 5: "file-locked",
	6: "file-agent", 7: "file-disabled", 99: "file-refused", 0xffffffff: "file-refused" };

export async function filesRefused() {
	for (const [result, cause] of Object.entries(ANSWERS))
		for (const begun of [false, true]) {
			const { files, heard, status, take } = guest({ tokens: begun ? 3 : 100 });
			files.send([file("a", 9 * CHUNK), file("behind it", 5)]);
			if (begun)
				status(1, 0);
			await settle();
			status(1, Number(result));
			assert.deepEqual(take().slice(-2), [`failed a ${cause}`, "busy false"]);
			assert(cause in ALL.en, cause);
			heard.files();
			status(1, 0); // too late
			await settle();
			assert.deepEqual([heard.files(), take()], [[], []]);
			files.send([file("next", 5)]); // and files can be sent again
			assert.deepEqual(take(), ["busy true"]);
			status(1, 3); // about the first one
			assert.deepEqual(take(), []);
			status(2, 3);
			assert.deepEqual(take(), ["progress next 1", "busy false"]);
		}
}

/** Guests that take no files: the user is told at once. */
export function filesNobody() {
	for (const who of [{ allowed: false }, { caps: [1 << 13] }, { caps: [] }]) {
		const { files, heard, take } = guest(who);
		files.send([file("a", 1), file("b", 1)]);
		assert.deepEqual(take(), ["busy true", "failed a file-agent", "busy false"]);
		assert.deepEqual(heard.files(), []);
	}
	const { agent, files, take } = guest();
	agent.disconnected();
	files.send([file("a", 1)]);
	assert.deepEqual(take(), ["busy true", "failed a file-agent", "busy false"]);
}

/** The user stops it, or the computer's file is not there any more. */
export async function filesStopped() {
	for (const begun of [false, true]) {
		const { files, heard, status, take } = guest();
		files.send([file("a", 9 * CHUNK), file("b", 1)]);
		if (begun)
			status(1, 0);
		heard.files();
		files.cancel();
		assert.deepEqual(heard.files(), [[STATUS, words(1, 1)]]);
		assert.deepEqual(take().slice(-2), ["failed a file-cancelled", "busy false"]);
		for (let i = 0; i < 4; i++)
			await settle();
		assert.deepEqual(heard.files(), []); // what was being read goes nowhere
		files.cancel(); // nothing is sent
		assert.deepEqual([heard.files(), take()], [[], ["busy false"]]);
	}
	const { files, heard, status, take } = guest();
	const gone = { name: "gone", size: 5, slice: () => ({ arrayBuffer: async () => {
		throw new Error("NotReadableError");
	} }) };
	files.send([gone]);
	heard.files();
	status(1, 0);
	await settle();
	assert.deepEqual(heard.files(), [[STATUS, words(1, 1)]]);
	assert.deepEqual(take().slice(-2), ["failed gone file-unreadable", "busy false"]);
}

/** A server that takes little: one piece waits, and not the whole file. */
export async function filesSlowly() {
	const { agent, files, heard, status } = guest({ tokens: 3 });
	const one = file("a", 3 * CHUNK);
	files.send([one]);
	heard.files();
	status(1, 0);
	await settle();
	const got = [];
	for (let i = 0; i < 200; i++) {
		assert(agent.queue.reduce((n, message) => n + message.length, 0) <= CHUNK + 32);
		got.push(...heard.files());
		agent.addTokens(1);
		await settle();
	}
	got.push(...heard.files());
	assert(contents(got, 1).equals(one.data));
}

/** An agent that goes in the middle takes its file with it, and the user can go on. */
export async function filesAgentEnds() {
	for (const [end, begun] of [["disconnected", false], ["disconnected", true],
		["connected", false], ["connected", true]]) {
		const { agent, files, heard, say, status, take } = guest();
		files.send([file("a", 9 * CHUNK), file("b", 1)]);
		if (begun)
			status(1, 0);
		agent[end](100);
		assert.deepEqual(take().slice(-2), ["failed a file-agent", "busy false"]);
		for (let i = 0; i < 4; i++)
			await settle();
		heard.front = Buffer.alloc(0); // of the agent that has gone
		heard.files();
		agent.connected(1000);
		say(6, 0, 1 << 1);
		await settle();
		assert.deepEqual(heard.files(), []); // the new one never heard of the file
		assert.deepEqual(take(), []);
		files.send([file("c", 3)]);
		status(2, 0);
		await settle();
		assert.equal(contents(heard.files().slice(1), 2).length, 3);
	}
}

/** Answers that are not all there are the guest's fault. */
export function filesDamaged() {
	const { agent, files } = guest();
	files.send([file("a", 1)]);
	for (const size of [0, 3, 4, 7])
		assert.throws(() => agent.take(fromAgent(STATUS,
			bytes(u32(1), u32(0)).subarray(0, size))), RangeError, `${size} bytes`);
}
