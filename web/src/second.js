// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A further display of the desktop, in a window that has no scripts of its own: a worker for
 * the display, and a pointer.
 */
import { Pointer } from "./pointer.js";
import { text, translate } from "./texts.js";
import { View } from "./view.js";

/** @typedef {import("./ui.js").State} State */

/**
 * @typedef {object} SecondListener
 * @property {() => void} ready    the window is there, and its worker
 * @property {() => void} closed   by the user
 * @property {() => import("./inputs.js").Inputs | null} inputs
 * @property {(place: HTMLElement) => void} keys  takes the keys of an element
 * @property {(message: any) => void} says        of the worker's session
 * @property {() => void} resized
 */

export class Second {
	/**
	 * Opens a window, unless the browser lets the page open none.
	 * @param {number} number  of the display
	 * @param {SecondListener} listener
	 */
	constructor(number, listener) {
		this.number = number;
		this.listener = listener;
		this.seen = false; // a picture was there
		/** @type {Worker | null} */
		this.worker = null;
		/** @type {Pointer | null} */
		this.pointer = null;
		/** @type {View | null} */
		this.view = null;
		this.size = { width: 0, height: 0 };
		/** @type {{ state: State, what: string }} */
		this.told = { state: "connecting", what: "" };
		this.window = window.open(new URL("../second.html", import.meta.url).href, "",
			"popup,width=1024,height=768");
		this.window?.addEventListener("load", () => this.begin(), { once: true });
	}

	get open() {
		return this.window !== null && !this.window.closed;
	}

	/** @param {string} id @returns {HTMLElement} */
	get(id) {
		return /** @type {any} */ (this.window?.document.getElementById(id));
	}

	begin() {
		const page = /** @type {Window} */ (this.window);
		const canvas = /** @type {HTMLCanvasElement} */ (this.get("screen"));
		translate(page.document);
		this.view = new View(this.get("stage"), canvas);
		this.worker = new Worker(new URL("head.js", import.meta.url), { type: "module" });
		this.worker.onmessage = ({ data }) => this.says(data);
		const offscreen = canvas.transferControlToOffscreen();
		this.worker.postMessage({ type: "canvas", canvas: offscreen },
			[/** @type {any} */ (offscreen)]);
		this.pointer = new Pointer(canvas, () => this.target(), () => canvas.focus(),
			this.get("mark"));
		this.listener.keys(canvas);
		page.addEventListener("resize", () => this.resized());
		page.addEventListener("pagehide", () => this.listener.closed());
		canvas.focus();
		this.listener.ready();
		this.resized();
	}

	/** The pointer's messages name the display. */
	target() {
		const inputs = this.listener.inputs();
		return inputs && {
			position: (/** @type {number} */ x, /** @type {number} */ y) =>
				inputs.position(x, y, this.number),
			move: inputs.move.bind(inputs),
			button: inputs.button.bind(inputs),
		};
	}

	/** @param {any} data  of the worker */
	says(data) {
		if (data.type === "size") {
			this.size = { width: data.width, height: data.height };
			this.view?.fit(this.size);
			if (this.pointer)
				this.pointer.size = this.size;
		} else if (data.type === "first") {
			this.seen = true;
			this.show(this.told.state, this.told.what);
		} else {
			this.listener.says(data);
		}
	}

	resized() {
		this.view?.fit(this.size);
		this.listener.resized();
	}

	/**
	 * The session's state; a display that is off shows nothing.
	 * @param {State} state @param {string} what
	 */
	show(state, what) {
		const page = this.window;
		this.told = { state, what };
		if (!this.worker || !page || page.closed)
			return;
		const waits = state === "connected" && !this.seen;
		this.get("what").textContent = waits ? text("waiting") : what;
		page.document.body.dataset.state = waits ? "connecting" : state;
	}

	/** @param {string} title */
	name(title) {
		if (this.window && this.open)
			this.window.document.title = title;
	}

	close() {
		this.worker?.terminate();
		this.window?.close();
	}
}
