// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the worker of a display: its channel, the extension port, pictures; the decoder and
// the canvas are a test's.
import assert from "node:assert";
import { bytes, Clock, DISPLAY, freshCore, PORT, Server, settle, spice, u16, u32, u64, u8, until,
	words } from "./play.mjs";

const NAME = "org.osvdi.accel.0\0";
const COMPRESSION = 103;
const INIT = 101;
const PORT_DATA = 101;

/* ---- what a server says ---------------------------------------------------------------- */

const init = (name = NAME, open = 1) => bytes(u32(name.length), u32(9), u8(open), name);
const extension = (type, payload) => bytes(u32(payload.length), u16(type), u16(0), payload);
const HELLO = extension(129, bytes(words(1, 3, 60000, 0), u64(5)));
const pong = (ping) => extension(130, bytes(ping.subarray(0, 4), u32(0), ping.subarray(8, 16),
	u64(1000)));
/** A parameter set of 1920 by 1080 pixels, and a picture. */
const SPS = bytes([0, 0, 0, 1, 0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5,
	0xc0, 0x44, 0, 0, 3, 0, 4, 0, 0, 3, 0, 0xf0, 0x3c, 0x60, 0xc6, 0x58]);
const KEY_UNIT = bytes(SPS, [0, 0, 1, 0x65, 0x88, 0x80]);
const NEXT_UNIT = bytes([0, 0, 1, 0x41, 0x9a, 0x80]);
const create = (id = 1, codec = 3) => spice(122, bytes(u32(0), u32(id), [0, codec], u64(0),
	words(1920, 1080, 1920, 1080, 0, 0, 1080, 1920), u8(0)));
const data = (unit, id = 1) => spice(123, bytes(words(id, 0, unit.length), unit));
const surface = (width, height) => spice(314, words(0, width, height, 32, 1));

/* ---- what a browser has ------------------------------------------------------------------ */

globalThis.ImageData ??= class {
	constructor(width, height) {
		this.data = new Uint8ClampedArray(4 * width * height);
	}
};

class Offscreen {
	constructor(width, height) {
		Object.assign(this, { width, height, on: {}, handed: 0 });
	}

	addEventListener(type, run) {
		this.on[type] = run;
	}

	getContext(kind) {
		return kind === "2d" ? { putImageData: () => this.handed++ } : null;
	}
}

/** Decoders whose pictures come when a test says so. */
function decoders() {
	const made = [];
	globalThis.EncodedVideoChunk = class {
		constructor(all) {
			Object.assign(this, all);
		}
	};
	globalThis.VideoDecoder = class {
		constructor(calls) {
			Object.assign(this, { calls, state: "unconfigured", chunks: [] });
			made.push(this);
		}

		configure() {
			this.state = "configured";
		}

		decode(chunk) {
			this.chunks.push(chunk);
		}

		close() {
			this.state = "closed";
		}

		/** The picture of the oldest chunk. */
		give(size = { width: 1920, height: 1080 }) {
			const frame = { timestamp: this.chunks.shift().timestamp, closed: false,
				visibleRect: size,
				allocationSize: () => 4 * size.width * size.height,
				copyTo: async () => {}, close: () => {
					frame.closed = true;
				} };
			this.calls.output(frame);
			return frame;
		}
	};
	return made;
}

let heads = 0;

/** A worker, and what it says to the page. */
async function worker() {
	const said = [];
	globalThis.OffscreenCanvas = Offscreen;
	globalThis.onmessage = null;
	globalThis.postMessage = (message) => said.push(message);
	await freshCore(); // the module, where fetch() finds it
	await import(`../../../web/src/head.js?${++heads}`);
	const obey = globalThis.onmessage;
	const canvas = new Offscreen(0, 0);
	const tell = (message) => obey({ data: message });
	tell({ type: "canvas", canvas });
	await until(() => canvas.on.webglcontextlost);
	const take = (...types) => said.splice(0).filter(({ type }) => types.includes(type))
		.map(({ type, cause }) => cause ? `${type} ${cause}` : type);
	return { tell, said, take, canvas };
}

