// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The guest's picture without a GPU: a picture in memory, of which only what has changed goes
 * to a plain canvas. Where software stands in for the GPU, WebGL draws and reads back the whole
 * of it for a single letter.
 */

/** More rectangles are taken for one. */
const MAX_RECTS = 16;
const BLACK = 0xff000000;

/**
 * A pixel of tiles, blue first, as canvases have it.
 * @param {number} value
 */
const swapped = (value) =>
	(value & 0xff00 | (value & 0xff) << 16 | value >> 16 & 0xff | BLACK) >>> 0;

export class SoftCanvas {
	/** Whether this is the better way here. */
	static fits() {
		const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
		const info = gl?.getExtension("WEBGL_debug_renderer_info");
		return !gl || (info && /SwiftShader|llvmpipe/.test(
			gl.getParameter(info.UNMASKED_RENDERER_WEBGL)));
	}

	/** @param {OffscreenCanvas} canvas */
	constructor(canvas) {
		this.canvas = canvas;
		this.width = 0;
		this.height = 0;
		/** @type {number[][]} rectangles that have changed */
		this.dirty = [];
		const plain = /** @type {any} */ (canvas);
		/** @type {CanvasRenderingContext2D} */
		const context = plain.getContext("2d", { alpha: false, willReadFrequently: true });
		this.context = context;
		this.image = new ImageData(1, 1);
		this.words = new Uint32Array(this.image.data.buffer);
	}

	/** Pictures have to come in memory. */
	get losesFrames() {
		return true;
	}

	prepare() {}

	/**
	 * A new picture is black.
	 * @param {number} width @param {number} height
	 */
	resize(width, height) {
		if (width === this.width && height === this.height)
			return;
		this.width = this.canvas.width = width;
		this.height = this.canvas.height = height;
		this.image = new ImageData(width, height);
		this.words = new Uint32Array(this.image.data.buffer).fill(BLACK);
		this.dirty = [[0, 0, width, height]];
	}

	/**
	 * The part of a rectangle that is in the picture.
	 * @param {number} x @param {number} y @param {number} width @param {number} height
	 */
	clip(x, y, width, height) {
		const left = Math.max(0, x);
		const top = Math.max(0, y);
		const right = Math.min(this.width, x + width);
		const bottom = Math.min(this.height, y + height);
		return [left, top, Math.max(0, right - left), Math.max(0, bottom - top)];
	}

	/** @param {number[]} rect */
	changed(rect) {
		this.dirty.push(rect);
		if (this.dirty.length <= MAX_RECTS)
			return;
		const left = Math.min(...this.dirty.map(([x]) => x));
		const top = Math.min(...this.dirty.map(([, y]) => y));
		const right = Math.max(...this.dirty.map(([x, , width]) => x + width));
		const bottom = Math.max(...this.dirty.map(([, y, , height]) => y + height));
		this.dirty = [[left, top, right - left, bottom - top]];
	}

	/**
	 * The rectangles of a decoder's picture.
	 * @param {VideoFrame | import("./decoder.js").CopiedFrame} frame in memory
	 * @param {Int32Array} rects
	 * @param {number} fromX
	 * @param {number} fromY of what is to be seen
	 */
	show(frame, rects, fromX, fromY) {
		const { pixels, width, height } =
			/** @type {import("./decoder.js").CopiedFrame} */ (frame);
		const from = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
		for (let i = 0; i < rects.length; i += 4) {
			const [x, y, w, h] = this.clip(rects[i], rects[i + 1],
				Math.min(rects[i + 2], width - fromX - rects[i]),
				Math.min(rects[i + 3], height - fromY - rects[i + 1]));
			for (let row = y; row < y + h; row++) {
				const at = (row + fromY) * width + x + fromX;
				this.words.set(from.subarray(at, at + w), row * this.width + x);
			}
			this.changed([x, y, w, h]);
		}
	}

	/**
	 * Lossless pixels.
	 * @param {number} x @param {number} y @param {number} width @param {number} height
	 * @param {Uint8Array} pixels @param {number} stride bytes
	 */
	put(x, y, width, height, pixels, stride) {
		const whole = pixels.byteOffset % 4 ? pixels.slice() : pixels;
		const from = new Uint32Array(whole.buffer, whole.byteOffset, whole.byteLength >> 2);
		const [left, top, w, h] = this.clip(x, y, width, height);
		for (let row = 0; row < h; row++) {
			let at = (row + top - y) * (stride >> 2) + left - x;
			let to = (top + row) * this.width + left;
			for (const end = to + w; to < end; at++, to++)
				this.words[to] = swapped(from[at]);
		}
		this.changed([left, top, w, h]);
	}

	/**
	 * Rectangles get what is (dx, dy) before them, as all of it was before the copy.
	 * @param {Int32Array} rects @param {number} dx @param {number} dy
	 */
	copy(rects, dx, dy) {
		const parts = [];
		for (let i = 0; i < rects.length; i += 4)
			parts.push(this.take(rects[i] - dx, rects[i + 1] - dy, rects[i + 2],
				rects[i + 3]));
		for (const { x, y, w, rows } of parts) {
			const [left, top, width, height] = this.clip(x + dx, y + dy, w,
				rows.length);
			for (let row = top; row < top + height; row++)
				this.words.set(rows[row - y - dy].subarray(left - x - dx,
					left - x - dx + width), row * this.width + left);
			this.changed([left, top, width, height]);
		}
	}

	/** @param {number} left @param {number} top @param {number} width @param {number} height */
	take(left, top, width, height) {
		const [x, y, w, h] = this.clip(left, top, width, height);
		const rows = Array.from({ length: h }, (_none, row) =>
			this.words.slice((y + row) * this.width + x, (y + row) * this.width + x +
				w));
		return { x, y, w, rows };
	}

	/** Hands what was painted to the browser. */
	present() {
		for (const [x, y, width, height] of this.dirty.splice(0))
			if (width && height)
				this.context.putImageData(this.image, 0, 0, x, y, width, height);
	}
}
