// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the parts of the page that need no browser.
import assert from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { compose, layouts, touchDirect, touchTrackpad } from "./units/hands.mjs";
import * as devices from "./units/devices.mjs";
import * as files from "./units/files.mjs";
import * as head from "./units/head.mjs";
import * as inputs from "./units/inputs.mjs";
import * as session from "./units/session.mjs";
import { softCopy, softParts, softShow } from "./units/soft.mjs";

const folder = new URL("../../web/", import.meta.url);
const load = (name) => import(new URL(`src/${name}.js`, folder).href);

const { Keyboard } = await load("keyboard");
const { hideSecrets, readParameters } = await load("parameters");
const { Record, samplesOf } = await load("record");
const { Reserve } = await load("reserve");
const { Retry } = await load("retry");
const { keyMessage, scancode } = await load("scancodes");
const { Agent } = await load("agent");
const { Clipboard, clipboardCaps } = await load("clipboard");
const { PasteGate, pastes } = await load("paste");
const { Decoder } = await load("decoder");
const { planesOf, Sound } = await load("sound");
const { Statistics } = await load("statistics");
const { describe } = await load("figures");
const { Stream } = await load("stream");
const { Witness } = await load("witness");
const { ALL } = await load("texts");
const { fetchTicket } = await load("ticket");

function event(code, time = 0, locks = []) {
	return { code, timeStamp: time, isComposing: false,
		getModifierState: (name) => locks.includes(name) };
}

function typist() {
	const sent = [];
	const keyboard = new Keyboard({
		key: (code, down) => sent.push((down ? "+" : "-") + code.toString(16)),
		locks: (locks) => sent.push("locks " + locks),
		held: (codes) => sent.push("held " + [...codes].join(",")),
	});
	return { keyboard, sent, take: () => sent.splice(0).join(" ") };
}