/** A worker with a display that is there, and the port of the extension unless ports is []. */
async function shown({ ports = [0], number = 0, link = null, server = new Server() } = {}) {
	const clock = new Clock();
	const made = decoders();
	const it = await worker();
	const place = { url: "ws://desk/", protocols: ["binary"], password: "", connection: 7 };
	const connect = () => it.tell({ type: "connect", serial: 5, place, number, ports, link });
	connect();
	await until(() => server.at(DISPLAY, number) &&
		(link || ports.every((id) => server.at(PORT, id))));
	const display = server.at(DISPLAY, number);
	const port = link ? null : server.at(PORT, ports[0]);
	return { ...it, clock, made, connect, server, display, port,
		end: async () => {
			it.tell({ type: "disconnect" });
			await settle();
			assert.equal(server.alive, 0);
			clock.restore();
		} };
}

/** The same, with the extension in use. */
async function extended(options) {
	const it = await shown(options);
	it.port.say(201, init());
	it.port.say(PORT_DATA, HELLO);
	await settle();
	assert.deepEqual(it.take("opened", "port-ready"), ["opened", "port-ready"]);
	return it;
}

/** Messages of the extension that the page sent: [type, payload]. */
const extensionOf = (port) => port.takeAll(PORT_DATA).map((message) => {
	assert.equal(message.readUInt32LE(0), message.length - 8);
	return [message.readUInt16LE(4), message.subarray(8)];
});
const typesOf = (port) => extensionOf(port).map(([type]) => type);

/* ---- tests ----------------------------------------------------------------------------------- */

export async function headOpens() {
	const it = await shown();
	const { display, port, clock } = it;
	assert.deepEqual(display.got, [[COMPRESSION, bytes([6])], [INIT, Buffer.alloc(14)]]);
	assert.equal(display.link.connection, 7);
	assert.deepEqual(it.said.splice(0), [{ serial: 5, type: "opened" }]);
	it.tell({ type: "monitor", number: 0, width: 800, height: 600 });
	await settle();
	assert.deepEqual(port.got, []); // the port is not known yet
	port.say(201, init());
	assert.deepEqual(typesOf(port), [1]); // the hello, and no more before the answer
	it.tell({ type: "monitor", number: 0, width: 640, height: 480 });
	await settle();
	assert.deepEqual(typesOf(port), []);
	port.say(PORT_DATA, HELLO);
	const said = extensionOf(port);
	assert.deepEqual(said.map(([type]) => type), [3, 6, 5]);
	assert.deepEqual(said[1][1], words(1, 640, 480)); // the size that was wished for last
	it.tell({ type: "hidden", hidden: true });
	it.tell({ type: "monitor", number: 1, width: 300, height: 200 });
	await settle();
	assert.deepEqual(extensionOf(port).filter(([type]) => type === 5)
		.map(([, wish]) => wish.readUInt32LE(0)), [1000, 1000]);
	await clock.pass(2000);
	assert.deepEqual(typesOf(port), [3]); // a ping every two seconds
	await it.end();
}

/** A network that says nothing of its end, and one that answers. */
export async function headPings() {
	for (const answers of [true, false]) {
		const it = await extended();
		for (let i = 0; i < 40; i++) {
			const pings = extensionOf(it.port).filter(([type]) => type === 3);
			if (answers)
				for (const [, ping] of pings)
					it.port.say(PORT_DATA, pong(ping));
			await it.clock.pass(1000);
		}
		assert.deepEqual(it.take("closed"), answers ? [] : ["closed closed"]);
		assert.equal(it.display.alive, answers);
		await it.end();
	}
}

