// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The messages of a display channel: streams of access units, or classic drawing. What is drawn
 * is kept in any case, and shown when it is clear that no stream comes: servers with
 * streams begin with a black surface, which must not hide the last picture.
 */

const MSG_STREAM_CREATE = 122;
const MSG_STREAM_DATA = 123;
const MSG_STREAM_DESTROY = 125;
const MSG_STREAM_DESTROY_ALL = 126;
const MSG_SURFACE_CREATE = 314;
const MSG_STREAM_DATA_SIZED = 316;
const CODEC_H264 = 3;

/**
 * enum drawing_result
 * @enum {number}
 */
export const DRAWING = { DONE: 0, OTHER: 1, DAMAGED: 2, UNKNOWN: 3, MEMORY: 4 };

/** One black fill comes with each surface; a server that draws more has gone over to drawing. */
const CLASSIC_AFTER = 3;
/** A server that draws and begins no stream within this time will not begin one. */
const STREAM_MS = 5000;

/**
 * @typedef {object} StreamListener
 * @property {() => void} startStream
 * @property {(type: number, payload: DataView) => number} draw  one of DRAWING
 * @property {(shown: boolean) => void} showDrawing
 * @property {(at: number, size: number) => void} unit
 * @property {(message: Record<string, any>) => void} tell
 */

export class Stream {
	/**
	 * @param {StreamListener} listener
	 * @param {boolean} stock  the server has no streams of H.264
	 */
	constructor(listener, stock) {
		this.listener = listener;
		this.stock = stock;
		/** @type {number | null} */
		this.id = null;
		this.draws = 0;
		this.shown = false;   // what is drawn
		this.unknown = false; // what is drawn is not all that the server drew
		/** @type {number | undefined} */
		this.timer = undefined;
	}

	stop() {
		clearTimeout(this.timer);
	}

	/** @param {number} type @param {DataView} payload */
	message(type, payload) {
		switch (type) {
		case MSG_STREAM_CREATE:
			this.create(payload);
			break;
		case MSG_STREAM_DATA:
			this.data(payload, 12);
			break;
		case MSG_STREAM_DATA_SIZED:
			this.data(payload, 36);
			break;
		case MSG_STREAM_DESTROY:
			if (payload.getUint32(0, true) === this.id)
				this.id = null;
			break;
		case MSG_STREAM_DESTROY_ALL:
			this.id = null;
			break;
		default:
			this.draw(type, payload);
		}
	}

	/** @param {DataView} payload */
	create(payload) {
		const id = payload.getUint32(4, true);
		const codec = payload.getUint8(9);
		this.draws = 0;
		if (codec !== CODEC_H264) {
			this.listener.tell({ type: "classic" });
			return;
		}
		this.id = id;
		this.stop();
		this.shown = false;
		this.listener.showDrawing(false);
		this.listener.startStream();
	}

	/** @param {DataView} payload @param {number} at of the data */
	data(payload, at) {
		if (payload.getUint32(0, true) !== this.id)
			return;
		const size = payload.getUint32(at - 4, true);
		if (size > payload.byteLength - at)
			throw new RangeError("a unit that is not all there");
		this.draws = 0;
		this.listener.unit(payload.byteOffset + at, size);
	}

	/** @param {number} type @param {DataView} payload */
	draw(type, payload) {
		switch (this.listener.draw(type, payload)) {
		case DRAWING.OTHER:
			return;
		case DRAWING.DAMAGED:
			throw new RangeError("drawing that cannot be");
		case DRAWING.MEMORY:
			this.listener.tell({ type: "memory" });
			return;
		case DRAWING.UNKNOWN:
			this.unknown = true;
		}
		if (type === MSG_SURFACE_CREATE)
			this.surface();
		else
			this.drew();
	}

	/** A new picture: what could not be drawn before does not matter. */
	surface() {
		this.draws = 0;
		this.unknown = false;
	}

	drew() {
		if (this.shown && this.unknown)
			this.listener.tell({ type: "classic" });
		else if (!this.shown && (this.stock || ++this.draws === CLASSIC_AFTER))
			this.showDrawing();
		else if (this.id === null && this.draws === 1)
			this.showSoon();
	}

	showSoon() {
		this.stop();
		this.timer = setTimeout(() => this.showDrawing(), STREAM_MS);
	}

	showDrawing() {
		this.stop();
		if (this.unknown) {
			this.listener.tell({ type: "classic" });
			return;
		}
		this.shown = true;
		this.listener.showDrawing(true);
	}
}