function scancodes() {
	assert.equal(scancode("KeyA"), 0x1e);
	assert.equal(scancode("IntlBackslash"), 0x56);
	assert.equal(scancode("toString"), undefined);
	assert.equal(keyMessage(0x1e, true), 0x1e);
	assert.equal(keyMessage(0x1e, false), 0x9e);
	assert.equal(keyMessage(0x138, true), 0x38e0);
	assert.equal(keyMessage(0x138, false), 0xb8e0);
	const all = "1234567890".split("").map((d) => "Digit" + d)
		.concat("ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("").map((l) => "Key" + l)).map(scancode);
	assert.equal(new Set(all).size, 36);
	assert(all.every((code) => code > 0 && code < 0x80));
}

function altGr() {
	const { keyboard, take } = typist();
	keyboard.press(event("ControlLeft", 100)); // Windows makes one
	keyboard.press(event("AltRight", 100.4));
	keyboard.press(event("KeyQ", 200));
	keyboard.release(event("KeyQ", 250));
	keyboard.release(event("ControlLeft", 300));
	keyboard.release(event("AltRight", 300));
	assert.equal(take(), "+1d -9d +38e0 +10 -90 -b8e0");
	keyboard.press(event("ControlLeft", 1000)); // a hand's
	keyboard.press(event("AltRight", 1200));
	assert.equal(take(), "+1d +38e0");
}

function held() {
	const { keyboard, take } = typist();
	keyboard.press(event("ShiftLeft"));
	keyboard.press(event("KeyX"));
	keyboard.press(event("KeyX")); // repeats
	keyboard.releaseAll();
	keyboard.release(event("KeyX")); // went down before
	assert.equal(take(), "+2a +2d +2d -aa -ad");
	keyboard.press(event("MetaLeft")); // macOS tells no more of C
	keyboard.press(event("KeyC"));
	keyboard.release(event("MetaLeft"));
	assert.equal(take(), "+5be0 +2e -dbe0 -ae");
	keyboard.press(event(""));
	keyboard.press(event("NoSuchKey"));
	keyboard.press({ ...event("KeyE"), isComposing: true });
	assert.equal(take(), "");
}

/** Keys of a bar wait for the next key. */
function modifiers() {
	const { keyboard, take } = typist();
	keyboard.hold("ControlLeft");
	keyboard.hold("ShiftLeft");
	keyboard.press(event("KeyC"));
	keyboard.release(event("KeyC"));
	assert.equal(take(),
		"+1d held ControlLeft +2a held ControlLeft,ShiftLeft +2e -ae -9d -aa held ");
	keyboard.hold("AltLeft");
	keyboard.hold("AltLeft"); // changed one's mind
	assert.equal(take(), "+38 held AltLeft -b8 held ");
	keyboard.hold("AltLeft");
	keyboard.type(["Tab"]);
	assert.equal(take(), "+38 held AltLeft +f -8f -b8 held ");
	keyboard.hold("MetaLeft");
	keyboard.releaseAll();
	assert.equal(take(), "+5be0 held MetaLeft -dbe0 held ");
}

function locks() {
	const { keyboard, take } = typist();
	keyboard.setGuestLocks(2);
	keyboard.press(event("KeyA", 0, ["NumLock"]));
	assert.equal(take(), "+1e");
	keyboard.releaseAll();
	keyboard.press(event("KeyA", 0, ["NumLock", "CapsLock"])); // turned elsewhere meanwhile
	assert.equal(take(), "-9e locks 6 +1e");
	keyboard.press(event("KeyB", 0, [])); // only at first: the guest turns them by their keys
	assert.equal(take(), "+30");
	keyboard.releaseAll();
	take();
	keyboard.press(event("CapsLock", 0, ["CapsLock"]));
	assert.equal(take(), "+3a");
}

function place(href) {
	const url = new URL(href);
	globalThis.document = { cookie: "" };
	return { url: readParameters(url), cookie: globalThis.document.cookie };
}

function parameters() {
	assert.equal(place("https://desk.example/x/index.html").url.url,
		"wss://desk.example/websockify");
	assert.equal(place("http://localhost:6082/").url.url, "ws://localhost:6082/websockify");
	assert.equal(place("https://a/?host=b&port=77&path=/some/where%3Fid=5").url.url,
		"wss://b:77/some/where?id=5");
	assert.equal(place("https://a/?host=::1&path=").url.url, "wss://[::1]/");
	const nova = place("https://a:6082/index.html?token=1-2%3B3&title=Desk");
	assert.equal(nova.url.url, "wss://a:6082/websockify");
	assert.equal(nova.cookie, "token=1-2%3B3; Path=/; SameSite=Strict; Secure");
	assert.equal(nova.url.title, "Desk");
	const far = place("https://a/?host=b&token=1-2"); // no cookie of ours gets there
	assert.equal(far.url.url, "wss://b/websockify?token=1-2");
	assert.equal(far.cookie, "");
	let shown = "";
	globalThis.history = { replaceState: (_state, _title, url) => {
		shown = url;
	} };
	hideSecrets(new URL("https://a/p?password=x&port=5&token=y#z"));
	assert.equal(shown, "/p?port=5#z");
	hideSecrets(new URL("https://a/p?port=5#ticket=t1"));
	assert.equal(shown, "/p?port=5");
	assert.deepEqual(place("https://a/").url.protocols, ["binary"]);
	assert.deepEqual(place("https://a/?path=gw#ticket=a-_b").url.protocols,
		["binary", "osvdi.ticket.a-_b"]);
	assert.equal(place("https://a/?ticket-from=/desktop/1/ticket").url.ticketFrom,
		"/desktop/1/ticket");
	assert.equal(place("https://a/?host=evil&port=7&ticket-from=/d").url.url,
		"wss://a/websockify");
	for (const foreign of ["//evil/d", "https://evil/d", "/\\evil/d", "d", ""])
		assert.equal(place("https://a/?ticket-from=" + encodeURIComponent(foreign))
			.url.ticketFrom, "", foreign);
	hideSecrets(new URL("https://a/p?token=y"));
	assert.equal(shown, "/p");
	const keymap = (query) => place("https://a/" + query).url.keymap;
	assert.deepEqual(["?keymap=de", "?keymap=ch", "?keymap=__proto__"].map(keymap),
		["de", "ch", keymap("")]);
	const policy = (query) => place("https://a/" + query).url.clipboard;
	assert.deepEqual(policy(""), { toGuest: true, fromGuest: true });
	assert.deepEqual(policy("?clipboard=to-guest"), { toGuest: true, fromGuest: false });
	assert.equal(place("https://a/?sound=none").url.sound, false);
	assert.equal(place("https://a/").url.sound, true);
	assert.equal(place("https://a/?microphone=none").url.microphone, false);
	assert.equal(place("https://a/").url.microphone, true);
	for (const name of ["none", "toString", "", "TO-GUEST"])
		assert.deepEqual(policy("?clipboard=" + name), { toGuest: false, fromGuest: false },
			name);
}

/** A portal that gives these answers, one after the other. */
function portal(...replies) {
	globalThis.fetch = async (path, options) => {
		assert.equal(path, "/d");
		assert.equal(options.method, "POST");
		assert.equal(options.redirect, "error");
		const [status, body = "", type = "application/x-www-form-urlencoded"] =
			replies.shift();
		return new Response(body, { status, headers: { "Content-Type": type } });
	};
	return fetchTicket("/d", new AbortController().signal, 1);
}

async function ticket() {
	assert.deepEqual(await portal([202], [202], [200, "ticket=a-_b&password=p%26q"]),
		{ ticket: "a-_b", password: "p&q" });
	assert.deepEqual(await portal([200, "ticket=a"]), { ticket: "a", password: "" });
	await assert.rejects(portal([403, "<p>", "text/html"]), { cause: "login-over" });
	await assert.rejects(portal([403, "trouble=no"]), { cause: "portal", words: "no" });
	await assert.rejects(portal([502, "trouble=The+cloud"]),
		{ cause: "portal", words: "The cloud" });
	await assert.rejects(portal([200, "<p>ticket=a", "text/html"]), { cause: "portal" });
}

function retry() {
	const it = new Retry();
	assert.equal(it.judge("closed", false, 0), "stop"); // nothing was there
	assert.equal(it.judge("closed", true, 0), "retry");
	assert.equal(it.judge("denied", true, 0), "stop");
	assert.equal(it.judge("damaged", true, 0), "stop");
	assert.equal(it.judge("other-desktop", true, 0), "stop");
	it.tries = 3;
	assert.equal(it.judge("hung-up", true, 14999), "retry");
	assert.equal(it.judge("hung-up", true, 15000), "gone");
	assert.equal(it.judge("unreachable", true, 10e6), "retry"); // a network comes back
	let ran = 0;
	it.later(() => ran++);
	it.now();
	it.now();
	assert.equal(ran, 1);
	it.later(() => ran++);
	it.reset();
	it.now();
	assert.equal(ran, 1);
}

function agent() {
	const sent = [];
	const it = new Agent((type, payload) => sent.push([type, [...payload]]));
	it.resize(800, 600);
	assert.deepEqual(sent, []); // there is none yet
	it.connected(2);
	assert.equal(sent[0][0], 106);
	assert.equal(sent[1][1][4], 6);
	assert.deepEqual(sent[2][1].slice(20, 36),
		[1, 0, 0, 0, 0, 0, 0, 0, 88, 2, 0, 0, 32, 3, 0, 0]);
	it.resize(1024, 768); // no message is left
	assert.equal(sent.length, 3);
	it.addTokens(1);
	assert.equal(sent.length, 4);
	assert.deepEqual(sent[3][1].slice(28, 36), [0, 3, 0, 0, 0, 4, 0, 0]);
	it.addTokens(2);
	it.resize(640, 480, 1);
	const two = sent[4][1];
	assert.equal(two[20], 2);
	assert.deepEqual(two.slice(28, 36), [0, 3, 0, 0, 0, 4, 0, 0]);
	assert.deepEqual(two.slice(48, 60), [224, 1, 0, 0, 128, 2, 0, 0, 32, 0, 0, 0]);
	assert.deepEqual(two.slice(60, 64), [0, 4, 0, 0]); // beside the first one
	it.switchOff(1);
	assert.equal(sent[5][1][20], 1);
	it.switchOff(1); // is off
	assert.equal(sent.length, 6);
}

/** An agent's message in one piece. */
function message(type, data) {
	const bytes = new Uint8Array(20 + data.length);
	new DataView(bytes.buffer).setUint32(4, type, true);
	new DataView(bytes.buffer).setUint32(16, data.length, true);
	bytes.set(data, 20);
	return bytes;
}

function agentPieces() {
	const got = [];
	const it = new Agent(() => {});
	it.connected(5);
	it.handlers.set(77, (data) => got.push(String(new Uint8Array(data.buffer))));
	const bytes = [...message(77, [1, 2, 3]), ...message(78, [9]), ...message(77, []),
		...message(77, [4])];
	for (const step of [1, 3, 7, 100]) {
		for (let at = 0; at < bytes.length; at += step)
			it.take(new DataView(new Uint8Array(bytes.slice(at, at + step)).buffer));
		assert.deepEqual(got.splice(0), ["1,2,3", "", "4"], `pieces of ${step}`);
	}
	const long = message(77, []);
	new DataView(long.buffer).setUint32(16, 0xffffffff, true); // passed over, not kept
	it.take(new DataView(long.buffer));
	it.take(new DataView(new ArrayBuffer(1 << 20)));
	assert.deepEqual(got, []);
	it.connected(5); // another agent begins with a message
	it.take(new DataView(message(77, [8]).buffer));
	assert.deepEqual(got, ["8"]);
}

/** Abilities that an agent may name: cut off, many, and as many as a message holds. */
function agentAbilities() {
	const learns = (...bytes) => {
		const it = new Agent(() => {});
		it.connected(5);
		it.take(new DataView(message(6, bytes).buffer));
		return [...it.theirs];
	};
	assert.deepEqual(learns(0, 0, 0, 0), []);
	assert.deepEqual(learns(0, 0, 0, 0, 0x22, 0, 0, 0x80), [1, 5, 31]);
	assert.deepEqual(learns(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0), [0, 33]);
	assert.deepEqual(learns(0, 0, 0, 0, 1, 0, 0, 0, 0xff), [0]); // no whole word
	assert.deepEqual(learns(0, 0, 0, 0, 0xff, 0xff), []);
	assert.throws(() => learns(0, 0, 0), RangeError);
	const it = new Agent(() => {});
	it.connected(5);
	it.take(new DataView(message(6, new Uint8Array(24 << 20).fill(255)).buffer));
	assert.equal(it.theirs.size, 128);
}

function agentTokens() {
	const sent = [];
	const it = new Agent((type, payload) => type === 107 && sent.push(payload.length));
	it.connected(2); // one is for the capabilities
	it.say(4, new Uint8Array(5000));
	assert.deepEqual(sent, [28, 2048]);
	it.resize(640, 480); // waits behind what was begun
	it.resize(800, 600);
	it.addTokens(10);
	assert.deepEqual(sent, [28, 2048, 2048, 924, 48]);
}

/** An agent with a clipboard, what the page says to it, and what comes out. */
function guestWithClipboard(policy, caps = 1 << 5 | 1 << 6) {
	const said = [];
	const got = [];
	const it = new Agent((type, payload) => type === 107 && said.push([...payload]),
		clipboardCaps(policy));
	const clipboard = new Clipboard(it, policy, (content) => got.push(content));
	const words = (...all) => new Uint8Array(new Uint32Array(all).buffer);
	const say = (type, data) => it.take(new DataView(message(type, data).buffer));
	it.connected(1000);
	say(6, words(0, caps));
	return { clipboard, it, words, say, got,
		take: () => said.splice(0).map((m) => [m[4], ...m.slice(20)].join()) };
}

function clipboard() {
	const both = { toGuest: true, fromGuest: true };
	const { clipboard: it, words, say, got, take } = guestWithClipboard(both,
		1 << 5 | 1 << 6 | 1 << 9);
	take();
	say(7, words(1, 1)); // another selection
	assert.deepEqual(take(), []);
	say(7, words(0, 3, 2, 1));
	assert.deepEqual(take(), ["8,0,0,0,0,1,0,0,0"]);
	say(4, new Uint8Array([0, 0, 0, 0, 2, 0, 0, 0, 9])); // not what was asked for
	say(4, new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0, 65, 13, 10, 66, 0]));
	say(4, new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0, 67])); // twice
	assert.deepEqual(got, [{ text: "A\nB" }]);
	assert(it.offer({ text: "x\ny" }));
	assert(!it.offer({ text: "x\ny" }));
	assert(!it.offer({}));
	assert.deepEqual(take(), ["7,0,0,0,0,1,0,0,0"]);
	say(8, words(0, 1));
	say(8, words(0, 2));
	say(8, words(2, 1));
	assert.deepEqual(take(), ["4,0,0,0,0,1,0,0,0,120,13,10,121", "4,0,0,0,0,0,0,0,0",
		"4,2,0,0,0,0,0,0,0"]);
	say(7, words(0, 5)); // the guest has something that pages do not take
	say(8, words(0, 1));
	assert.deepEqual(take(), ["4,0,0,0,0,0,0,0,0"]);
	assert.throws(() => say(4, new Uint8Array(5)), RangeError);
}

