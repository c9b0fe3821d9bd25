// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The worker of one display: owns the display channel, the extension port, the decoder and
 * the canvas, so that nothing of the page stands between the network and the picture.
 */
import { Canvas } from "./canvas.js";
import { Channel, DISPLAY, PORT } from "./channel.js";
import { loadCore } from "./core.js";
import { Decoder } from "./decoder.js";
import { Links } from "./links.js";
import { SoftCanvas } from "./soft.js";
import { Statistics } from "./statistics.js";
import { Stream } from "./stream.js";

/** @typedef {import("./core.js").Core} Core */
/** @typedef {import("./channel.js").Place} Place */
/** @typedef {VideoFrame | import("./decoder.js").CopiedFrame} Frame */

/**
 * Capabilities of a display channel: sized streams, monitors, preferred compression, several
 * codecs, H.264.
 */
const CAPS = 1 << 0 | 1 << 1 | 1 << 6 | 1 << 8 | 1 << 11;

const MSGC_INIT = 101;
const MSGC_PREFERRED_COMPRESSION = 103;
const COMPRESSION_LZ = 6;
const MSG_PORT_INIT = 201;
const MSG_PORT_EVENT = 202;
const MSG_PORT_DATA = 101;
const PORT_OPENED = 0;
const PORT_CLOSED = 1;
const PORT_NAME = "org.osvdi.accel.0";
const PING_MS = 2000;
const STATISTICS_MS = 1000;
/** A connection ends after so many pings without an answer. */
const MAX_UNANSWERED = 8;
/** The rate for a tab that nobody sees. */
const HIDDEN_FPS_MHZ = 1000;

/** Microseconds of the clock that the server is told, the same in all workers. */
const now = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

class Head {
	/** @param {Core} core @param {Canvas | SoftCanvas} canvas */
	constructor(core, canvas) {
		this.core = core;
		this.canvas = canvas;
		/** @type {Channel | null} */
		this.display = null;
		/** @type {Channel[]} */
		this.ports = [];
		/** @type {Channel | null} */
		this.port = null; // that is ours
		/** @type {Map<number, Frame>} */
		this.frames = new Map();
		this.links = new Links((data) => this.port?.send(MSG_PORT_DATA, data),
			() => core.exports.port_whole() !== 0);
		/** @type {MessagePort | null} */
		this.link = null; // to the worker that has the port
		/** @type {Map<number, { width: number, height: number }>} */
		this.wanted = new Map(); // by display
		this.hidden = false;
		this.serial = 0; // of the session
		this.crop = { x: 0, y: 0 };
		/** @type {number | undefined} */
		this.refineTimer = undefined;
		/** @type {number | undefined} */
		this.pingTimer = undefined;
		this.unanswered = 0;
		this.statistics = new Statistics(now());
		/** @type {number | undefined} */
		this.statisticsTimer = undefined;
		this.decoder = this.newDecoder();
		this.stream = new Stream(this, false);
		core.exports.display_canvas(1, now());
	}

	newDecoder() {
		return new Decoder({
			picture: (number, frame, anotherWaits) =>
				this.decoded(number, frame, anotherWaits),
			lost: () => {
				this.core.exports.display_lose();
				this.tell({ type: "decoder-replaced" });
			},
			impossible: (codec) => this.tell({ type: "no-decoder", codec }),
		}, this.canvas.losesFrames);
	}

	/** @param {Record<string, any>} message */
	tell(message) {
		postMessage({ serial: this.serial, ...message });
	}

	/* ---- connection ------------------------------------------------------- */

	/**
	 * @param {{ serial: number, place: Place, number: number, ports: number[],
	 *           link: MessagePort | null }} session  a link: the port is another worker's
	 */
	connect({ serial, place, number, ports, link }) {
		this.disconnect();
		this.serial = serial;
		this.core.exports.display_begin(number);
		this.decoder = this.newDecoder();
		this.statistics = new Statistics(now());
		this.stream = new Stream(this, ports.length === 0);
		const what = { type: DISPLAY, number, caps: CAPS };
		this.display = new Channel(this.core, place, what, {
			opened: () => this.displayOpened(),
			message: (type, payload) => {
				this.statistics.bytes += payload.byteLength;
				this.stream.message(type, payload);
				this.canvas.present();
			},
			closed: (cause) => this.tell({ type: "closed", cause }),
		});
		this.ports = link ? [] : ports.map((id) => this.openPort(place, id));
		this.link = link;
		if (link)
			link.onmessage = ({ data }) => this.linked(data);
	}

	disconnect() {
		this.display?.close();
		for (const port of this.ports)
			port.close();
		this.links.close();
		this.link?.close();
		this.display = this.port = this.link = null;
		this.ports = [];
		this.core.exports.port_close();
		this.stream.stop();
		this.core.exports.drawing_stop();
		this.stopStream();
		this.decoder.stop();
		clearInterval(this.pingTimer);
	}

