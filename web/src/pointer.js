// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The page's pointer, or fingers, to the guest's pointer. */
import { Touch } from "./touch.js";

/** SPICE's number of each button of the DOM: left, middle, right. */
const BUTTONS = [1, 2, 3];
const WHEEL_UP = 4;
const WHEEL_DOWN = 5;
/** The pixels of one click of a wheel. */
const WHEEL_STEP = 60;
const LINE = 20;
/** An arrow, for a trackpad's pointer where the guest has no shape of its own. */
const ARROW = "url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='16' " +
	"height='24'%3E%3Cpath d='M1 1v18l5-5 3 8 3-1-3-8h6z' stroke='%23fff'/%3E%3C/svg%3E\") 1 1";

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
	 * @param {() => void} focus  gives the desktop the keyboard
	 * @param {HTMLElement} mark  is put where a trackpad's pointer is
	 */
	constructor(canvas, target, focus, mark) {
		this.mark = mark;
		this.at = { x: 0, y: 0 }; // in the guest
		this.shape = "default";
		this.touch = new Touch({
			place: (x, y) => this.place({ clientX: x, clientY: y }),
			move: (dx, dy) => this.slide(dx, dy),
			button: (button, down) => this.change(button, down),
			scroll: (dy) => this.turn(-dy),
		});
		this.canvas = canvas;
		this.focus = focus;
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
		return this.canvas.ownerDocument.pointerLockElement === this.canvas;
	}

	/** @param {boolean} on  fingers move the pointer, and are not the pointer */
	setTrackpad(on) {
		this.touch.cancel();
		this.touch.trackpad = on;
		this.showMark();
	}

	/** @param {string} css  the value of "cursor" */
	setShape(css) {
		this.shape = css;
		this.canvas.style.cursor = css;
		this.showMark();
	}

	/** A finger hides no pointer, and so the page draws it. */
	showMark() {
		const [, image, x, y] = /^(url\(.*\)) (\d+) (\d+)/.exec(
			this.shape.startsWith("url") ? this.shape : ARROW) ?? [];
		const box = this.canvas.getBoundingClientRect();
		this.mark.hidden = !this.touch.trackpad || !this.absolute || this.shape === "none";
		this.mark.style.backgroundImage = image;
		this.mark.style.left = `${box.left - Number(x) +
			this.at.x * box.width / (this.size.width || 1)}px`;
		this.mark.style.top = `${box.top - Number(y) +
			this.at.y * box.height / (this.size.height || 1)}px`;
	}

	/** @param {number} dx @param {number} dy  of a finger on the trackpad */
	slide(dx, dy) {
		const box = this.canvas.getBoundingClientRect();
		if (!this.absolute) {
			this.target()?.move(Math.round(dx), Math.round(dy));
			return;
		}
		if (!box.width || !this.size.width)
			return;
		this.put(this.at.x + dx * this.size.width / box.width,
			this.at.y + dy * this.size.height / box.height);
	}

	/** @param {number} x @param {number} y  in the guest */
	put(x, y) {
		this.at.x = Math.max(0, Math.min(this.size.width - 1, x));
		this.at.y = Math.max(0, Math.min(this.size.height - 1, y));
		this.target()?.position(Math.floor(this.at.x), Math.floor(this.at.y));
		this.showMark();
	}

	/** @param {{ clientX: number, clientY: number }} event */
	place(event) {
		const box = this.canvas.getBoundingClientRect();
		if (!box.width || !this.size.width)
			return;
		this.put((event.clientX - box.left) * this.size.width / box.width,
			(event.clientY - box.top) * this.size.height / box.height);
	}

	/** @param {PointerEvent} event */
	moved(event) {
		if (event.pointerType === "touch")
			this.touch.move(event.pointerId, event.clientX, event.clientY);
		else if (this.absolute)
			this.place(event);
		else if (this.locked)
			this.target()?.move(event.movementX, event.movementY);
	}

	/** @param {PointerEvent} event */
	press(event) {
		event.preventDefault();
		this.focus();
		if (event.pointerType === "touch") {
			this.canvas.setPointerCapture(event.pointerId);
			this.touch.down(event.pointerId, event.clientX, event.clientY,
				event.timeStamp);
			return;
		}
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
		if (event.pointerType === "touch") {
			this.touch.up(event.pointerId, event.timeStamp);
			return;
		}
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
		this.touch.cancel();
		for (const button of [...this.pressed])
			this.change(button, false);
	}

	/** @param {WheelEvent} event */
	scrolled(event) {
		event.preventDefault();
		this.turn(event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 :
			LINE));
	}

	/** @param {number} pixels */
	turn(pixels) {
		this.wheel += pixels;
		while (Math.abs(this.wheel) >= WHEEL_STEP) {
			const button = this.wheel < 0 ? WHEEL_UP : WHEEL_DOWN;
			this.wheel -= Math.sign(this.wheel) * WHEEL_STEP;
			this.target()?.button(button, true);
			this.target()?.button(button, false);
		}
	}
}