function clipboardPolicy() {
	const off = guestWithClipboard({ toGuest: false, fromGuest: false });
	assert.deepEqual(off.take(), ["6,1,0,0,0,2,0,0,0"]);
	const out = guestWithClipboard({ toGuest: false, fromGuest: true });
	out.take();
	assert(!out.clipboard.offer({ text: "x" }));
	out.say(8, out.words(0, 1));
	assert.deepEqual(out.take(), ["4,0,0,0,0,0,0,0,0"]);
	const into = guestWithClipboard({ toGuest: true, fromGuest: false });
	into.take();
	into.say(7, into.words(0, 1));
	into.say(4, new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0, 65])); // that nobody asked for
	assert.deepEqual([into.take(), into.got], [[], []]);
	assert(into.clipboard.offer({ png: new Uint8Array([1, 2]) }));
	into.it.disconnected();
	into.it.connected(9); // the guest's session begins anew: the offer is made again
	into.say(6, into.words(0, 1 << 5 | 1 << 6));
	assert.equal(into.take().at(-1), "7,0,0,0,0,2,0,0,0");
	const old = guestWithClipboard({ toGuest: true, fromGuest: true }, 0);
	assert(!old.clipboard.offer({ text: "x" }));
}

function pasteKeys() {
	const press = (code, more = {}) => ({ code, preventDefault: () => seen.push("kept " + code),
		...more });
	const seen = [];
	const gate = new PasteGate(() => true,
		(event, down) => seen.push((down ? "+" : "-") + event.code));
	assert(pastes(press("KeyV", { ctrlKey: true, metaKey: false })));
	assert(!pastes(press("KeyV", { ctrlKey: true, metaKey: false, altKey: true })));
	assert(!pastes(press("KeyV", { ctrlKey: false, metaKey: false })));
	assert(pastes(press("Insert", { shiftKey: true })));
	gate.key(press("KeyA"), true);
	gate.key(press("KeyV", { ctrlKey: true, metaKey: false }), true);
	gate.key(press("KeyV"), false);
	assert.deepEqual(seen.splice(0), ["kept KeyA", "+KeyA", "kept KeyV"]);
	gate.pasted(true); // not before the guest knows
	assert.deepEqual(seen.splice(0), []);
	gate.open();
	assert.deepEqual(seen.splice(0), ["+KeyV", "-KeyV"]);
	gate.key(press("Insert", { shiftKey: true }), true);
	gate.pasted(false); // nothing new
	assert.deepEqual(seen.splice(0), ["+Insert"]);
}

