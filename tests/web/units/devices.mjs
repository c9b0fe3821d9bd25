// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the user's devices: microphone, speaker, clipboard, a screen that stays on. The
// browser is a test's: it answers late, refuses, and takes away what it gave.
import assert from "node:assert";
import { Exchange } from "../../../web/src/exchange.js";
import { Microphone, Record } from "../../../web/src/record.js";
import { Sound, Speaker } from "../../../web/src/sound.js";
import { WakeLock } from "../../../web/src/wake.js";
import { bytes, Clock, freshCore, PLAYBACK, RECORD, recorder, Server, settle, u16, u32, u8, until,
	words } from "./play.mjs";

const PLACE = { url: "ws://desk/", protocols: [], password: "", connection: 7 };

/** A promise, and how it ends. */
function question() {
	const it = {};
	it.answer = new Promise((yes, no) => Object.assign(it, { yes, no }));
	return it;
}

const define = (name, value) =>
	Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/* ---- the microphone ------------------------------------------------------------------ */

/** A browser that asks the user for the microphone. */
function asking() {
	const questions = [];
	const streams = [];
	define("navigator", { mediaDevices: { getUserMedia: () => {
		questions.push(question());
		return questions.at(-1).answer;
	} } });
	const stream = () => {
		const it = { live: true };
		it.getTracks = () => [{ stop: () => {
			it.live = false;
		} }];
		streams.push(it);
		return it;
	};
	return { questions, streams, stream,
		live: () => streams.filter((it) => it.live).length };
}

/** The user's clicks and answers, in each order: what listens in the end. */
const MICROPHONE = [
	["open yes", 1],
	["open yes close", 0],
	["open close yes", 0], // the session ended while the browser asked
	["open open yes yes", 1], // two clicks
	["open open yes yes close", 0],
	["open close open yes yes", 1],
	["open close open yes yes close", 0],
	["open no", 0],
	["open no open yes", 1],
	["open yes open", 1], // is open already
	["open yes close open yes", 1],
	["close", 0],
];

export async function microphoneAsks() {
	for (const [story, listens] of MICROPHONE) {
		const { questions, stream, live } = asking();
		const it = new Microphone();
		const ends = [];
		let answered = 0;
		for (const what of story.split(" ")) {
			if (what === "open")
				ends.push(it.open().then(() => "", ({ message }) => message));
			else if (what === "close")
				it.close();
			else if (what === "yes")
				questions[answered++].yes(stream());
			else
				questions[answered++].no(new Error("NotAllowedError"));
			await settle();
		}
		assert.deepEqual([live(), it.stream !== null], [listens, listens === 1], story);
		assert.equal((await Promise.all(ends)).includes("NotAllowedError"),
			story.includes("no"), story);
	}
}

/** Contexts of sound, whose worklets load when a test says so. */
function contexts() {
	const made = [];
	globalThis.AudioContext = class {
		constructor({ sampleRate }) {
			Object.assign(this, { rate: sampleRate, state: "running", loads: question(),
				sources: 0, destination: {} });
			this.audioWorklet = { addModule: () => this.loads.answer };
			made.push(this);
		}

		createGain() {
			return { gain: { value: 1 }, connect: (next) => next };
		}

		createMediaStreamSource() {
			return { connect: () => this.sources++ };
		}

		async close() {
			if (this.state === "closed")
				throw new Error("InvalidStateError");
			this.state = "closed";
		}
	};
	globalThis.AudioWorkletNode = class {
		constructor(context) {
			context.node = this;
			this.said = [];
			this.port = { postMessage: (message) => this.said.push(message) };
		}

		connect(next) {
			return next;
		}

		disconnect() {
			this.gone = true;
		}
	};
	return made;
}

export async function microphoneListens() {
	const made = contexts();
	const { stream } = asking();
	const it = new Microphone();
	it.stream = stream();
	const heard = [];
	it.listen(44100, (voice) => heard.push(voice));
	it.listen(48000, (voice) => heard.push(voice)); // the guest wants another rate at once
	for (const context of made)
		context.loads.yes();
	await settle();
	assert.deepEqual(made.map(({ rate, state, sources }) => [rate, state, sources]),
		[[44100, "closed", 0], [48000, "running", 1]]);
	made[1].node.port.onmessage({ data: "voice" });
	assert.deepEqual(heard, ["voice"]);
	it.listen(8000, () => {});
	it.close(); // while the worklet loads
	made[2].loads.yes();
	await settle();
	assert.deepEqual([made[2].state, made[2].sources], ["closed", 0]);
	it.rest(); // is closed
}

