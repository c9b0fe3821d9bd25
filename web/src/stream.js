// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** Reads a display channel: streams of access units. Classic drawing is not for this page. */

const MSG_STREAM_CREATE = 122;
const MSG_STREAM_DATA = 123;
const MSG_STREAM_DESTROY = 125;
const MSG_STREAM_DESTROY_ALL = 126;
const MSG_FIRST_DRAW = 302;
const MSG_LAST_DRAW = 313;
const MSG_SURFACE_CREATE = 314;
const MSG_STREAM_DATA_SIZED = 316;
const MSG_DRAW_COMPOSITE = 318;
const CODEC_H264 = 3;

/** One black fill comes with each surface; a server that draws more has gone over to drawing. */
const CLASSIC_AFTER = 3;
/** A server that draws and begins no stream within this time will not begin one. */
const STREAM_MS = 5000;

/**
 * @typedef {object} StreamListener
 * @property {() => void} startStream
 * @property {(at: number, size: number) => void} unit
 * @property {(message: Record<string, any>) => void} tell
 */

export class Stream {
	/** @param {StreamListener} listener */
	constructor(listener) {
		this.listener = listener;
		/** @type {number | null} */
		this.id = null;
		this.draws = 0;
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
		case MSG_SURFACE_CREATE:
			this.draws = 0;
			break;
		default:
			if ((type >= MSG_FIRST_DRAW && type <= MSG_LAST_DRAW) ||
					type === MSG_DRAW_COMPOSITE)
				this.draw();
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

	draw() {
		const tell = () => this.listener.tell({ type: "classic" });
		if (++this.draws === CLASSIC_AFTER)
			tell();
		else if (this.id === null && this.draws === 1)
			this.timer = setTimeout(tell, STREAM_MS);
	}
}