	displayOpened() {
		this.display?.send(MSGC_PREFERRED_COMPRESSION, new Uint8Array([COMPRESSION_LZ]));
		this.display?.send(MSGC_INIT, new Uint8Array(14)); // no caches
		this.tell({ type: "opened" });
	}

	/* ---- the extension port ------------------------------------------------ */

	/** @param {Place} place @param {number} id */
	openPort(place, id) {
		/** @type {Channel} */
		const port = new Channel(this.core, place, { type: PORT, number: id }, {
			message: (type, payload) => this.portMessage(port, type, payload),
			closed: () => this.portClosed(port),
		});
		return port;
	}

	/** @param {Channel} port @param {number} type @param {DataView} payload */
	portMessage(port, type, payload) {
		if (type === MSG_PORT_INIT && portName(payload) === PORT_NAME) {
			this.port = port;
			if (payload.getUint8(8))
				this.core.exports.port_open(0);
		} else if (port !== this.port) {
			return;
		} else if (type === MSG_PORT_EVENT && payload.getUint8(0) === PORT_OPENED) {
			this.core.exports.port_open(0);
		} else if (type === MSG_PORT_EVENT && payload.getUint8(0) === PORT_CLOSED) {
			this.portClosed(port);
		} else if (type === MSG_PORT_DATA) {
			this.portData(payload);
		}
	}

	/** @param {DataView} payload */
	portData(payload) {
		this.links.pass(payload);
		this.portTake(payload.byteOffset, payload.byteLength);
		this.links.admit();
	}

	/** @param {number} at @param {number} size  in the module's memory */
	portTake(at, size) {
		this.statistics.bytes += size;
		const error = this.core.exports.port_take(at, size, now());
		if (error)
			this.portBroken(error);
		this.canvas.present();
	}

	/** @param {Uint8Array} bytes */
	say(bytes) {
		if (this.link)
			this.link.postMessage(bytes);
		else
			this.port?.send(MSG_PORT_DATA, bytes);
	}

	/* ---- one port for the displays of a session -------------------------------- */

	/** @param {Uint8Array | "begin" | "end"} data  of the port that another worker has */
	linked(data) {
		if (data === "begin") {
			this.core.exports.port_join();
			this.core.exports.display_lose(); // what came before went by
		} else if (data === "end") {
			clearInterval(this.pingTimer);
			this.core.exports.port_close();
		} else {
			this.core.give(data, (at, size) => this.portTake(at, size));
		}
	}

	portReady() {
		clearInterval(this.pingTimer);
		this.unanswered = 0;
		this.ping();
		this.pingTimer = setInterval(() => this.ping(), PING_MS);
		this.wish();
		this.tell({ type: "port-ready" });
	}

	/** A network that is gone says nothing of it. */
	ping() {
		if (++this.unanswered > MAX_UNANSWERED)
			this.display?.fail("closed");
		else
			this.core.exports.port_ping(now());
	}

	/**
	 * The session goes on without the port, which answers no pings any more.
	 * @param {number} error
	 */
	portBroken(error) {
		clearInterval(this.pingTimer);
		this.tell({ type: "port-broken", error });
	}

	/** @param {Channel} port */
	portClosed(port) {
		if (port !== this.port)
			return;
		clearInterval(this.pingTimer);
		this.core.exports.port_close();
		this.links.end();
	}

	wish() {
		for (const [number, { width, height }] of this.wanted)
			this.core.exports.port_monitor(number, width, height);
		this.core.exports.port_wish(this.hidden ? HIDDEN_FPS_MHZ : 0);
	}

	/* ---- the stream --------------------------------------------------------- */

	startStream() {
		this.core.exports.display_start();
	}

	stopStream() {
		this.core.exports.display_stop();
		for (const frame of this.frames.values())
			frame.close();
		this.frames.clear();
	}

	/** @param {number} type @param {DataView} payload  in the module's memory */
	draw(type, payload) {
		return this.core.exports.drawing_message(type, payload.byteOffset,
			payload.byteLength);
	}

	/** @param {boolean} shown */
	showDrawing(shown) {
		this.core.exports.drawing_show(shown ? 1 : 0);
		this.canvas.present();
		if (shown)
			this.tell({ type: "first" });
	}

	/**
	 * An access unit, in the module's memory.
	 * @param {number} at @param {number} size
	 */
	unit(at, size) {
		const unit = this.core.exports.display_unit(at, size, now());
		if (!unit)
			return;
		const view = this.core.view(unit, 44);
		const word = (/** @type {number} */ i) => view.getUint32(4 * i, true);
		this.crop = { x: word(4), y: word(5) };
		this.decoder.push({
			number: word(0),
			key: word(1) === 1,
			codec: new TextDecoder().decode(this.core.bytes(unit + 32, 11).slice()),
			data: this.core.bytes(word(2), word(3)),
		});
	}

	/** @param {number} number @param {Frame} frame @param {boolean} anotherWaits */
	decoded(number, frame, anotherWaits) {
		this.frames.set(number, frame);
		if (!this.core.exports.display_picture(number, anotherWaits ? 1 : 0, now())) {
			this.frames.delete(number);
			frame.close();
		}
		this.canvas.present();
	}