/** A worklet that does not load: a fault of a microphone that is wanted, and of no other. */
export async function microphoneFails() {
	for (const [end, said] of [["", 1], ["close", 0], ["rest", 0], ["listen", 0]]) {
		const made = contexts();
		const { stream } = asking();
		const faults = [];
		const it = new Microphone(({ message }) => faults.push(message));
		it.stream = stream();
		const over = it.listen(48000, () => {});
		if (end)
			it[end](48000, () => {});
		made[0].loads.no(new Error("AbortError"));
		await over;
		assert.deepEqual(faults, Array(said).fill("AbortError"), end);
	}
}

/** The guest records over a channel that a test has the other end of. */
export async function recordChannel() {
	const clock = new Clock();
	const server = new Server([]);
	const core = await freshCore();
	const said = [];
	const microphone = recorder(said, { stream: null });
	const it = new Record(core, PLACE, microphone);
	await until(() => server.at(RECORD));
	const peer = server.at(RECORD);
	const start = (channels, rate = 48000) =>
		peer.say(101, bytes(u32(channels), u16(1), u32(rate)));
	start(2);
	assert.deepEqual([peer.got, said], [[], []]); // the user has not allowed it
	microphone.stream = {};
	it.update();
	it.update();
	assert.deepEqual(peer.got.splice(0).map(([type]) => type), [102, 103]);
	const [[what, rate, heard]] = said.splice(0);
	assert.deepEqual([what, rate], ["listen", 48000]);
	await clock.pass(250);
	heard(Float32Array.of(0.5, -1));
	const [[type, payload]] = peer.got.splice(0);
	assert.equal(type, 101);
	assert.deepEqual(payload, bytes(u32(250), ...[16384, 16384, -32768, -32768].map(u16)));
	start(1, 16000); // another card: what is heard from now on has its rate
	assert.deepEqual(said.splice(0).map(([name]) => name), ["rest", "listen"]);
	peer.got.length = 0;
	microphone.stream = null; // the user closes it
	it.update();
	heard(Float32Array.of(1));
	assert.deepEqual(peer.got, []);
	microphone.stream = {};
	it.update();
	peer.hangUp(); // in the middle: nothing listens any more
	await settle();
	assert.equal(said.at(-1)[0], "rest");
	assert.deepEqual([it.sending, core.channels.size], [false, 0]);
	it.close();
	clock.restore();
}

/* ---- the speaker ---------------------------------------------------------------------- */

export async function speakerStarts() {
	const made = contexts();
	define("addEventListener", () => {});
	const it = new Speaker();
	it.start(2, 48000);
	it.start(1, 44100); // another song
	for (const context of made)
		context.loads.yes();
	await settle();
	assert.deepEqual(made.map(({ rate, state, node }) => [rate, state, node !== undefined]),
		[[48000, "closed", false], [44100, "running", true]]);
	const { node } = made[1];
	it.play([Float32Array.of(1)]);
	it.pause();
	node.port.onmessage({ data: { gaps: 1, skipped: 2, waiting: 3 } });
	assert.deepEqual([node.said.length, it.report.gaps], [2, 1]);
	made[1].state = "suspended"; // a page that may not be heard keeps nothing for later
	it.play([Float32Array.of(1)]);
	assert.equal(node.said.length, 2);
	it.setVolume(0.25);
	assert.equal(it.gain.gain.value, 0.25);
	it.stop();
	it.stop();
	assert.deepEqual([node.gone, made[1].state, it.node], [true, "closed", null]);
	it.start(2, 48000);
	made[2].loads.yes();
	await settle();
	assert.equal(it.gain.gain.value, 0.25); // the volume is the same as before
}

