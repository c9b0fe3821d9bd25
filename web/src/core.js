// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * osvdi.wasm: its memory, and the calls that it makes.
 * subprojects/osvdi-common/wasm/osvdi-wasm.h.
 */

/**
 * @typedef {object} CoreExports
 * @property {WebAssembly.Memory} memory
 * @property {(size: number) => number} malloc
 * @property {(at: number) => void} free
 * @property {(id: number) => number} channel_new
 * @property {(it: number) => void} channel_free
 * @property {(it: number, connection: number, type: number, number: number, caps: number) =>
 *           void} channel_begin
 * @property {(it: number, ticket: number) => number} channel_give_ticket
 * @property {(it: number, data: number, size: number) => number} channel_take
 * @property {(it: number, type: number, data: number, size: number) => number} channel_write
 * @property {(refreshMhz: number) => void} port_open
 * @property {(data: number, size: number, nowUs: number) => number} port_take
 * @property {() => void} port_close
 * @property {(nowUs: number) => void} port_ping
 * @property {() => number} port_whole
 * @property {() => void} port_join
 * @property {(maxFpsMhz: number) => void} port_wish
 * @property {(display: number, width: number, height: number) => void} port_monitor
 * @property {(display: number) => void} display_begin
 * @property {() => void} display_start
 * @property {() => void} display_stop
 * @property {(data: number, size: number, nowUs: number) => number} display_unit
 * @property {(number: number, anotherWaits: number, nowUs: number) => number} display_picture
 * @property {() => void} display_lose
 * @property {(there: number, nowUs: number) => void} display_canvas
 * @property {() => void} display_refine
 * @property {(type: number, at: number, size: number) => number} drawing_message
 * @property {(shown: number) => void} drawing_show
 * @property {() => void} drawing_stop
 */

/**
 * The calls of the module that a channel of the page gets.
 * @typedef {object} ChannelCalls
 * @property {(bytes: Uint8Array) => void} bytes      for the server; there until the call returns
 * @property {(key: Uint8Array) => void} key          the same
 * @property {() => void} opened
 * @property {(type: number, payload: DataView) => boolean} message  false: damaged
 */

/** Calls that belong to a display; a page without one needs none of them.
 * @typedef {Record<string, (...args: any[]) => any>} DisplayCalls */

const NOTHING = () => 0;
const DISPLAY_CALLS = ["show", "put", "copy", "put_done", "release", "first_shown", "exact",
	"refine_at", "done", "surface",
	"port_bytes", "port_ready", "port_clock"];

export class Core {
	/** @param {CoreExports} exports */
	constructor(exports) {
		this.exports = exports;
		/** @type {Map<number, ChannelCalls>} */
		this.channels = new Map();
		this.lastId = 0;
	}

	/**
	 * Bytes of the module. Any call of the module may move them.
	 * @param {number} at @param {number} size
	 */
	bytes(at, size) {
		return new Uint8Array(this.exports.memory.buffer, at, size);
	}

	/** @param {number} at @param {number} size */
	view(at, size) {
		return new DataView(this.exports.memory.buffer, at, size);
	}

	/**
	 * Calls with the bytes in the module's memory.
	 * @template T
	 * @param {Uint8Array} data
	 * @param {(at: number, size: number) => T} call
	 * @returns {T}
	 */
	give(data, call) {
		const at = this.exports.malloc(data.length || 1);
		if (!at)
			throw new Error("out of memory");
		this.bytes(at, data.length).set(data);
		try {
			return call(at, data.length);
		} finally {
			this.exports.free(at);
		}
	}
}

/**
 * A handler of a message reads what a server sent: bytes that are not there are the
 * server's fault, everything else ours.
 * @param {ChannelCalls | undefined} channel @param {number} type @param {DataView} payload
 */
function deliver(channel, type, payload) {
	try {
		return channel?.message(type, payload) ?? true;
	} catch (error) {
		if (error instanceof RangeError)
			return false;
		throw error;
	}
}

/**
 * @param {DisplayCalls} [display]
 * @returns {Promise<Core>}
 */
export async function loadCore(display = {}) {
	const answer = await fetch(new URL("../osvdi.wasm", import.meta.url).href);
	if (!answer.ok)
		throw new Error(`osvdi.wasm: ${answer.status}`);
	/** @type {Core} */
	let core;
	/** @type {Record<string, any>} */
	const osvdi = {
		channel_bytes: (/** @type {number} */ id, /** @type {number} */ at,
			/** @type {number} */ size) =>
			core.channels.get(id)?.bytes(core.bytes(at, size)),
		channel_key: (/** @type {number} */ id, /** @type {number} */ at) =>
			core.channels.get(id)?.key(core.bytes(at, 162)),
		channel_open: (/** @type {number} */ id) => core.channels.get(id)?.opened(),
		channel_message: (/** @type {number} */ id, /** @type {number} */ type,
			/** @type {number} */ at, /** @type {number} */ size) =>
			deliver(core.channels.get(id), type, core.view(at, size)),
	};
	for (const name of DISPLAY_CALLS)
		osvdi[name] = display[name] ?? NOTHING;
	const { instance } = await WebAssembly.instantiate(await answer.arrayBuffer(), { osvdi });
	core = new Core(/** @type {any} */ (instance.exports));
	return core;
}
