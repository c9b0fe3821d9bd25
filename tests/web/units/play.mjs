// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// A SPICE server, the network and the time, for tests that play parts of the page without a
// browser: the page's own code and osvdi.wasm run, and each byte and each moment is the test's.
import { constants, generateKeyPairSync, privateDecrypt, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadCore } from "../../../web/src/core.js";

export const MAIN = 1;
export const DISPLAY = 2;
export const INPUTS = 3;
export const CURSOR = 4;
export const PLAYBACK = 5;
export const RECORD = 6;
export const USB = 9;
export const PORT = 10;

globalThis.crypto ??= webcrypto;

/** osvdi.wasm, which meson names. */
const module = readFileSync(process.argv[2]);

export function freshCore(display = {}) {
	globalThis.fetch = async () => new Response(module);
	return loadCore(display);
}

/* ---- time ------------------------------------------------------------------------ */

const REAL = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate,
	now: performance.now };

/** Runs what is ready: promises, and the answers of the browser's other threads. */
export async function settle() {
	for (let i = 0; i < 4; i++)
		await new Promise((done) => REAL.setImmediate(done));
}

/** Waits for a state. */
export async function until(state) {
	while (!state())
		await new Promise((done) => REAL.setImmediate(done));
	await settle();
}

/** Time stands still, but for pass(). Give the real one back by restore(). */
export class Clock {
	constructor() {
		this.now = 1000;
		this.last = 0;
		this.timers = new Map();
		const add = (run, ms, every) => {
			this.timers.set(++this.last, { run, at: this.now + (ms || 0), every });
			return this.last;
		};
		const remove = (id) => this.timers.delete(id);
		globalThis.setTimeout = (run, ms) => add(run, ms, 0);
		globalThis.setInterval = (run, ms) => add(run, ms, ms);
		globalThis.clearTimeout = globalThis.clearInterval = remove;
		performance.now = () => this.now;
	}

	/** The timer that is next, if its time comes before the end. */
	due(end) {
		return [...this.timers].filter(([, timer]) => timer.at <= end)
			.sort(([a, one], [b, other]) => one.at - other.at || a - b)[0];
	}

	async pass(ms) {
		const end = this.now + ms;
		await settle();
		for (let next = this.due(end); next; next = this.due(end)) {
			const [id, timer] = next;
			this.now = Math.max(this.now, timer.at);
			if (timer.every)
				timer.at += timer.every;
			else
				this.timers.delete(id);
			timer.run();
			await settle();
		}
		this.now = end;
	}

	restore() {
		const { now, ...timers } = REAL;
		Object.assign(globalThis, timers);
		performance.now = now;
	}
}

/* ---- bytes ----------------------------------------------------------------------- */

/** Numbers of so many bits, and texts, one behind the other. */
export function bytes(...parts) {
	return Buffer.concat(parts.map((part) => {
		if (typeof part === "string")
			return Buffer.from(part);
		if (!part.bits)
			return Buffer.from(part);
		const number = Buffer.alloc(8);
		number.writeBigUInt64LE(BigInt.asUintN(64, BigInt(part.value)));
		return number.subarray(0, part.bits / 8);
	}));
}
export const u8 = (value) => ({ bits: 8, value });
export const u16 = (value) => ({ bits: 16, value });
export const u32 = (value) => ({ bits: 32, value });
export const u64 = (value) => ({ bits: 64, value });
export const words = (...values) => bytes(...values.map(u32));

export const spice = (type, payload = []) => bytes(u16(type), u32(payload.length), payload);

/* ---- the network ------------------------------------------------------------------- */

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
const KEY = publicKey.export({ type: "spki", format: "der" });

/** The page's end of a WebSocket. */
class Socket {
	static OPEN = 1;

	constructor(url, protocols) {
		Object.assign(this, { url, protocols, readyState: 0, bufferedAmount: 0 });
		this.peer = new Peer(this, Socket.server);
		Socket.server.peers.push(this.peer);
		queueMicrotask(() => Socket.server.connected(this.peer));
	}

	send(data) {
		if (this.readyState !== 1)
			throw new Error("sends over a socket that is not open");
		this.peer.take(data);
	}

	close() {
		this.shut(1005);
	}

	/** Once; tells the page as browsers do, later. */
	shut(code) {
		if (this.readyState > 1)
			return;
		this.readyState = 2;
		queueMicrotask(() => {
			this.readyState = 3;
			this.onclose?.({ code });
		});
	}
}