/** A guest's sound, as a server may say it. Each line: messages, and what the speaker does. */
const START = [103, bytes(u32(2), u16(1), u32(48000), u32(0))];
const SAMPLES = [101, bytes(u32(0), u16(8192), u16(16384))];
const SOUNDS = {
	"raw": [[START, SAMPLES], "start 2 48000; setVolume 1; play 0.25,0.5"],
	"before it starts": [[SAMPLES], ""],
	"after it stops": [[START, [104, []], SAMPLES], "start 2 48000; setVolume 1; pause"],
	"half a sample": [[START, [101, bytes(u32(0), u16(8192), u8(1))]],
		"start 2 48000; setVolume 1; play ,"],
	"no sample": [[START, [101, words(0)]], "start 2 48000; setVolume 1; play ,"],
	"no time": [[START, [101, bytes(u16(0))]], "start 2 48000; setVolume 1; stop"],
	"the loudest of its volumes": [[[105, bytes(u8(2), u16(0), u16(0xffff))]], "setVolume 1"],
	"no volume at all": [[[105, bytes(u8(0))]], "setVolume 0"],
	"volumes that are not there": [[[105, bytes(u8(3), u16(9))]], "stop"],
	"silent, and loud again": [[[106, bytes(u8(1))], [106, bytes(u8(0))]],
		"setVolume 0; setVolume 1"],
	"no channel": [[[103, bytes(u32(0), u16(1), u32(48000), u32(0))]], "stop"],
	"a thousand channels": [[[103, bytes(u32(1000), u16(1), u32(48000), u32(0))]], "stop"],
	"no rate": [[[103, bytes(u32(1), u16(1), u32(0), u32(0))]], "stop"],
	"a rate of no card": [[[103, bytes(u32(1), u16(1), u32(0xffffffff), u32(0))]], "stop"],
	"Opus that the page did not offer": [[[102, bytes(u32(0), u16(3))], START, SAMPLES],
		"start 2 48000; setVolume 1; stop"],
	"a mode of 2004": [[[102, bytes(u32(0), u16(2))], START, SAMPLES],
		"start 2 48000; setVolume 1"],
	"messages of tomorrow": [[[199, bytes(u32(0))], START], "start 2 48000; setVolume 1"],
};

export async function soundChannel() {
	for (const [name, [messages, does]] of Object.entries(SOUNDS)) {
		delete globalThis.AudioDecoder; // a browser that cannot decode sound
		const server = new Server([]);
		const said = [];
		const it = new Sound(await freshCore(), PLACE, recorder(said));
		await until(() => server.at(PLAYBACK));
		assert.equal(server.at(PLAYBACK).link.caps, 2, name);
		for (const [type, payload] of messages)
			server.at(PLAYBACK)?.say(type, payload);
		await settle();
		const words = ([what, ...all]) => `${what} ${what === "play" ?
			all[0].map((plane) => plane.join()).join() : all.join(" ")}`.trim();
		assert.equal(said.map(words).join("; "), does, name);
		it.close();
		await settle();
		assert.equal(server.alive, 0);
	}
}

/** Opus, with a browser that decodes it, or fails in the middle. */
export async function soundOpus() {
	const made = [];
	globalThis.EncodedAudioChunk = class {
		constructor(init) {
			Object.assign(this, init);
		}
	};
	globalThis.AudioDecoder = class {
		static isConfigSupported = async () => ({ supported: true });

		constructor(calls) {
			Object.assign(this, { calls, state: "unconfigured", chunks: [] });
			made.push(this);
		}

		configure(config) {
			this.config = config;
			this.state = "configured";
		}

		decode(chunk) {
			this.chunks.push(chunk);
		}

		close() {
			this.state = "closed";
		}
	};
	const server = new Server([]);
	const said = [];
	const it = new Sound(await freshCore(), PLACE, recorder(said));
	await until(() => server.at(PLAYBACK));
	const peer = server.at(PLAYBACK);
	assert.equal(peer.link.caps, 2 | 8);
	peer.say(102, bytes(u32(0), u16(3)));
	peer.say(...START);
	peer.say(101, bytes(u32(7), "opus"));
	assert.deepEqual([made[0].config.numberOfChannels, made[0].chunks[0].timestamp], [2, 7000]);
	made[0].state = "closed"; // a packet that it could not decode
	made[0].calls.error();
	peer.say(101, bytes(u32(27), "opus"));
	assert.equal(made.length, 2);
	const closed = [];
	const data = () => ({ numberOfChannels: 2, numberOfFrames: 3, close: () => closed.push(1),
		copyTo: (plane, { planeIndex }) => plane.fill(planeIndex) });
	said.length = 0;
	made[1].calls.output(data());
	assert.deepEqual(said.splice(0).map(([what, planes]) =>
		[what, ...planes.map((plane) => [...plane])]), [["play", [0, 0, 0], [1, 1, 1]]]);
	peer.say(104);
	made[1].calls.output(data()); // too late
	assert.deepEqual([said.map(([what]) => what), closed.length], [["pause"], 2]);
	it.close();
	assert.equal(made[1].state, "closed");
	delete globalThis.AudioDecoder;
	const late = new Sound(await freshCore(), PLACE, recorder(said));
	late.close(); // before the browser has said what it can decode
	await settle();
	assert.equal(server.alive, 0);
}

