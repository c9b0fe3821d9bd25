// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of a session's channels, from the password to the end, with a server that a test plays.
import assert from "node:assert";
import { Session } from "../../../web/src/session.js";
import { bytes, Clock, CURSOR, DISPLAY, freshCore, INPUTS, MAIN, PLAYBACK, PORT, RECORD, recorder,
	reply, Server, settle, spice, u16, u32, until, USB, words } from "./play.mjs";

const UUID = Buffer.from("0123456789abcdef");
const BOTH = { toGuest: true, fromGuest: true };

/** The page's side of a session, and what it was told. */
async function play(server, address = {}) {
	const clock = new Clock();
	const core = await freshCore();
	const said = [];
	const head = [];
	const take = () => said.splice(0).map((call) => call.join(" ")).join("; ");
	const devices = { speaker: recorder(), microphone: recorder([], { stream: null }) };
	const all = { url: "ws://desk/", protocols: ["binary"], password: "", clipboard: BOTH,
		files: true, sound: true, microphone: true, uuid: null, guessed: false,
		...address };
	const connect = () => new Session(core, { postMessage: (m) => head.push(m) }, devices, all,
		recorder(said));
	return { clock, core, said, head, take, connect };
}

/** A session that stands: the head has said that the display is there. */
async function standing(server, address) {
	const it = await play(server, address);
	const session = it.connect();
	await until(() => it.head.length);
	session.displayOpened();
	await settle();
	await until(() => session.witness.socket.readyState === 1);
	it.take();
	return { ...it, session };
}

/* ---- how a session begins ------------------------------------------------------------ */

export async function sessionOpens() {
	const server = new Server([[DISPLAY, 0], [DISPLAY, 1], [INPUTS, 0], [CURSOR, 0], [PORT, 0],
		[PORT, 3], [RECORD, 0], [USB, 0]]);
	server.password = "geheim ä";
	const { clock, head, take, connect } = await play(server, { password: "geheim ä" });
	const session = connect();
	await until(() => server.at(INPUTS) && server.at(CURSOR) && server.at(RECORD));
	assert.deepEqual(head.map(({ type, number, ports, link, serial, place }) =>
		[type, number, ports, link, serial === session.serial, place.connection]),
	[["connect", 0, [0, 3], null, true, 7]]);
	assert.deepEqual(server.peers.map(({ link }) => [link.type, link.connection]),
		[[MAIN, 0], [INPUTS, 7], [CURSOR, 7], [RECORD, 7]]);
	assert.equal(take(), "mouse true; recordable true; displays 0,1; usb true");
	const main = server.at(MAIN);
	assert.deepEqual(main.takeAll(105), []); // the pointer's mode is right already
	main.say(104, bytes(u32(1), [INPUTS, 1])); // a list of what came later opens nothing
	main.say(113, bytes(u32(6), "Desk\0x"));
	main.say(105, bytes(u16(3), u16(1))); // motion: the page asks for positions
	main.say(105, bytes(u16(1), u16(1))); // a guest that has no positions
	await settle();
	assert.equal(take(), "named Desk; mouse false; mouse false");
	assert.deepEqual(main.takeAll(105), [bytes(u16(2))]);
	assert.equal(server.alive, 4);
	session.displayOpened();
	assert.equal(take(), "opened");
	await clock.pass(60000); // the limit for the beginning counts no more
	assert.equal(take(), "");
	session.close();
	await settle();
	assert.equal(server.alive, 0);
	assert.equal(head.at(-1).type, "disconnect");
	clock.restore();
}

/** Words of a worker that were under way when the session ended. */
export async function sessionHears() {
	const { clock, connect } = await play(new Server([[DISPLAY, 0], [INPUTS, 0]]));
	const first = connect();
	const second = connect();
	await settle();
	assert.deepEqual([first.hears(first.serial), first.hears(second.serial)], [true, false]);
	first.finish("broken");
	assert.equal(first.hears(first.serial), false);
	second.close();
	assert.equal(second.hears(second.serial), false);
	clock.restore();
}