/** Messages that end the extension; the session goes on for as long as its user likes. */
const BROKEN = {
	"a message above the limit": bytes(u32((8 << 20) + 1), u16(131), u16(0)),
	"a hello that is too short": extension(129, Buffer.alloc(23)),
	"a pong that is too short": extension(130, Buffer.alloc(23)),
	"tiles without an end": extension(131, Buffer.alloc(39)),
	"tiles with no rectangle": extension(131, Buffer.alloc(40)),
	"tiles of more rectangles than there are": extension(131,
		bytes(words(0, 0), u64(1), u64(0), u64(0), u16(65), u8(1), u8(0), u32(0),
			Buffer.alloc(65 * 8))),
	"tiles of an unknown coding": extension(131,
		bytes(words(0, 0), u64(1), u64(0), u64(0), u16(1), u8(9), u8(0), u32(1),
			u16(0), u16(0), u16(8), u16(8), u8(0))),
	"tiles that nothing can unpack": extension(131,
		bytes(words(0, 0), u64(1), u64(0), u64(0), u16(1), u8(1), u8(0), u32(4),
			u16(0), u16(0), u16(8), u16(8), words(5))),
	"tiles larger than their message": extension(131,
		bytes(words(0, 0), u64(1), u64(0), u64(0), u16(1), u8(1), u8(0), u32(400),
			u16(0), u16(0), u16(8), u16(8), words(5))),
	"a copy that is too short": extension(132, Buffer.alloc(43)),
};

export async function headPortBroken() {
	for (const [name, wrong] of Object.entries(BROKEN)) {
		const it = await extended();
		it.port.say(PORT_DATA, wrong);
		it.port.say(PORT_DATA, HELLO); // too late
		await it.clock.pass(120000);
		assert.equal(it.take("port-broken", "closed")[0], "port-broken", name);
		assert.deepEqual([it.take("closed"), it.display.alive], [[], true], name);
		extensionOf(it.port);
		it.tell({ type: "monitor", number: 0, width: 640, height: 480 });
		await settle();
		assert.deepEqual(typesOf(it.port), [], `${name}: nothing more is said there`);
		it.display.raw(bytes(create(), data(KEY_UNIT)));
		await settle();
		it.made.at(-1).give();
		await settle();
		assert.deepEqual(it.take("first"), ["first"], `${name}: pictures come`);
		await it.end();
	}
}

/** Messages that a newer server may send: they are passed over. */
export async function headPortNewer() {
	const it = await extended();
	it.port.say(PORT_DATA, bytes(extension(200, Buffer.alloc(5)), extension(0, []),
		extension(129, bytes(words(9, 0xffffffff, 0, 0), u64(5), "more")),
		extension(132, bytes(words(7, 0), u64(1), u64(0), u64(0), // of no display of ours
			...[0, 0, 8, 8, 0, 0].map(u16)))));
	await it.clock.pass(2000);
	assert.deepEqual(it.take("port-broken"), []);
	assert(typesOf(it.port).includes(3));
	await it.end();
}

/** Ports that are no extension, or no more. */
const PORTS = {
	"another name": [201, init("org.spice-space.webdav.0\0")],
	"the name and more": [201, init("org.osvdi.accel.00\0")],
	"no name": [201, init("")],
	"a port that is closed": [201, init(NAME, 0)],
	"a name that is not all there": [201, bytes(u32(40), u32(9), u8(1), NAME)],
	"a name at no place": [201, bytes(u32(18), u32(0xfffffff0), u8(1), NAME)],
	"half a message": [201, bytes(u32(0), u16(0))],
	"data without a name": [PORT_DATA, HELLO],
	"an event without a name": [202, u8(0) && bytes(u8(0))],
};

