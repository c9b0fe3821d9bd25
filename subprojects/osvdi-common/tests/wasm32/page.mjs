// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: LGPL-2.1-or-later
// osvdi.wasm as a page meets it: memory, a channel's handshake, the order of port and display.
import assert from "node:assert";
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));

/** An instance, and the calls that it made. */
function load() {
	/** @type {any[][]} */
	const calls = [];
	const bytes = (at, size) => new Uint8Array(core.memory.buffer, at, size).slice();
	const note = (name, result) => (...args) => {
		calls.push([name, ...args]);
		return result;
	};
	const osvdi = {
		channel_bytes: (id, at, size) => calls.push(["bytes", id, bytes(at, size)]),
		channel_key: (id, at) => calls.push(["key", id, bytes(at, 162)]),
		channel_open: note("open"),
		channel_message: (id, type, at, size) => {
			calls.push(["message", id, type, bytes(at, size)]);
			return type !== 666;
		},
		port_bytes: (at, size) => calls.push(["port", bytes(at, size)]),
		port_ready: note("ready"),
		port_clock: note("clock"),
		show: (number, rects, n) => {
			calls.push(["show", number,
				[...new Int32Array(core.memory.buffer, rects, 4 * n)]]);
			return 77;
		},
		put: note("put"),
		copy: note("copy"),
		put_done: note("put_done", 88),
		release: note("release"),
		first_shown: note("first_shown"),
		exact: note("exact"),
		refine_at: note("refine_at"),
		done: note("done"),
		surface: note("surface"),
	};
	const core = /** @type {any} */ (new WebAssembly.Instance(module, { osvdi }).exports);
	const put = (data) => {
		const at = core.malloc(data.length || 1);
		new Uint8Array(core.memory.buffer).set(data, at);
		return at;
	};
	/** Calls with bytes of ours in the module's memory. */
	const give = (call, data) => {
		const at = put(data);
		const result = call(at, data.length);
		core.free(at);
		return result;
	};
	return { core, calls, give, names: () => calls.splice(0).map((call) => call[0]) };
}