function statistics() {
	const it = new Statistics(0);
	it.done(0, 5000, 1000, 3000, 4000); // the server's clock is not known yet
	assert.deepEqual(it.read(500000), { fps: 2, dropped: 0, mbit: 0, decode: 2, present: 1,
		latency: -1, trip: -1, tiles: 0,
		exact: false, total: 1 });
	it.clock = { offset: 1e6, delay: 1500 };
	it.exact = true;
	it.bytes = 250000;
	it.done(0, 1e6 + 1000, 0, 0, 9000);
	it.done(0, 1e6 + 1000, 0, 0, 0); // a newer one was there
	it.done(1, 1e6 + 1000, 0, 0, 5000);
	it.done(2, 1e6 + 1000, 0, 0, 999000); // makes exact what was there
	it.done(1, 1e6 + 1000, 0, 0, 6000);
	assert.deepEqual(it.read(1500000), { fps: 1, dropped: 1, mbit: 2, decode: 0, present: 9,
		latency: 5, trip: 3, tiles: 3,
		exact: true, total: 2 });
	const figures = { ...it.read(2500000), width: 640, height: 480, codec: "avc1.64001e",
		software: false, held: 0, extension: true };
	const words = describe(figures, { gaps: 2, waiting: 61, skipped: 0 });
	assert.equal(words, "640×480  avc1.64001e  the browser's decoder\n" +
		"0.0 pictures/s, 0.0 dropped, 0.00 Mbit/s\n" +
		"decode – ms, show – ms, 0 in the decoder\n" +
		"source to browser – ms, network there and back 3.0 ms\n" +
		"pixel-exact, 0.0 lossless updates/s\nsound: 61 ms wait, 2 gaps");
	assert(describe({ ...figures, extension: false }, null)
		.endsWith("tells nothing of its times"));
}