/** The server's end: a SPICE server that logs in, and then says what a test tells it to. */
export class Peer {
	constructor(socket, server) {
		Object.assign(this, { socket, server, link: null, open: false, password: null });
		this.got = []; // of the page: [type, bytes]
		this.front = Buffer.alloc(0);
	}

	get type() {
		return this.link?.type;
	}

	get alive() {
		return this.socket.readyState === 1;
	}

	/** The network is there. */
	accept() {
		this.socket.readyState = 1;
		this.socket.onopen?.();
	}

	/** To the page. */
	raw(data) {
		if (this.alive)
			this.socket.onmessage({ data: Uint8Array.from(data).buffer });
	}

	say(type, payload = []) {
		this.raw(spice(type, payload));
	}

	hangUp(code = 1006) {
		this.socket.shut(code);
	}

	/** From the page. */
	take(data) {
		this.front = Buffer.concat([this.front, data]);
		while (this.part());
	}

	/** One part, when it is whole: the front without it. */
	part() {
		const size = !this.link ? this.linkSize() : this.password === null ? 132
			: this.front.length < 6 ? Infinity : 6 + this.front.readUInt32LE(2);
		if (this.front.length < size)
			return false;
		const part = this.front.subarray(0, size);
		this.front = this.front.subarray(size);
		if (!this.link)
			this.linked(part);
		else if (this.password === null)
			this.login(part);
		else
			this.message(part.readUInt16LE(0), part.subarray(6));
		return true;
	}

	linkSize() {
		return this.front.length < 16 ? Infinity : 16 + this.front.readUInt32LE(12);
	}

	linked(part) {
		this.link = { connection: part.readUInt32LE(16), type: part[20], number: part[21],
			caps: part.readUInt32LE(16 + 22) };
		this.server.linked(this);
	}

	login(part) {
		this.password = privateDecrypt({ key: privateKey, oaepHash: "sha1",
			padding: constants.RSA_PKCS1_OAEP_PADDING }, part.subarray(4)).toString();
		const right = this.password === this.server.password + "\0";
		this.raw(words(right ? 0 : 7));
		if (!right)
			return this.hangUp();
		this.open = true;
		this.server.opened(this);
	}

	message(type, payload) {
		this.got.push([type, Buffer.from(payload)]);
		this.server.heard(this, type, payload);
	}

	/** The messages of a type that came, which are forgotten. */
	takeAll(type) {
		const found = this.got.filter(([kind]) => kind === type);
		this.got = this.got.filter(([kind]) => kind !== type);
		return found.map(([, payload]) => payload);
	}
}

export const reply = (key = KEY) => {
	const answer = bytes(u32(0), key, words(1, 0, 178, 0b1011));
	return bytes("REDQ", words(2, 2, answer.length), answer);
};

/** A server with these channels, each [type, number]. */
export class Server {
	constructor(channels = [[DISPLAY, 0], [INPUTS, 0], [CURSOR, 0], [PORT, 0]]) {
		Object.assign(this, { channels, password: "", connection: 7, peers: [] });
		this.agentTokens = 0; // no agent
		this.mouse = [3, 2]; // possible, now
		globalThis.WebSocket = Socket;
		Socket.server = this;
	}

	/** Steps of a server; a test may take others. */
	connected(peer) {
		peer.accept();
	}

	linked(peer) {
		peer.raw(reply());
	}

	opened(peer) {
		if (peer.type === MAIN)
			peer.say(103, words(this.connection, 1, ...this.mouse,
				this.agentTokens ? 1 : 0, this.agentTokens, 0, 0));
	}

	heard(peer, type) {
		if (peer.type === MAIN && type === 104)
			this.list(peer);
	}

	list(peer) {
		peer.say(104, bytes(u32(this.channels.length), this.channels.flat()));
	}

	/** The newest of these that is logged in. */
	at(type, number = 0) {
		return this.peers.findLast((it) => it.type === type && it.link.number === number &&
			it.open && it.alive);
	}

	/** How many connections there are. */
	get alive() {
		return this.peers.filter((it) => it.alive).length;
	}
}

/* ---- listeners ----------------------------------------------------------------------- */

/** An object whose calls, whatever their names, are kept as [name, ...arguments]. */
export function recorder(calls = [], more = {}) {
	return new Proxy(more, {
		get: (own, name) => name in own ? own[name] : (...args) => {
			calls.push([name, ...args]);
		},
	});
}
