// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Fingers to a mouse. Either a finger is the pointer: a tap clicks there, a long one with the
 * right button, a move drags. Or the screen is a trackpad: fingers move the pointer from where
 * it is, a tap clicks, a tap with two fingers is the right button, a tap and a move drag. Two
 * fingers turn the wheel in both.
 */

/** A finger that moves less than these pixels rests. */
const STILL = 10;
/** A finger that rests so long means the right button. */
const HOLD_MS = 500;
/** A finger that comes back so soon after a tap drags. */
const AGAIN_MS = 300;
/** The button of a tap, by its fingers. */
const TAPS = [0, 1, 3, 2];

/**
 * @typedef {object} Hand
 * @property {(x: number, y: number) => void} place    in the window
 * @property {(dx: number, dy: number) => void} move
 * @property {(button: number, down: boolean) => void} button
 * @property {(dy: number) => void} scroll
 */

export class Touch {
	/** @param {Hand} hand */
	constructor(hand) {
		this.hand = hand;
		this.trackpad = false;
		/** @type {Map<number, { x: number, y: number, startX: number, startY: number }>} */
		this.fingers = new Map();
		this.most = 0; // fingers since the first one came
		this.moved = false;
		this.dragging = false;
		this.again = false; // these fingers came soon after a tap
		this.done = false; // what follows of these fingers means nothing
		this.lastTap = -Infinity;
		/** @type {number | undefined} */
		this.timer = undefined;
	}

	/** @param {number} id @param {number} x @param {number} y @param {number} time */
	down(id, x, y, time) {
		if (!this.fingers.size)
			this.begin(time);
		this.fingers.set(id, { x, y, startX: x, startY: y });
		this.most = Math.max(this.most, this.fingers.size);
		if (this.fingers.size > 1)
			clearTimeout(this.timer);
	}

	/** @param {number} time */
	begin(time) {
		this.most = 0;
		this.moved = this.done = false;
		if (!this.trackpad)
			this.timer = setTimeout(() => this.rested(), HOLD_MS);
		this.again = time - this.lastTap < AGAIN_MS;
	}

	drag() {
		this.dragging = true;
		this.hand.button(1, true);
	}

	/** @param {number} button */
	click(button) {
		this.hand.button(button, true);
		this.hand.button(button, false);
	}

	rested() {
		const [finger] = this.fingers.values();
		this.done = true;
		this.hand.place(finger.x, finger.y);
		this.click(3);
	}

	/** @param {number} id @param {number} x @param {number} y */
	move(id, x, y) {
		const finger = this.fingers.get(id);
		if (!finger || this.done)
			return;
		if (!this.moved && Math.hypot(x - finger.startX, y - finger.startY) < STILL)
			return;
		if (!this.moved)
			this.start(finger);
		const dx = x - finger.x;
		const dy = y - finger.y;
		finger.x = x;
		finger.y = y;
		if (this.fingers.size > 1)
			this.hand.scroll(dy / this.fingers.size);
		else if (this.trackpad)
			this.hand.move(dx, dy);
		else if (this.dragging)
			this.hand.place(x, y);
	}

	/**
	 * The first move of these fingers.
	 * @param {{ startX: number, startY: number }} finger
	 */
	start({ startX, startY }) {
		clearTimeout(this.timer);
		this.moved = true;
		if (this.fingers.size > 1 || (this.trackpad && !this.again))
			return;
		if (!this.trackpad)
			this.hand.place(startX, startY);
		this.drag();
	}

	/** @param {number} id @param {number} time */
	up(id, time) {
		const finger = this.fingers.get(id);
		this.fingers.delete(id);
		if (!finger || this.fingers.size)
			return;
		clearTimeout(this.timer);
		if (this.dragging)
			this.release();
		else if (!this.moved && !this.done)
			this.tap(finger, time);
	}

	/** @param {{ x: number, y: number }} finger @param {number} time */
	tap({ x, y }, time) {
		if (!this.trackpad)
			this.hand.place(x, y);
		this.click(TAPS[Math.min(this.most, 3)]);
		this.lastTap = time;
	}

	release() {
		this.dragging = false;
		this.hand.button(1, false);
	}

	/** Somebody else has the fingers. */
	cancel() {
		clearTimeout(this.timer);
		this.fingers.clear();
		if (this.dragging)
			this.release();
	}
}