/* ---- the clipboard ------------------------------------------------------------------- */

/** A browser's clipboard, and a page with focus. */
function desk({ granted = false, refuses = () => null } = {}) {
	const listeners = {};
	const written = [];
	const there = { items: [] };
	define("addEventListener", (type, run) => {
		listeners[type] = run;
	});
	define("document", { addEventListener: (type, run) => {
		listeners["document " + type] = run;
	} });
	define("HTMLInputElement", class {});
	define("ClipboardItem", class {
		constructor(parts) {
			this.parts = parts;
		}
	});
	const write = async (what) => {
		const error = refuses(what);
		if (error)
			throw Object.assign(new Error(error), { name: error });
		written.push(what);
	};
	define("navigator", {
		permissions: { query: async () => {
			if (granted === null)
				throw new TypeError("no such permission");
			return { state: granted ? "granted" : "prompt" };
		} },
		clipboard: { write, writeText: write, read: async () => {
			if (there.error)
				throw new Error("not focused");
			return there.items;
		} },
	});
	return { listeners, written, there };
}

/** A page whose guest takes what is new to it. */
function exchange(options) {
	const it = desk(options);
	const offered = [];
	const fresh = [];
	const page = new Exchange((content) => {
		offered.push(content);
		return options?.takes ?? true;
	}, () => options?.takes ?? true, (is) => fresh.push(is));
	const paste = async ({ text, png, target }) => {
		it.listeners["document paste"]({ target, clipboardData: {
			types: text === undefined ? [] : ["text/plain"], getData: () => text,
			files: png ? [{ type: "image/jpeg" }, { type: "image/png",
				arrayBuffer: async () => Uint8Array.from(png).buffer }] : [] } });
		await settle();
	};
	return { ...it, page, offered, fresh, paste };
}

export async function exchangePastes() {
	const { page, offered, fresh, paste } = exchange();
	await paste({ text: "a" });
	await paste({ png: [1, 2] });
	await paste({ text: "", png: [3] });
	assert.deepEqual(offered.splice(0), [{ text: "a" }, { png: new Uint8Array([1, 2]) },
		{ text: "", png: new Uint8Array([3]) }]);
	await paste({ text: "secret", target: new globalThis.HTMLInputElement() }); // a password
	assert.deepEqual([offered, fresh.splice(0)], [[], [true, true, true]]);
	await page.write({ text: "the guest's" });
	await paste({ text: "the guest's" }); // does not go back there
	assert.deepEqual([offered, fresh], [[], [false]]);
	await paste({ text: "the guest's", png: [1] });
	assert.equal(offered.length, 1);
}