export async function headPorts() {
	for (const [name, [type, payload]] of Object.entries(PORTS)) {
		const it = await shown();
		it.port.say(type, payload);
		await it.clock.pass(60000);
		assert.deepEqual(it.port.got, [], `${name}: nothing is said there`);
		assert.deepEqual([it.take("closed", "port-broken"), it.display.alive], [[], true],
			name);
		await it.end();
	}
	const it = await shown({ ports: [2, 0, 5] }); // the right one among others
	it.server.at(PORT, 2).say(201, init("com.redhat.spice.0\0"));
	it.server.at(PORT, 5).say(201, init());
	it.server.at(PORT, 5).say(PORT_DATA, HELLO);
	assert.deepEqual(typesOf(it.server.at(PORT, 5)), [1, 3, 5]);
	it.server.at(PORT, 2).hangUp();
	await settle();
	assert.deepEqual(it.take("port-ready", "closed"), ["port-ready"]);
	await it.end();
}

/** The port closes and opens again, as when the server's process hands it over. */
export async function headPortCloses() {
	const it = await extended();
	extensionOf(it.port);
	it.port.say(202, bytes(u8(1)));
	await it.clock.pass(60000);
	assert.deepEqual(typesOf(it.port), []);
	it.port.say(202, bytes(u8(0)));
	assert.deepEqual(typesOf(it.port), [1]);
	it.port.say(PORT_DATA, HELLO.subarray(0, 9)); // a message that is not whole
	it.port.say(202, bytes(u8(1)));
	it.port.say(202, bytes(u8(0)));
	it.port.say(PORT_DATA, HELLO); // a new beginning
	await settle();
	assert.deepEqual(it.take("port-ready", "port-broken", "closed"), ["port-ready"]);
	assert.deepEqual(typesOf(it.port), [1, 3, 5]);
	it.port.hangUp();
	await it.clock.pass(60000);
	assert.deepEqual([it.take("closed"), it.display.alive], [[], true]);
	await it.end();
}

/** The whole way of pictures, and what is acknowledged of them. */
export async function headPictures() {
	const it = await extended();
	const all = bytes(create(), data(KEY_UNIT), data(NEXT_UNIT));
	for (const byte of all) // one at a time
		it.display.raw([byte]);
	await settle();
	const [decoder] = it.made;
	assert.deepEqual(decoder.chunks.map(({ type }) => type), ["key", "delta"]);
	const frame = decoder.give();
	await settle();
	assert(frame.closed);
	assert.deepEqual(it.said.filter(({ type }) => type !== "port-ready")
		.map(({ type, width }) => [type, width]), [["size", 1920], ["first", undefined]]);
	assert.deepEqual([it.canvas.width, it.canvas.height], [1920, 1080]);
	assert(it.canvas.handed > 0);
	decoder.calls.error(); // the browser gives up: another decoder begins with a key frame
	await settle();
	assert.deepEqual(it.take("decoder-replaced"), ["decoder-replaced"]);
	assert(typesOf(it.port).includes(4));
	it.display.raw(data(NEXT_UNIT));
	assert.equal(it.made.length, 1);
	it.display.raw(data(KEY_UNIT));
	assert.equal(it.made.length, 2);
	await it.end();
	assert.equal(it.made[1].state, "closed");
	it.made[1].give(); // after the end
	await settle();
	assert.deepEqual(it.take("first", "size"), []);
}

/** Messages of a display channel that cannot be. */
const DAMAGED = {
	"a stream that is not all there": spice(122, Buffer.alloc(9)),
	"a unit longer than its message": bytes(create(), spice(123, words(1, 0, 5))),
	"a unit of all memory": bytes(create(), spice(123, words(1, 0, 0xffffffff))),
	"a unit without a size": bytes(create(), spice(123, words(1, 0))),
	"a surface that is not all there": spice(314, words(0, 64, 64, 32).subarray(0, 15)),
	"a fill that is not all there": bytes(surface(64, 64), spice(302, Buffer.alloc(20))),
};

export async function headDamaged() {
	for (const [name, wrong] of Object.entries(DAMAGED)) {
		const it = await shown();
		it.display.raw(wrong);
		await settle();
		assert.deepEqual(it.take("closed"), ["closed damaged"], name);
		assert(!it.display.alive);
		await it.end();
	}
}

