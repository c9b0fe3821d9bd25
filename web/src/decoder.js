// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** H.264 by WebCodecs: access units in, pictures out, each by the number of its unit. */

/** Chunks without a duration made Firefox believe that it was too slow. */
const DURATION_US = 16667;

/**
 * @typedef {object} Unit
 * @property {number} number
 * @property {boolean} key
 * @property {string} codec
 * @property {Uint8Array} data
 */

/** A picture in memory: what a VideoFrame is elsewhere. */
export class CopiedFrame {
	/**
	 * @param {number} timestamp
	 * @param {number} width
	 * @param {number} height
	 * @param {Uint8Array} pixels RGBA
	 */
	constructor(timestamp, width, height, pixels) {
		this.timestamp = timestamp;
		this.width = width;
		this.height = height;
		this.pixels = pixels;
	}

	close() {}
}

/** @param {VideoFrame} frame */
async function copyOf(frame) {
	const format = /** @type {const} */ ({ format: "RGBA" });
	const pixels = new Uint8Array(frame.allocationSize(format));
	await frame.copyTo(pixels, format);
	return new CopiedFrame(frame.timestamp, frame.visibleRect.width, frame.visibleRect.height,
		pixels);
}

/**
 * @typedef {object} DecoderListener
 * @property {(number: number, frame: VideoFrame | CopiedFrame,
 *             anotherWaits: boolean) => void} picture  takes the frame over
 * @property {() => void} lost      a decoder failed: another one starts with the next key frame
 * @property {(codec: string) => void} impossible  none can decode that
 */

/**
 * Hardware first; software takes what hardware cannot.
 * @type {HardwareAcceleration[]}
 */
const WAYS = ["no-preference", "prefer-software"];

export class Decoder {
	/**
	 * @param {DecoderListener} listener
	 * @param {boolean} copies  pictures are to come in memory
	 */
	constructor(listener, copies) {
		this.listener = listener;
		this.copies = copies;
		this.last = Promise.resolve(); // copies come in their order
		/** @type {VideoDecoder | null} */
		this.decoder = null;
		this.codec = "";
		this.way = 0;
		this.proved = false; // a picture came
		this.waiting = 0; // units that no picture came for yet
	}

	/** @param {string} codec */
	start(codec) {
		this.stop();
		/** @type {VideoDecoder} */
		const decoder = new VideoDecoder({
			output: (frame) => this.take(decoder, frame),
			error: () => this.fail(decoder),
		});
		this.decoder = decoder;
		this.proved = false;
		this.codec = codec;
		decoder.configure({ codec, optimizeForLatency: true,
			hardwareAcceleration: WAYS[this.way] });
	}

	/** @param {Unit} unit */
	push(unit) {
		if (unit.key && (!this.decoder || unit.codec !== this.codec))
			this.start(unit.codec);
		if (this.decoder?.state !== "configured")
			return; // a key frame was asked for
		this.waiting++;
		this.decoder.decode(new EncodedVideoChunk({
			type: unit.key ? "key" : "delta",
			timestamp: unit.number,
			duration: DURATION_US,
			data: unit.data,
		}));
	}

	/** @param {VideoDecoder} decoder @param {VideoFrame} frame */
	take(decoder, frame) {
		if (decoder !== this.decoder) {
			frame.close();
			return;
		}
		this.proved = true;
		this.waiting = Math.max(0, this.waiting - 1);
		if (this.copies)
			this.last = this.last.then(() => this.copy(decoder, frame));
		else
			this.listener.picture(frame.timestamp, frame, this.waiting > 0);
	}

	/** @param {VideoDecoder} decoder @param {VideoFrame} frame */
	async copy(decoder, frame) {
		const copy = await copyOf(frame).catch(() => null);
		frame.close();
		if (decoder !== this.decoder)
			return;
		if (copy)
			this.listener.picture(copy.timestamp, copy, this.waiting > 0);
		else
			this.fail(decoder);
	}

	/** @param {VideoDecoder} decoder */
	fail(decoder) {
		if (decoder !== this.decoder)
			return;
		this.decoder = null;
		this.waiting = 0;
		if (this.proved || ++this.way < WAYS.length)
			this.listener.lost();
		else
			this.listener.impossible(this.codec);
	}

	stop() {
		if (this.decoder && this.decoder.state !== "closed")
			this.decoder.close();
		this.decoder = null;
		this.waiting = 0;
	}
}
