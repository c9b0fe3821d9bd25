// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the picture that is drawn without a GPU.
import assert from "node:assert";
import { SoftCanvas } from "../../../web/src/soft.js";

const BLACK = 0xff000000;

globalThis.ImageData = class {
	constructor(width, height) {
		this.data = new Uint8ClampedArray(4 * width * height);
	}
};

/** A picture, and the rectangles that the browser was handed. */
function picture(width, height) {
	const handed = [];
	const canvas = { width: 0, height: 0, getContext: () => ({
		putImageData: (_image, _x, _y, ...rect) => handed.push(rect),
	}) };
	const it = new SoftCanvas(canvas);
	it.resize(width, height);
	return { it, canvas, present: () => {
		it.present();
		return handed.splice(0);
	} };
}

/** Each pixel of a picture has its own number. */
function numbered(width, height) {
	const made = picture(width, height);
	made.it.words.forEach((_word, i, words) => {
		words[i] = i;
	});
	made.present();
	return made;
}

const rows = (it) => Array.from({ length: it.height }, (_none, y) =>
	[...it.words.subarray(y * it.width, (y + 1) * it.width)]);

/** The picture after a copy, pixel by pixel. */
function copied(before, rects, dx, dy) {
	const after = before.map((row) => [...row]);
	for (const [x, y, w, h] of rects)
		for (let row = y; row < y + h; row++)
			for (let column = x; column < x + w; column++) {
				const from = before[row - dy]?.[column - dx];
				if (from !== undefined && after[row]?.[column] !== undefined)
					after[row][column] = from;
			}
	return after;
}

export function softCopy() {
	const moves = [[1, 0], [-1, 0], [0, 1], [0, -1], [2, 1], [-2, -1], [3, -2], [0, 0]];
	const areas = [
		[[2, 2, 4, 4]],
		[[0, 0, 8, 7]], // what comes from outside stays as it was
		[[6, 5, 9, 9], [-3, -3, 5, 5]],
		[[1, 1, 3, 5], [4, 1, 3, 5]], // each reads what the other writes
	];
	for (const [dx, dy] of moves)
		for (const area of areas) {
			const { it, present } = numbered(8, 7);
			const wanted = copied(rows(it), area, dx, dy);
			it.copy(new Int32Array(area.flat()), dx, dy);
			assert.deepEqual(rows(it), wanted, `${area} by ${dx},${dy}`);
			for (const [x, y, w, h] of present())
				assert(x >= 0 && y >= 0 && x + w <= 8 && y + h <= 7);
		}
	const { it, present } = numbered(8, 7);
	it.copy(new Int32Array([2, 2, 3, 2]), 1, 1);
	assert.deepEqual(present(), [[2, 2, 3, 2]]);
	it.copy(new Int32Array([2, 2, 3, 2]), 100, 100); // from nowhere
	assert.deepEqual(present(), []);
}

export function softParts() {
	const { it, canvas, present } = picture(6, 4);
	assert.deepEqual([canvas.width, canvas.height], [6, 4]);
	assert.deepEqual(present(), [[0, 0, 6, 4]]);
	assert(it.words.every((word) => word === BLACK));
	// Tiles have blue first, rows of their own length, and any place in the memory.
	const bytes = new Uint8Array(1 + 2 * 12);
	bytes.set([1, 2, 3, 0, 4, 5, 6, 0, 9, 9, 9, 9, 7, 8, 9, 0, 10, 11, 12, 0], 1);
	it.put(1, 2, 2, 2, bytes.subarray(1, 1 + 12 + 8), 12);
	assert.deepEqual(rows(it)[2].slice(0, 4), [BLACK, 0xff010203, 0xff040506, BLACK]);
	assert.deepEqual(rows(it)[3].slice(1, 3), [0xff070809, 0xff0a0b0c]);
	assert.deepEqual(present(), [[1, 2, 2, 2]]);
	it.put(-1, -1, 2, 2, bytes.subarray(1, 1 + 12 + 8), 12);
	assert.deepEqual([it.words[0], it.words[1]], [0xff0a0b0c, BLACK]);
	assert.deepEqual(present(), [[0, 0, 1, 1]]);
	it.put(6, 0, 2, 2, bytes.subarray(1, 1 + 12 + 8), 12);
	assert.deepEqual(present(), []);
	for (let i = 0; i < 16; i++)
		it.changed([i % 4, 1, 1, 1]);
	assert.equal(present().length, 16);
	for (let i = 0; i < 17; i++) // too many for the browser: one around them
		it.changed([1 + i % 4, i % 2, 1, 2]);
	assert.deepEqual(present(), [[1, 0, 4, 3]]);
	it.resize(6, 4); // is the same picture
	assert.equal(it.words[0], 0xff0a0b0c);
	it.resize(3, 3);
	assert(it.words.length === 9 && it.words.every((word) => word === BLACK));
	assert.deepEqual(present(), [[0, 0, 3, 3]]);
}

export function softShow() {
	const { it, present } = picture(4, 3);
	const frame = { width: 6, height: 5, pixels: new Uint8Array(new Uint32Array(
		Array.from({ length: 30 }, (_none, i) => 100 + i)).buffer) };
	present();
	it.show(frame, new Int32Array([1, 1, 2, 1, 3, 2, 9, 9]), 1, 1);
	assert.deepEqual(rows(it), [[BLACK, BLACK, BLACK, BLACK],
		[BLACK, 114, 115, BLACK], [BLACK, BLACK, BLACK, 122]]);
	assert.deepEqual(present(), [[1, 1, 2, 1], [3, 2, 1, 1]]);
	// A frame that is smaller than the picture ends where it ends.
	it.show({ ...frame, width: 2, height: 2 }, new Int32Array([0, 0, 4, 3]), 0, 0);
	assert.deepEqual(rows(it)[0], [100, 101, BLACK, BLACK]);
	assert.deepEqual(present(), [[0, 0, 2, 2]]);
	it.show({ ...frame, width: 2, height: 2 }, new Int32Array([3, 0, 1, 1]), 0, 0);
	assert.deepEqual(present(), []);
}