/** Streams that are legal, and of no use: no picture, no end. */
const USELESS = {
	"no unit": data(Buffer.alloc(0)),
	"no picture in it": data(bytes([0, 0, 1, 9, 0xf0])),
	"a picture without a parameter set": data(NEXT_UNIT),
	"noise": data(Buffer.from(Array.from({ length: 300 }, (_none, i) => i * 73 & 255))),
	"a parameter set that is cut off": data(SPS.subarray(0, 8)),
	"of another stream": data(KEY_UNIT, 9),
	"after its end": bytes(spice(125, words(1)), data(KEY_UNIT)),
	"after the end of all": bytes(spice(126), data(KEY_UNIT)),
};

export async function headUseless() {
	for (const [name, useless] of Object.entries(USELESS)) {
		const it = await extended();
		it.display.raw(bytes(create(), useless));
		await settle();
		assert.deepEqual([it.take("closed", "no-decoder", "first"), it.made.length],
			[[], 0], name);
		it.display.raw(bytes(create(2), data(KEY_UNIT, 2)));
		assert.equal(it.made.length, 1, `${name}: the next stream is shown`);
		await it.end();
	}
}

/** A new session while the old one's pictures are in the decoder: nothing of them is shown. */
export async function headAgain() {
	const it = await extended();
	it.display.raw(bytes(create(), data(KEY_UNIT)));
	it.connect();
	await until(() => it.server.at(DISPLAY) !== it.display && it.server.at(PORT));
	assert.equal(it.server.alive, 2);
	const old = it.made[0].give();
	await settle();
	assert(old.closed);
	assert.deepEqual(it.take("first"), []);
	it.server.at(DISPLAY).raw(bytes(create(), data(KEY_UNIT)));
	it.made.at(-1).give();
	await settle();
	assert.deepEqual(it.take("first"), ["first"]);
	await it.end();
}

/** Drawing of a server whose stream comes late: black surfaces never hide the stream. */
export async function headSurfaces() {
	const it = await shown();
	const copy = spice(104, bytes(words(0, 0, 0, 8, 8), u8(0), words(0, 0)));
	for (const size of [64, 32, 48]) // a guest that boots changes its mode again and again
		it.display.raw(bytes(surface(size, size), copy));
	await it.clock.pass(1000);
	it.display.raw(bytes(create(), data(KEY_UNIT)));
	it.made[0].give();
	await settle();
	assert.deepEqual(it.take("first"), ["first"]);
	await it.clock.pass(60000);
	assert.deepEqual(it.take("first", "size"), []);
	assert.equal(it.canvas.width, 1920);
	await it.end();
}

/* ---- a second display -------------------------------------------------------------- */

/** A link as a page makes one: what the other worker hears, and what it says. */
function link() {
	const { port1, port2 } = new MessageChannel();
	const heard = [];
	port2.onmessage = ({ data: message }) =>
		heard.push(typeof message === "string" ? message : Buffer.from(message));
	return { port1, port2, heard, take: async () => {
		for (let i = 0; i < 3; i++)
			await settle();
		return heard.splice(0);
	} };
}

export async function headJoins() {
	const it = await extended();
	const half = pong(Buffer.alloc(16));
	it.port.say(PORT_DATA, half.subarray(0, 5));
	const one = link();
	it.tell({ type: "join", number: 1, link: one.port1 });
	assert.deepEqual(await one.take(), []); // in the middle of a message
	it.port.say(PORT_DATA, half.subarray(5));
	it.port.say(PORT_DATA, HELLO);
	assert.deepEqual(await one.take(), ["begin", HELLO]);
	extensionOf(it.port);
	one.port2.postMessage(extension(4, words(1)));
	await one.take();
	assert.deepEqual(typesOf(it.port), [4]); // what the other one says goes to the server
	it.port.say(202, bytes(u8(1)));
	assert.deepEqual(await one.take(), ["end"]);
	it.port.say(202, bytes(u8(0)));
	it.port.say(PORT_DATA, HELLO);
	assert.deepEqual(await one.take(), ["begin"]);
	one.port2.close();
	await it.end();
}

