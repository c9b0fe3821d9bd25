// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The elements of the page, and what state they show. */
import { text } from "./texts.js";

const NOTE_MS = 8000;

/**
 * @typedef {"connecting" | "connected" | "lost" | "failed" | "taken" | "ended" | "password"} State
 */

/**
 * @typedef {object} UiListener
 * @property {(password: string) => void} password
 * @property {() => void} again
 * @property {() => void} disconnect
 * @property {() => void} fullScreen
 * @property {() => void} keyBar
 * @property {() => void} statistics
 * @property {() => void} microphone
 */

export class Ui {
	/** @param {Document} page */
	constructor(page) {
		const get = (/** @type {string} */ id) =>
			/** @type {HTMLElement} */ (page.getElementById(id));
		this.body = page.body;
		this.stage = get("stage");
		this.screen = /** @type {HTMLCanvasElement} */ (get("screen"));
		this.what = get("what");
		this.why = get("why");
		this.form = /** @type {HTMLFormElement} */ (get("login"));
		this.password = /** @type {HTMLInputElement} */ (get("password"));
		this.again = /** @type {HTMLButtonElement} */ (get("again"));
		this.menu = /** @type {HTMLDetailsElement} */ (get("menu"));
		this.figures = get("figures");
		this.get = get;
		/** @type {number | undefined} */
		this.noteTimer = undefined;
		/** @type {State} */
		this.state = "connecting";
	}

	/** @param {UiListener} listener */
	listen(listener) {
		this.form.addEventListener("submit", (event) => {
			event.preventDefault();
			listener.password(this.password.value);
			this.password.value = "";
		});
		this.again.addEventListener("click", listener.again);
		const entry = (/** @type {string} */ id, /** @type {() => void} */ run) =>
			this.get(id).addEventListener("click", () => {
				this.menu.open = false;
				run();
			});
		entry("disconnect", listener.disconnect);
		entry("full-screen", listener.fullScreen);
		this.menu.addEventListener("click", (event) => {
			if (/** @type {HTMLElement} */ (event.target).dataset.keys)
				this.menu.open = false;
		});
		this.menu.addEventListener("keydown", (event) => {
			if (event.key !== "Escape")
				return;
			this.menu.open = false;
			this.screen.focus();
		});
		entry("key-bar", listener.keyBar);
		entry("statistics", listener.statistics);
		entry("microphone", listener.microphone);
	}

	openMenu() {
		this.menu.open = true;
		this.menu.querySelector("button")?.focus();
	}

	/**
	 * @param {State} state @param {string} [what] @param {string} [why]
	 * @param {string} [button] on the button that connects again; none without
	 */
	show(state, what = "", why = "", button = "") {
		const fresh = state !== this.state;
		this.state = state;
		this.body.dataset.state = state;
		this.what.textContent = what;
		this.why.textContent = why;
		this.form.hidden = state !== "password";
		this.again.textContent = button;
		this.again.hidden = !button;
		if (button && fresh)
			this.again.focus();
	}

	/** @param {boolean} there */
	offerMicrophone(there) {
		this.get("microphone").hidden = !there;
	}

	/** @param {boolean} now */
	listening(now) {
		this.get("microphone").setAttribute("aria-pressed", String(now));
		this.body.classList.toggle("listening", now);
	}

	/**
	 * For some seconds, over the picture.
	 * @param {string} words
	 */
	say(words) {
		const note = this.get("note");
		note.textContent = words;
		clearTimeout(this.noteTimer);
		this.noteTimer = setTimeout(() => {
			note.textContent = "";
		}, NOTE_MS);
	}

	/** Whether the figures are to be seen from now on. */
	toggleFigures() {
		const shown = this.figures.hidden;
		this.figures.hidden = !shown;
		this.figures.textContent = "";
		this.get("statistics").setAttribute("aria-pressed", String(shown));
		return shown;
	}

	/** @param {string} what @param {string} why */
	askPassword(what, why) {
		this.show("password", what, why);
		this.password.focus();
	}

	/** Pixels that there is room for. */
	room() {
		return {
			width: Math.floor(this.stage.clientWidth * devicePixelRatio),
			height: Math.floor(this.stage.clientHeight * devicePixelRatio),
		};
	}

	/**
	 * A picture that fits is shown pixel for pixel, unless it is small; else scaled.
	 * @param {{ width: number, height: number }} size
	 */
	fit(size) {
		const room = this.room();
		if (!size.width)
			return;
		let scale = Math.min(room.width / size.width, room.height / size.height);
		if (scale >= 1 && scale < 1.25)
			scale = 1;
		this.screen.style.width = `${size.width * scale / devicePixelRatio}px`;
		this.screen.style.height = `${size.height * scale / devicePixelRatio}px`;
		this.screen.classList.toggle("natural", Number.isInteger(scale));
		this.screen.setAttribute("aria-label", text("screen"));
	}
}