/** A server's way to end the beginning, and the cause that the page names. */
const BEGINNINGS = {
	"a wrong password": [{ password: "else" }, "denied"],
	"no display": [{ channels: [[INPUTS, 0]] }, "no-display"],
	"the first display is not there": [{ channels: [[DISPLAY, 1], [INPUTS, 0]] }, "no-display"],
	"no answer of the network": [{ connected: (peer) => peer.hangUp() }, "unreachable"],
	"hangs up at once": [{ linked: (peer) => peer.hangUp() }, "hung-up"],
	"hangs up at the list": [{ list: (peer) => peer.hangUp() }, "closed"],
	"another protocol": [{ linked: (peer) => peer.raw(Buffer.from("SSH-2.0-x\r\n")) },
		"not-spice"],
	"text instead of bytes": [{ linked: (peer) => peer.socket.onmessage({ data: "hello" }) },
		"not-spice"],
	"SPICE of 2009": [{ linked: (peer) => peer.raw(bytes("REDQ", words(1, 0, 4, 0))) },
		"bad-version"],
	"wants TLS": [{ linked: (peer) => peer.raw(bytes("REDQ", words(2, 2, 4, 5))) },
		"needs-tls"],
	"refuses": [{ linked: (peer) => peer.raw(bytes("REDQ", words(2, 2, 4, 1))) }, "refused"],
	"an answer without an end": [{ linked: (peer) =>
		peer.raw(bytes("REDQ", words(2, 2, 0xffffffff))) }, "damaged"],
	"no key": [{ linked: (peer) => peer.raw(reply(Buffer.alloc(162))) }, "damaged"],
	"speaks before the login": [{ linked: (peer) =>
		peer.raw(bytes(reply(), spice(103, Buffer.alloc(32)))) }, "damaged"],
	"a message above all limits": [{ opened: (peer) =>
		peer.raw(bytes(u16(103), u32((64 << 20) + 1))) }, "damaged"],
	"a short beginning": [{ opened: (peer) => peer.say(103, Buffer.alloc(19)) }, "damaged"],
	"a list that is not all there": [{ list: (peer) => peer.say(104, words(4000)) }, "damaged"],
	"a ping that is not all there": [{ list: (peer) => peer.say(4, Buffer.alloc(11)) },
		"damaged"],
	"a name that is not all there": [{ list: (peer) => peer.say(113, bytes(u32(9), "Desk")) },
		"damaged"],
	"a name of all memory": [{ list: (peer) => peer.say(113, bytes(u32(0xffffffff), "Desk")) },
		"damaged"],
	"another desktop's name": [{ list: (peer) => peer.say(114, UUID) }, "other-desktop"],
	"a short name of a desktop": [{ list: (peer) => peer.say(114, UUID.subarray(1)) },
		"damaged"],
	"the gateway: expired": [{ linked: (peer) => peer.hangUp(4002) }, "expired"],
	"the gateway: taken": [{ linked: (peer) => peer.hangUp(4001) }, "taken"],
	"the gateway: revoked": [{ list: (peer) => peer.hangUp(4003) }, "revoked"],
	"the keyboard is refused": [{ opened(peer) {
		if (peer.type === INPUTS)
			peer.hangUp();
		else
			Server.prototype.opened.call(this, peer);
	} }, "closed"],
};

export async function sessionBeginnings() {
	for (const [name, [does, cause]] of Object.entries(BEGINNINGS)) {
		const server = Object.assign(new Server(), does);
		const { clock, said, connect } = await play(server, { uuid: "no" });
		const session = connect();
		await until(() => said.some(([what]) => what === "ended"));
		await clock.pass(60000); // and once
		assert.deepEqual(said.filter(([what]) => what === "ended"), [["ended", cause]],
			name);
		assert.deepEqual([server.alive, session.core.channels.size], [0, 0], name);
		clock.restore();
	}
}

export async function sessionSilence() {
	const quiet = {
		"takes the connection": { linked() {} },
		"takes the password": { opened() {} },
		"begins": { list() {} },
		"the network swallows all": { connected() {} },
	};
	for (const [name, does] of Object.entries(quiet)) {
		const server = Object.assign(new Server(), does);
		const { clock, take, connect } = await play(server);
		connect();
		await clock.pass(19000);
		assert(!take().includes("ended"), name);
		await clock.pass(2000);
		assert(take().endsWith("ended silent"), name);
		await settle();
		assert.equal(server.alive, 0, name);
		clock.restore();
	}
}

/** No password of SPICE is as long: the user typed or pasted something else. */
export async function sessionPasswords() {
	const cases = [["", ""], ["ä€🎉", "ä€🎉"], ["x".repeat(60), "x".repeat(60)],
		["x".repeat(85), "x".repeat(85)], ["x".repeat(86), null], ["x".repeat(5000), null],
		["€".repeat(29), null]];
	for (const [password, arrives] of cases) {
		const server = new Server();
		server.password = arrives ?? "";
		const { clock, said, head, connect } = await play(server, { password });
		const session = connect();
		await until(() => head.length || said.length);
		if (arrives === null)
			assert.deepEqual(said, [["ended", "denied"]], password);
		else
			assert.equal(server.peers[0].password, arrives + "\0");
		session.close();
		clock.restore();
	}
}