/** Samples that count, in blocks; what comes out of a reserve. */
function reserve() {
	const it = new Reserve(1000); // 60 samples wait at first
	let next = 1;
	const add = (n) => it.add([Float32Array.from({ length: n }, () => next++)]);
	const take = (n) => {
		const plane = new Float32Array(n);
		it.take([plane]);
		return [...plane];
	};
	const count = (from, n) => Array.from({ length: n }, (_none, i) => from + i);
	add(59);
	assert.deepEqual(take(3), [0, 0, 0]); // not enough yet
	add(10);
	assert.deepEqual(take(65), count(1, 65));
	assert.deepEqual(take(8), [...count(66, 4), 0, 0, 0, 0]); // a network that stumbles
	assert.deepEqual(it.report(), { gaps: 1, skipped: 0, waiting: 0 });
	add(89);
	assert.deepEqual(take(1), [0]); // it waits for more now
	add(1);
	assert.deepEqual(take(90), count(70, 90));
	add(30);
	it.pause(); // the guest has played all
	assert.deepEqual(take(40), [...count(160, 30), ...Array(10).fill(0)]);
	assert.equal(it.report().gaps, 1);
	add(90);
	take(1);
	add(200); // too much: the newest 90 are kept
	assert.deepEqual(take(3), count(390, 3));
	assert.deepEqual(it.report(), { gaps: 1, skipped: 199, waiting: 87 });
	for (let i = 0; i < 10; i++) {
		add(400);
		take(1000);
	}
	assert.equal(it.wanted, 300); // never more
	it.add([Float32Array.of(1), Float32Array.of(2)]);
	const mono = new Reserve(10);
	mono.add([Float32Array.of(5)]);
	const planes = [new Float32Array(1), new Float32Array(1)];
	mono.take(planes);
	assert.deepEqual(planes.map((plane) => plane[0]), [5, 5]);
}