/** The same numbers in each run. */
function numbers(seed) {
	return (below) => {
		seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
}

function memory() {
	const { core } = load();
	const random = numbers(1);
	const blocks = new Map();
	const fill = (at, size, value) => new Uint8Array(core.memory.buffer, at, size).fill(value);
	const check = (at, size, value) =>
		assert(new Uint8Array(core.memory.buffer, at, size).every((byte) => byte === value),
			"a block was changed");
	for (let i = 0; i < 20000; i++) {
		const size = random(4) ? random(200) : random(50000);
		const [at, block] = [...blocks].at(random(blocks.size)) ?? [];
		if (blocks.size < 50 || random(2)) {
			const fresh = core.malloc(size);
			assert(fresh && fresh % 16 === 0);
			blocks.set(fresh, { size, value: i & 255 });
			fill(fresh, size, i & 255);
		} else if (random(3)) {
			check(at, block.size, block.value);
			core.free(at);
			blocks.delete(at);
		} else {
			const moved = core.realloc(at, size);
			check(moved, Math.min(size, block.size), block.value);
			blocks.delete(at);
			blocks.set(moved, { size, value: block.value });
			fill(moved, size, block.value);
		}
		if (blocks.size > 400)
			for (const key of [...blocks.keys()].slice(0, 300)) {
				check(key, blocks.get(key).size, blocks.get(key).value);
				core.free(key);
				blocks.delete(key);
			}
	}
	for (const [key, block] of blocks)
		check(key, block.size, block.value);
	assert.equal(core.malloc(0x7fffffff), 0);
	assert.equal(core.malloc(0xffffffff), 0);
}

function reply(caps) {
	const data = new Uint8Array(16 + 178 + 4);
	const view = new DataView(data.buffer);
	data.set([0x52, 0x45, 0x44, 0x51, 2, 0, 0, 0, 2, 0, 0, 0, 182]);
	data.fill(0x5a, 20, 182);
	view.setUint32(16 + 166, 1, true);
	view.setUint32(16 + 174, 178, true);
	view.setUint32(16 + 178, caps, true);
	return data;
}

function channel() {
	const { core, calls, give, names } = load();
	const it = core.channel_new(9);
	core.channel_begin(it, 1, 2, 3, 4);
	assert.equal(calls[0][1], 9);
	assert.equal(calls[0][2].length, 42);
	assert.equal(give((at, n) => core.channel_take(it, at, n), reply(0xb)), 0);
	assert.equal(calls[1][0], "key");
	assert.equal(calls[1][2][161], 0x5a);
	assert.equal(give((at) => core.channel_give_ticket(it, at), new Uint8Array(128)), 1);
	assert.equal(give((at, n) => core.channel_take(it, at, n), new Uint8Array(4)), 0);
	assert.deepEqual(names(), ["bytes", "key", "bytes", "open"]);
	assert.equal(give((at, n) => core.channel_take(it, at, n), [101, 0, 2, 0, 0, 0, 5, 6]), 0);
	assert.deepEqual(calls.pop(), ["message", 9, 101, new Uint8Array([5, 6])]);
	assert.equal(give((at, n) => core.channel_write(it, 7, at, n), [1]), 1);
	assert.deepEqual(calls.pop()[2], new Uint8Array([7, 0, 1, 0, 0, 0, 1]));
	assert.equal(give((at, n) => core.channel_take(it, at, n),
		[666 & 255, 666 >> 8, 0, 0, 0, 0]), 7);
	core.channel_free(it);
}

const message = (type, size) => {
	const data = new Uint8Array(8 + size);
	new DataView(data.buffer).setUint32(0, size, true);
	data[4] = type;
	return data;
};

function port() {
	const { core, calls, give, names } = load();
	core.port_ping(1);
	core.port_wish(1000);
	assert.deepEqual(names(), []); // nothing before the hello
	core.port_open(60000);
	assert.equal(calls[0][1][4], 1);
	assert.equal(calls[0][1].length, 28);
	const hello = message(129, 24);
	hello[8] = 1;
	assert.equal(give((at, n) => core.port_take(at, n, 5), hello), 0);
	core.port_monitor(0, 800, 600);
	assert.deepEqual(names(), ["port", "ready", "port"]);
	const pong = message(130, 24);
	new DataView(pong.buffer).setBigUint64(16, 1000n, true);
	new DataView(pong.buffer).setBigUint64(24, 50000n, true);
	assert.equal(give((at, n) => core.port_take(at, n, 3000), pong), 0);
	assert.deepEqual(calls.pop(), ["clock", 48000, 1000]);
	assert.notEqual(give((at, n) => core.port_take(at, n, 5), message(131, 3)), 0);
	core.port_ping(1);
	assert.deepEqual(names(), []); // nor after a server that breaks the protocol
}

/** A parameter set of 1920 by 1080 pixels. */
const sps = [0, 0, 0, 1, 0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0,
	0x44, 0, 0, 3, 0,
	4, 0, 0, 3, 0, 0xf0, 0x3c, 0x60, 0xc6, 0x58];

function display() {
	const { core, calls, give } = load();
	const unit = (data) => give((at, n) => core.display_unit(at, n, 1), data);
	core.display_canvas(1, 0);
	core.display_begin(0);
	core.display_start();
	assert.equal(unit([0, 0, 1, 0x41, 0x9a]), 0); // no parameter set came
	const at = unit([...sps, 0, 0, 1, 0x65, 0x88, 0x80]);
	assert(at);
	const words = new Uint32Array(core.memory.buffer, at, 8);
	const number = words[0];
	assert.equal(words[1], 1);
	const name = new TextDecoder().decode(new Uint8Array(core.memory.buffer, at + 32, 11));
	assert.equal(name, "avc1.640028");
	assert(new Uint8Array(core.memory.buffer, words[2], words[3]).join()
		.includes("0,0,1,101,136,128"));
	assert.equal(core.display_picture(number + 1, 0, 2), 0); // nobody waits for that one
	calls.length = 0;
	assert.equal(core.display_picture(number, 0, 2), 1);
	assert.deepEqual(calls.filter((call) => ["show", "first_shown"].includes(call[0])),
		[["show", number, [0, 0, 1920, 1080]], ["first_shown"]]);
	assert.equal(core.display_picture(number, 0, 2), 0);
	calls.length = 0;
	core.display_stop();
	assert.deepEqual(calls[0], ["release", number]);
}

/** The canvas of a server without the extension is shown once the page asks for it. */
function drawing() {
	const { core, calls, give } = load();
	const surface = new Uint8Array(new Uint32Array([0, 32, 16, 32, 1]).buffer); // xRGB
	const create = (data) => give((at, n) => core.drawing_message(314, at, n), data);
	assert.equal(create(surface), 0);
	assert.deepEqual(calls, []);
	core.drawing_show(1);
	assert.deepEqual(calls[0], ["surface", 32, 16]);
	const [name, x, y, width, height, , stride] = calls[1];
	assert.deepEqual([name, x, y, width, height, stride], ["put", 0, 0, 32, 16, 128]);
	assert.equal(calls.length, 2);
	assert.notEqual(create(surface.slice(0, 7)), 0); // cut off
	core.drawing_stop();
}

const cases = { memory, channel, port, display, drawing };
console.log(`1..${Object.keys(cases).length}`);
Object.entries(cases).forEach(([name, run], i) => {
	run();
	console.log(`ok ${i + 1} ${name}`);
});