/** A display that is closed and opened again gets what comes once, and the closed one nothing. */
export async function headLeaves() {
	const it = await extended();
	const [one, two, three] = [link(), link(), link()];
	it.tell({ type: "join", number: 1, link: one.port1 });
	assert.deepEqual(await one.take(), ["begin"]);
	it.tell({ type: "leave", number: 1 });
	it.tell({ type: "leave", number: 1 }); // is gone
	it.tell({ type: "leave", number: 3 }); // was never there
	await settle();
	it.port.say(PORT_DATA, HELLO);
	it.tell({ type: "join", number: 1, link: two.port1 });
	it.tell({ type: "join", number: 2, link: three.port1 });
	await settle();
	it.tell({ type: "join", number: 1, link: one.port1 }); // takes the other one's place
	await settle();
	it.port.say(PORT_DATA, HELLO);
	assert.deepEqual(await one.take(), []); // its link is closed
	assert.deepEqual(await two.take(), ["begin"]);
	assert.deepEqual(await three.take(), ["begin", HELLO]);
	await it.end();
	assert.deepEqual(await three.take(), []);
	for (const { port2 } of [one, two, three])
		port2.close();
}

export async function headLinked() {
	const { port1, port2, take } = link();
	const it = await shown({ ports: [0], number: 1, link: port1 });
	assert.equal(it.server.alive, 1); // no port of its own
	assert.equal(it.display.link.number, 1);
	port2.postMessage("begin");
	port2.postMessage(Uint8Array.from(HELLO));
	await take();
	it.display.raw(bytes(create(), data(KEY_UNIT)));
	await settle();
	it.made[0].calls.error();
	const said = await take();
	assert.deepEqual(said.at(-1), extension(4, words(1))); // a key frame of display 1
	port2.postMessage("end");
	await take();
	it.made.at(-1).calls.error();
	await it.clock.pass(60000);
	assert.deepEqual([it.take("closed"), it.display.alive], [[], true]);
	port2.close();
	await it.end();
}

/** WebGL's context may go at any time, and comes back. */
export async function headContext() {
	const it = await extended();
	it.display.raw(bytes(create(), data(KEY_UNIT)));
	it.canvas.on.webglcontextlost({ preventDefault() {} });
	it.made[0].give();
	await settle();
	assert.deepEqual(it.take("first"), []);
	extensionOf(it.port);
	it.canvas.on.webglcontextrestored();
	await settle();
	assert(typesOf(it.port).includes(4));
	it.display.raw(data(KEY_UNIT));
	it.made[0].give();
	await settle();
	assert.deepEqual(it.take("first"), ["first"]);
	await it.end();
}

/** A browser that cannot: the page is told why. */
export async function headImpossible() {
	const it = await extended();
	it.display.raw(bytes(create(), data(KEY_UNIT)));
	for (const way of ["hardware", "software"]) {
		it.made.at(-1).calls.error();
		await settle();
		it.display.raw(data(KEY_UNIT));
		assert(way);
	}
	assert.deepEqual(it.said.filter(({ type }) => type === "no-decoder")
		.map(({ codec }) => codec), ["avc1.640028"]);
	await it.end();
	await freshCore();
	globalThis.fetch = async () => new Response("", { status: 404 });
	const said = [];
	globalThis.postMessage = (message) => said.push(message);
	await import(`../../../web/src/head.js?${++heads}`);
	globalThis.onmessage({ data: { type: "canvas", canvas: new Offscreen(0, 0) } });
	await until(() => said.length);
	assert.deepEqual(said[0], { type: "impossible", text: "osvdi.wasm: 404" });
}