function sound() {
	const samples = new DataView(new Int16Array([9, 9, 16384, -32768, 0, 8192, 7]).buffer);
	assert.deepEqual(planesOf(samples, 4, 2).map((plane) => [...plane]),
		[[0.5, 0], [-1, 0.25]]);
	const said = [];
	const it = Object.assign(Object.create(Sound.prototype), { channels: 0, mode: 1, volume: 1,
		muted: false, decoder: null,
		speaker: { start: (...all) => said.push("start " + all),
			pause: () => said.push("pause"),
			play: (planes) => said.push("play " + planes[0].length),
			setVolume: (volume) => said.push("volume " + volume) } });
	const say = (type, bytes) => it.message(type, new DataView(new Uint8Array(bytes).buffer));
	say(101, [0, 0, 0, 0, 1, 1]); // nothing plays yet
	assert.deepEqual(said.splice(0), []);
	say(103, [2, 0, 0, 0, 1, 0, 128, 187, 0, 0, 0, 0, 0, 0]);
	assert.deepEqual(said.splice(0), ["start 2,48000", "volume 1"]);
	say(101, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
	say(105, [2, 0, 0, 255, 255]);
	say(106, [1]);
	say(104, []);
	say(101, [0, 0, 0, 0, 1, 1, 1, 1]);
	assert.deepEqual(said.splice(0), ["play 2", "volume 1", "volume 0", "pause"]);
	for (const wrong of [[0, 0, 0, 0, 1, 0, 128, 187, 0, 0], [9, 0, 0, 0, 1, 0, 128, 187, 0, 0],
			[2, 0, 0, 0, 2, 0, 128, 187, 0, 0],
		[2, 0, 0, 0, 1, 0, 1, 0, 0, 0], [2, 0, 0, 0, 1, 0, 0, 0, 0, 255], [2, 0, 0]])
		assert.throws(() => say(103, wrong), RangeError);
	assert.throws(() => say(105, [3, 0, 0]), RangeError);
}

function record() {
	assert.deepEqual([...new Int16Array(samplesOf(Float32Array.of(0.5, -1, 1.5), 2).buffer)],
		[16384, 16384, -32768, -32768, 32767, 32767]);
	const said = [];
	const microphone = { stream: null, rest: () => said.push("rest"),
		listen: (rate, heard) => said.push("listen " + rate, heard) };
	const it = Object.assign(Object.create(Record.prototype), { microphone, channels: 0,
		rate: 0, sending: false, since: 0,
		channel: { send: (type, payload) => said.push(type + " " + payload.length) } });
	const start = [1, 0, 0, 0, 1, 0, 68, 172, 0, 0];
	const say = (type, bytes) => it.message(type, new DataView(new Uint8Array(bytes).buffer));
	say(101, start); // the guest wants to hear, the user does not want that
	assert.deepEqual(said, []);
	microphone.stream = {};
	it.update();
	const [mode, mark, listen, heard] = said.splice(0);
	assert.deepEqual([mode, mark, listen], ["102 6", "103 4", "listen 44100"]);
	heard(new Float32Array(10));
	say(102, []);
	heard(new Float32Array(10)); // too late
	assert.deepEqual(said.splice(0), ["101 24", "rest"]);
	for (const wrong of [[0, ...start.slice(1)], [...start.slice(0, 4), 2, ...start.slice(5)],
			[1, 0]])
		assert.throws(() => say(101, wrong), RangeError);
}

/** Decoders that a test works by hand. */
function decoders() {
	const made = [];
	globalThis.EncodedVideoChunk = class {
		constructor(init) {
			Object.assign(this, init);
		}
	};
	globalThis.VideoDecoder = class {
		constructor(init) {
			Object.assign(this, init, { state: "unconfigured", chunks: [] });
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
	return made;
}

function decoder() {
	const made = decoders();
	const said = [];
	const it = new Decoder({
		picture: (number, _frame, anotherWaits) => said.push(`${number} ${anotherWaits}`),
		lost: () => said.push("lost"),
		impossible: (codec) => said.push("impossible " + codec),
	}, false);
	const unit = (number, key, codec = "avc1.640028") => it.push({ number, key, codec,
		data: new Uint8Array(1) });
	const frame = (timestamp) => ({ timestamp, close: () => said.push("closed " + timestamp) });
	unit(1, false); // nothing to begin with
	assert.equal(made.length, 0);
	unit(2, true);
	unit(3, false);
	assert.deepEqual(made[0].chunks.map((chunk) => [chunk.type, chunk.timestamp]),
		[["key", 2], ["delta", 3]]);
	assert.equal(made[0].config.hardwareAcceleration, "no-preference");
	made[0].error(); // hardware that cannot
	unit(4, false);
	unit(5, true);
	assert.equal(made[1].config.hardwareAcceleration, "prefer-software");
	made[0].output(frame(2)); // too late
	made[1].output(frame(5));
	unit(6, true, "avc1.64002a"); // another stream
	assert.equal(made[1].state, "closed");
	unit(7, false, "avc1.64002a");
	made[2].output(frame(6));
	made[2].error(); // one that could: it is replaced
	unit(8, true);
	made[3].error(); // and one that never could
	assert.deepEqual(said,
		["lost", "closed 2", "5 false", "6 true", "lost", "impossible avc1.640028"]);
}

function stream() {
	const said = [];
	let result = 1; // as of what is no drawing
	const listener = {
		draw: (type) => {
			said.push("draw " + type);
			return result;
		},
		showDrawing: (shown) => said.push(shown ? "show" : "hide"),
		startStream: () => said.push("start"),
		unit: (at, size) => said.push(`${at} ${size}`),
		tell: ({ type }) => said.push(type),
	};
	const it = new Stream(listener, false);
	const say = (type, words, bytes = 0) => {
		const view = new DataView(new ArrayBuffer(4 * words.length + bytes));
		words.forEach((word, i) => view.setUint32(4 * i, word, true));
		it.message(type, view);
	};
	const create = (id, codec) => say(122, [0, id, codec << 8, 0]);
	create(7, 3);
	say(123, [7, 0, 5], 5);
	say(316, [7, 0, 9, 9, 0, 0, 0, 0, 6], 6);
	say(123, [8, 0, 5], 5); // of no stream
	assert.throws(() => say(123, [7, 0, 6], 5), RangeError);
	assert.deepEqual(said.splice(0), ["hide", "start", "12 5", "36 6"]);
	say(125, [7]);
	say(123, [7, 0, 5], 5);
	assert.deepEqual(said.splice(0), []);
	create(9, 3);
	say(102, []); // no drawing
	result = 0;
	say(302, []);
	say(304, []);
	say(123, [9, 0, 1], 1); // some drawing comes with streams
	say(304, []);
	say(304, []);
	assert.deepEqual(said.splice(0), ["hide", "start", "draw 102", "draw 302", "draw 304",
		"12 1", "draw 304", "draw 304"]);
	say(304, []);
	say(104, []);
	assert.deepEqual(said.splice(0), ["draw 304", "show", "draw 104"]);
	result = 3; // what nobody here can draw
	say(311, []);
	assert.deepEqual(said.splice(0), ["draw 311", "classic"]);
	result = 2;
	assert.throws(() => say(304, []), RangeError);
	create(9, 1); // MJPEG
	assert.deepEqual(said.splice(0), ["draw 304", "classic"]);
	it.stop();

	const stock = new Stream(listener, true);
	result = 3;
	stock.message(311, new DataView(new ArrayBuffer(0)));
	result = 0;
	// A new surface: what was there does not matter.
	stock.message(314, new DataView(new ArrayBuffer(0)));
	stock.message(304, new DataView(new ArrayBuffer(0)));
	assert.deepEqual(said.splice(0), ["draw 311", "classic", "draw 314", "draw 304", "show"]);
}

function witness() {
	const sockets = [];
	globalThis.WebSocket = class {
		static OPEN = 1;
		constructor() {
			this.readyState = 0;
			sockets.push(this);
		}
		close() {}
	};
	const it = new Witness({ url: "ws://a/", protocols: ["binary"], password: "",
		connection: 7 });
	assert.equal(it.state(performance.now()), "none");
	sockets[0].readyState = 1;
	sockets[0].onopen();
	const since = performance.now();
	assert.equal(it.state(since + 1), "there");
	// a witness that came after the end has seen nothing
	assert.equal(it.state(since - 1000), "none");
	sockets[0].readyState = 3;
	sockets[0].onclose();
	assert.equal(it.state(since + 1), "lost");
	it.close();
}

/** Each text is in all languages, and each that is used is there. */
function texts() {
	const sources = readdirSync(new URL("src/", folder)).map((name) =>
		readFileSync(new URL("src/" + name, folder), "utf8"));
	const html = readFileSync(new URL("index.html", folder), "utf8");
	assert.deepEqual(Object.keys(ALL.de), Object.keys(ALL.en));
	for (const [key, words] of Object.entries(ALL.en)) {
		assert.deepEqual([...ALL.de[key].matchAll(/\{\w+\}/g)].join(),
			[...words.matchAll(/\{\w+\}/g)].join(), key);
		assert(ALL.de[key] !== words || ["{label}"].includes(words), key);
	}
	const used = [...html.matchAll(/data-(?:text|label)="([^"]+)"/g),
		...sources.join("\n").matchAll(/\btext\("([^"]+)"/g)];
	const causes = sources.join("\n").match(/@typedef \{"unreachable"[^}]*\}/)[0]
		.matchAll(/"([^"]+)"/g);
	for (const [, key] of [...used, ...causes])
		assert(key in ALL.en, key);
}

const cases = { scancodes, layouts, compose, touchDirect, touchTrackpad, altGr, held, modifiers,
	locks, parameters, ticket, retry,
	agent, agentPieces, agentAbilities, agentTokens, clipboard, clipboardPolicy, pasteKeys,
	statistics, reserve,
	sound, record, decoder, softParts, softShow, softCopy, stream, witness,
	...devices, ...files, ...head, ...inputs, ...session, texts };
console.log(`1..${Object.keys(cases).length}`);
for (const [i, [name, run]] of Object.entries(cases).entries()) {
	await run();
	console.log(`ok ${i + 1} ${name}`);
}
process.exit(0); // a retry's timer