/* ---- bytes as networks give them ----------------------------------------------------- */

/** A server whose bytes come in pieces of a size, and which dies after so many of them. */
class Slow extends Server {
	constructor(step, most = Infinity) {
		super();
		this.step = step;
		this.left = most;
	}

	connected(peer) {
		const all = peer.raw.bind(peer);
		peer.raw = (data) => {
			for (let at = 0; at < data.length; at += this.step) {
				const size = Math.min(this.step, this.left);
				const piece = data.subarray(at, at + size);
				if (peer.type === MAIN || !peer.link)
					this.left -= piece.length;
				if (piece.length)
					all(piece);
				if (this.left <= 0)
					return peer.hangUp();
			}
		};
		super.connected(peer);
	}
}

export async function sessionPieces() {
	for (const step of [1, 2, 5, 17, 100]) {
		const server = new Slow(step);
		const { clock, head, take, connect } = await play(server);
		const session = connect();
		await until(() => server.at(INPUTS));
		assert.equal(head[0].type, "connect", `pieces of ${step}`);
		assert.equal(take(), "mouse true; recordable false; displays 0; usb false");
		session.close();
		clock.restore();
	}
}

/** A server that dies at any byte: the page says so once, and keeps nothing of the session. */
export async function sessionDies() {
	const login = reply().length + 4;
	const whole = login + 6 + 32 + 6 + 4 + 8;
	const it = await play(new Server());
	for (let most = 1; most <= whole; most += most < login - 8 ? 19 : 1) {
		const server = new Slow(1000, most);
		const session = it.connect();
		await until(() => it.said.some(([what]) => what === "ended"));
		assert.deepEqual(it.said.at(-1), ["ended", "closed"], `after ${most} bytes`);
		await settle();
		assert.deepEqual([server.alive, session.core.channels.size, it.clock.timers.size],
			[0, 0, 0]);
		it.take();
	}
	it.clock.restore();
}

/* ---- how a session ends --------------------------------------------------------------- */

/** Connections that end, in this order, and what the page makes of that within a second. */
const ENDS = {
	"one of them": [["keys"], "ended closed"],
	"the server: all but the witness": [["main", "keys", "display"], "taken"],
	"the same in another order": [["display", "main"], "taken"],
	"main and the cursor": [["main", "cursor"], "ended closed"],
	"the network: all of them": [["main", "keys", "display", "witness"], "ended closed"],
	"the witness before them": [["witness", "main", "keys"], "ended closed"],
	"main alone": [["main"], "ended closed"],
	"the cursor alone: the session goes on": [["cursor"], ""],
	"sound alone: the session goes on": [["sound"], ""],
};

export async function sessionEnds() {
	globalThis.AudioDecoder = { isConfigSupported: async () => ({ supported: true }) };
	for (const [name, [ends, verdict]] of Object.entries(ENDS)) {
		const server = new Server([[DISPLAY, 0], [INPUTS, 0], [CURSOR, 0], [PLAYBACK, 0]]);
		const { clock, take, session } = await standing(server);
		await until(() => server.at(CURSOR) && server.at(PLAYBACK) && server.at(INPUTS));
		await clock.pass(100);
		const end = {
			main: () => server.at(MAIN).hangUp(),
			keys: () => server.at(INPUTS).hangUp(),
			cursor: () => server.at(CURSOR).hangUp(),
			sound: () => server.at(PLAYBACK).hangUp(),
			display: () => session.otherEnded("closed"),
			witness: () => session.witness.socket.peer.hangUp(),
		};
		for (const which of ends) {
			end[which]();
			await settle();
		}
		await clock.pass(4000);
		assert.equal(take(), verdict, name);
		session.close();
		clock.restore();
	}
}

/** A list that names channels again and again is one of these channels. */
export async function sessionLists() {
	const server = new Server();
	server.channels = [[DISPLAY, 0], ...Array(200000).fill([PORT, 4]),
		...Array(200000).fill([DISPLAY, 1]), [INPUTS, 0], [INPUTS, 0], [99, 3]];
	const { clock, head, take, connect } = await play(server);
	const session = connect();
	await until(() => server.at(INPUTS));
	assert.deepEqual([head[0].ports, session.displays], [[4], [0, 1]]);
	assert.equal(server.peers.filter((it) => it.type === INPUTS).length, 1);
	assert.equal(take(), "mouse true; recordable false; displays 0,1; usb false");
	session.close();
	clock.restore();
}