	/* ---- what the module calls ----------------------------------------------- */

	/**
	 * @param {number} number @param {number} rects @param {number} n @param {number} width
	 * @param {number} height
	 */
	show(number, rects, n, width, height) {
		const frame = this.frames.get(number);
		this.resize(width, height);
		if (frame)
			this.canvas.show(frame,
				new Int32Array(this.core.exports.memory.buffer, rects, 4 * n),
				this.crop.x, this.crop.y);
		return now();
	}

	/** @param {number} width @param {number} height */
	resize(width, height) {
		if (width === this.canvas.width && height === this.canvas.height)
			return;
		this.canvas.resize(width, height);
		this.tell({ type: "size", width, height });
	}

	/** @param {number} number */
	release(number) {
		this.frames.get(number)?.close();
		this.frames.delete(number);
	}

	/** @param {number} at 0: not any more */
	refineAt(at) {
		clearTimeout(this.refineTimer);
		if (at)
			this.refineTimer = setTimeout(() => {
				this.core.exports.display_refine();
				this.canvas.present();
			}, Math.max(0, (at - now()) / 1000));
	}

	/* ---- statistics -------------------------------------------------------------- */

	/** @param {boolean} on */
	measure(on) {
		clearInterval(this.statisticsTimer);
		this.statistics.clear(now());
		if (on)
			this.statisticsTimer = setInterval(() => this.tell({
				type: "statistics",
				...this.statistics.read(now()),
				width: this.canvas.width,
				height: this.canvas.height,
				codec: this.decoder.codec,
				software: this.decoder.way > 0,
				held: this.decoder.waiting,
				extension: this.port !== null || this.link !== null,
			}), STATISTICS_MS);
	}

	/* ---- a lost context -------------------------------------------------------- */

	contextLost() {
		this.core.exports.display_canvas(0, now());
	}

	contextRestored() {
		this.canvas.prepare();
		this.core.exports.display_canvas(1, now());
		this.core.exports.display_lose();
		if (this.stream.shown)
			this.showDrawing(true);
	}
}

/**
 * Size of the name, where it begins, and whether the port is open.
 * @param {DataView} init
 */
function portName(init) {
	const start = init.getUint32(4, true);
	const size = init.getUint32(0, true);
	if (start + size > init.byteLength)
		throw new RangeError("a name that is not all there");
	const bytes = new Uint8Array(init.buffer, init.byteOffset + start, size).slice();
	return new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
}

/** @param {OffscreenCanvas} offscreen */
async function begin(offscreen) {
	/** @type {Head} */
	let head;
	/** @type {import("./core.js").DisplayCalls} */
	const calls = {
		show: (number, rects, n, width, height) =>
			head.show(number, rects, n, width, height),
		put: (x, y, width, height, at, stride) => head.canvas.put(x, y, width, height,
			head.core.bytes(at, stride * (height - 1) + 4 * width), stride),
		copy: (rects, n, dx, dy) => head.canvas.copy(
			new Int32Array(head.core.exports.memory.buffer, rects, 4 * n), dx, dy),
		put_done: now,
		surface: (width, height) => head.resize(width, height),
		release: (number) => head.release(number),
		first_shown: () => head.tell({ type: "first" }),
		refine_at: (at) => head.refineAt(at),
		port_bytes: (at, size) => head.say(head.core.bytes(at, size).slice()),
		port_ready: () => head.portReady(),
		port_clock: (offset, delay) => {
			head.unanswered = 0;
			head.statistics.clock = { offset, delay };
		},
		done: (kind, capture, received, decoded, presented) =>
			head.statistics.done(kind, capture, received, decoded, presented),
		exact: (exact) => {
			head.statistics.exact = exact !== 0;
		},
	};
	const core = await loadCore(calls);
	head = new Head(core,
		SoftCanvas.fits() ? new SoftCanvas(offscreen) : new Canvas(offscreen));
	offscreen.addEventListener("webglcontextlost", (event) => {
		event.preventDefault();
		head.contextLost();
	});
	offscreen.addEventListener("webglcontextrestored", () => head.contextRestored());
	return head;
}

/** @type {Promise<Head> | null} */
let head = null;

/** @param {Head} it @param {any} data */
function obey(it, data) {
	switch (data.type) {
	case "connect":
		it.connect(data);
		break;
	case "disconnect":
		it.disconnect();
		break;
	case "monitor":
		it.wanted.set(data.number, { width: data.width, height: data.height });
		it.wish();
		break;
	case "join":
		it.links.join(data.number, data.link);
		break;
	case "leave":
		it.links.leave(data.number);
		break;
	case "measure":
		it.measure(data.on);
		break;
	case "hidden":
		it.hidden = data.hidden;
		it.wish();
		break;
	}
}

onmessage = ({ data }) => {
	if (data.type === "canvas")
		head = begin(data.canvas);
	head?.then((it) => obey(it, data), (error) =>
		postMessage({ type: "impossible", text: String(error.message ?? error) }));
};
