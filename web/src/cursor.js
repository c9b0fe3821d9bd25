// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** SPICE's cursor channel: the guest's cursor as one of the page's. */
import { Channel, CURSOR } from "./channel.js";

const MSG_INIT = 101;
const MSG_RESET = 102;
const MSG_SET = 103;
const MSG_HIDE = 105;
const MSG_INVAL_ONE = 107;
const MSG_INVAL_ALL = 108;

const FLAG_NONE = 1;
const FLAG_CACHE = 2;
const FLAG_CACHED = 4;
const HEADER_SIZE = 17;
const TYPE_ALPHA = 0;
const TYPE_MONO = 1;
const TYPE_COLOR32 = 6;
/** Browsers take no larger one. */
const MAX_EDGE = 128;
const MAX_CACHED = 256;

/**
 * @param {number} n
 * @param {(i: number) => number[]} read red, green, blue, alpha
 */
function pixels(n, read) {
	const out = new Uint8ClampedArray(4 * n);
	for (let i = 0; i < n; i++)
		out.set(read(i), 4 * i);
	return out;
}

/**
 * Blue, green, red, alpha; the colours are multiplied by alpha.
 * @param {DataView} data @param {number} at @param {number} n
 */
function readAlpha(data, at, n) {
	return pixels(n, (i) => {
		const alpha = data.getUint8(at + 4 * i + 3);
		const colour = (/** @type {number} */ k) => alpha ?
			data.getUint8(at + 4 * i + k) * 255 / alpha : 0;
		return [colour(2), colour(1), colour(0), alpha];
	});
}

/** A mask of what stays, then one of what turns. Nothing in a browser turns: black shows it.
 * @param {DataView} data @param {number} at @param {number} width @param {number} height */
function readMono(data, at, width, height) {
	const stride = (width + 7) >> 3;
	const bit = (/** @type {number} */ start, /** @type {number} */ i) =>
		data.getUint8(start + Math.floor(i / width) * stride + ((i % width) >> 3)) >>
			(7 - (i % width & 7)) & 1;
	return pixels(width * height, (i) => {
		const stays = bit(at, i);
		const turns = bit(at + stride * height, i);
		const white = !stays && turns ? 255 : 0;
		return [white, white, white, stays && !turns ? 0 : 255];
	});
}

/**
 * Colours, and a mask of what stays.
 * @param {DataView} data @param {number} at @param {number} width @param {number} height
 */
function readColour(data, at, width, height) {
	const stride = (width + 7) >> 3;
	const mask = at + 4 * width * height;
	return pixels(width * height, (i) => {
		const byte = data.getUint8(
			mask + Math.floor(i / width) * stride + ((i % width) >> 3));
		const stays = byte >> (7 - (i % width & 7)) & 1;
		return [data.getUint8(at + 4 * i + 2), data.getUint8(at + 4 * i + 1),
			data.getUint8(at + 4 * i), stays ? 0 : 255];
	});
}

/**
 * @param {number} type @param {DataView} data @param {number} at @param {number} width
 * @param {number} height
 */
function readPixels(type, data, at, width, height) {
	switch (type) {
	case TYPE_ALPHA: return readAlpha(data, at, width * height);
	case TYPE_MONO: return readMono(data, at, width, height);
	case TYPE_COLOR32: return readColour(data, at, width, height);
	default: return null;
	}
}

/** The value of the CSS property, or that of the browser's own arrow.
 * @param {DataView} data @param {number} at of the header */
function readCursor(data, at) {
	const type = data.getUint8(at + 8);
	const [width, height, x, y] = [0, 2, 4, 6].map((i) => data.getUint16(at + 9 + i, true));
	if (!width || !height || width > MAX_EDGE || height > MAX_EDGE)
		return "default";
	const image = readPixels(type, data, at + HEADER_SIZE, width, height);
	if (!image)
		return "default";
	const canvas = document.createElement("canvas");
	canvas.width = width;
	canvas.height = height;
	canvas.getContext("2d")?.putImageData(new ImageData(image, width, height), 0, 0);
	const hotspot = `${Math.min(x, width - 1)} ${Math.min(y, height - 1)}`;
	return `url(${canvas.toDataURL()}) ${hotspot}, default`;
}

export class Cursor {
	/**
	 * @param {import("./core.js").Core} core @param {import("./channel.js").Place} place
	 * @param {{ shape: (css: string) => void,
	 *           closed: (cause: import("./channel.js").Cause) => void }} listener
	 */
	constructor(core, place, listener) {
		this.listener = listener;
		/** @type {Map<string, string>} */
		this.cache = new Map();
		this.channel = new Channel(core, place, { type: CURSOR, number: 0 }, {
			message: (type, payload) => this.message(type, payload),
			closed: listener.closed,
		});
	}

	/** @param {number} type @param {DataView} payload */
	message(type, payload) {
		switch (type) {
		case MSG_INIT: // place, trail length and frequency, visible
			this.set(payload, 9, payload.getUint8(8) !== 0);
			break;
		case MSG_SET:
			this.set(payload, 5, payload.getUint8(4) !== 0);
			break;
		case MSG_HIDE:
			this.listener.shape("none");
			break;
		case MSG_RESET:
			this.cache.clear();
			this.listener.shape("default");
			break;
		case MSG_INVAL_ONE:
			this.cache.delete(String(payload.getBigUint64(0, true)));
			break;
		case MSG_INVAL_ALL:
			this.cache.clear();
		}
	}

	/** @param {DataView} payload @param {number} at of the cursor @param {boolean} visible */
	set(payload, at, visible) {
		const flags = payload.getUint16(at, true);
		if (flags & FLAG_NONE) {
			this.listener.shape(visible ? "default" : "none");
			return;
		}
		const unique = String(payload.getBigUint64(at + 2, true));
		const css = flags & FLAG_CACHED ? this.cache.get(unique) ?? "default" :
			readCursor(payload, at + 2);
		if (flags & FLAG_CACHE && this.cache.size < MAX_CACHED)
			this.cache.set(unique, css);
		this.listener.shape(visible ? css : "none");
	}

	close() {
		this.channel.close();
	}
}
