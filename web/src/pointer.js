// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The page's pointer to the guest's. */

/** SPICE's number of each button of the DOM: left, middle, right. */
const BUTTONS = [1, 2, 3];
const WHEEL_UP = 4;
const WHEEL_DOWN = 5;
/** The pixels of one click of a wheel. */
const WHEEL_STEP = 60;
const LINE = 20;

/**
 * @typedef {object} PointerTarget
 * @property {(x: number, y: number) => void} position
 * @property {(dx: number, dy: number) => void} move
 * @property {(button: number, down: boolean) => void} button
 */

export class Pointer {
	/**
	 * @param {HTMLCanvasElement} canvas that shows the guest's picture
	 * @param {() => PointerTarget | null} target
	 */
	constructor(canvas, target) {
		this.canvas = canvas;
		this.target = target;
		this.absolute = true;
		this.size = { width: 0, height: 0 }; // of the guest
		this.pressed = new Set();
		this.wheel = 0;
		canvas.addEventListener("pointerdown", (event) => this.press(event));
		canvas.addEventListener("pointerup", (event) => this.release(event));
		canvas.addEventListener("pointercancel", () => this.releaseAll());
		canvas.addEventListener("pointermove", (event) => this.moved(event));
		canvas.addEventListener("wheel", (event) => this.scrolled(event),
			{ passive: false });
		canvas.addEventListener("contextmenu", (event) => event.preventDefault());
	}

	get locked() {
		return document.pointerLockElement === this.canvas;
	}

	/** @param {MouseEvent} event */
	place(event) {
		const box = this.canvas.getBoundingClientRect();
		const clamp = (/** @type {number} */ value, /** @type {number} */ end) =>
			Math.max(0, Math.min(end - 1, Math.floor(value)));
		if (!box.width || !this.size.width)
			return;
		const x = (event.clientX - box.left) * this.size.width / box.width;
		const y = (event.clientY - box.top) * this.size.height / box.height;
		this.target()?.position(clamp(x, this.size.width), clamp(y, this.size.height));
	}

	/** @param {PointerEvent} event */
	moved(event) {
		if (this.absolute)
			this.place(event);
		else if (this.locked)
			this.target()?.move(event.movementX, event.movementY);
	}

	/** @param {PointerEvent} event */
	press(event) {
		event.preventDefault();
		this.canvas.focus();
		if (!this.absolute && !this.locked) {
			this.canvas.requestPointerLock();
			return;
		}
		if (this.absolute) {
			this.canvas.setPointerCapture(event.pointerId);
			this.place(event);
		}
		this.change(BUTTONS[event.button], true);
	}

	/** @param {PointerEvent} event */
	release(event) {
		event.preventDefault();
		if (this.absolute)
			this.place(event);
		this.change(BUTTONS[event.button], false);
	}

	/** @param {number | undefined} button @param {boolean} down */
	change(button, down) {
		if (!button || this.pressed.has(button) === down)
			return;
		if (down)
			this.pressed.add(button);
		else
			this.pressed.delete(button);
		this.target()?.button(button, down);
	}

	releaseAll() {
		for (const button of [...this.pressed])
			this.change(button, false);
	}

	/** @param {WheelEvent} event */
	scrolled(event) {
		event.preventDefault();
		this.wheel += event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 :
			LINE);
		while (Math.abs(this.wheel) >= WHEEL_STEP) {
			const button = this.wheel < 0 ? WHEEL_UP : WHEEL_DOWN;
			this.wheel -= Math.sign(this.wheel) * WHEEL_STEP;
			this.target()?.button(button, true);
			this.target()?.button(button, false);
		}
	}
}