/** Text that was copied in the guest, with browsers that let the page write late, or never. */
export async function exchangeWrites() {
	let refusal = "NotAllowedError";
	const { page, written, listeners } = exchange({ refuses: () => refusal });
	await page.write({ text: "one" });
	await page.write({ text: "two" });
	assert.deepEqual(written, []);
	refusal = null;
	listeners.keydown(); // the user does something
	await settle();
	listeners.pointerup();
	await settle();
	assert.deepEqual(written.splice(0), ["two"]); // the newest, and once
	refusal = "DataError"; // no PNG
	await page.write({ png: new Uint8Array([1]) });
	refusal = null;
	listeners.keydown();
	await settle();
	assert.deepEqual(written, []); // what cannot be written is not tried for ever
	await page.write({ png: new Uint8Array([1, 2]) });
	assert.equal(written.splice(0)[0][0].parts["image/png"].size, 2);
	await page.write({ text: "" });
	assert.deepEqual(written, [""]);
}

/** A browser that is still writing when the guest copies again. */
export async function exchangeOverlaps() {
	const slow = question();
	const { page, written, listeners } = exchange({ refuses: (text) =>
		text === "two" && written.length < 1 ? "NotAllowedError" : null });
	const write = globalThis.navigator.clipboard.writeText;
	globalThis.navigator.clipboard.writeText = async (text) => {
		if (text === "one")
			await slow.answer;
		return write(text);
	};
	page.write({ text: "one" });
	await page.write({ text: "two" });
	slow.yes();
	await settle();
	assert.deepEqual(written, ["one"]);
	listeners.keydown();
	await settle();
	assert.deepEqual(written, ["one", "two"]); // the newest is not forgotten
}

/** The user comes back from another window. */
export async function exchangeReturns() {
	const item = (parts) => ({ types: Object.keys(parts), getType: async (type) => ({
		text: async () => parts[type],
		arrayBuffer: async () => Uint8Array.from(parts[type]).buffer,
	}) });
	const cases = [
		[{ granted: true }, [{ text: "a", png: new Uint8Array([7]) }]],
		[{ granted: false }, []],
		[{ granted: null }, []], // a browser without the permission
		[{ granted: true, takes: false }, []],
	];
	for (const [options, wanted] of cases) {
		const { listeners, there, offered } = exchange(options);
		there.items = [item({ "text/html": "<b>a" }), item({ "text/plain": "a",
			"image/png": [7] })];
		listeners.focus();
		await settle();
		assert.deepEqual(offered.splice(0), wanted);
		there.error = true; // and leaves again before the page has read
		listeners.focus();
		await settle();
		assert.deepEqual(offered, []);
	}
}

/* ---- a screen that stays on ------------------------------------------------------------- */

/** Acts of the page and the browser, in this order; how many locks there are in the end. */
const WAKES = [
	["on yes", 1],
	["on yes off", 0],
	["on off yes", 0], // the full screen ended before the browser answered
	["on on yes yes", 1],
	["on yes on yes", 1],
	["on yes hide show yes", 1], // the browser took it away, and gives it again
	["on hide yes", 1],
	["off", 0],
	["hide on", 0], // nobody sees the page
	["hide on show yes", 1],
	["on no", 0], // a low battery
	["on no on yes", 1],
	["on off on yes yes", 1],
	["on off on yes yes off", 0],
];

export async function wakeLocks() {
	for (const [story, wanted] of WAKES) {
		const questions = [];
		let changed = () => {};
		let there = 0;
		let answered = 0;
		define("document", { visibilityState: "visible", addEventListener: (_type, run) => {
			changed = run;
		} });
		define("navigator", { wakeLock: { request: () => {
			questions.push(question());
			return questions.at(-1).answer;
		} } });
		const lock = () => {
			there++;
			let held = true;
			return { release: async () => {
				there -= Number(held);
				held = false;
			} };
		};
		const it = new WakeLock();
		const acts = {
			on: () => it.set(true),
			off: () => it.set(false),
			yes: () => questions[answered++].yes(lock()),
			no: () => questions[answered++].no(Object.assign(new Error("battery"),
				{ name: "NotAllowedError" })),
			hide: () => {
				globalThis.document.visibilityState = "hidden";
				changed();
			},
			show: () => {
				globalThis.document.visibilityState = "visible";
				changed();
			},
		};
		for (const what of story.split(" ")) {
			acts[what]();
			await settle();
		}
		assert.deepEqual([there, questions.length], [wanted, answered], story);
	}
	define("navigator", {}); // a browser without it
	await new WakeLock().set(true);
}
