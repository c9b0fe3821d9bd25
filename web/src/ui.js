// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The elements of the page, and what state they show. */
import { View } from "./view.js";

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
 * @property {() => void} textField
 * @property {(files: Iterable<File>) => void} files
 * @property {() => void} stopFiles
 * @property {(on: boolean) => void} trackpad
 * @property {() => void} large
 * @property {() => void} second
 * @property {() => void} usb
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
		this.text = /** @type {HTMLTextAreaElement} */ (get("text"));
		/** @type {HTMLElement} */
		this.keysTo = this.screen; // has the keyboard when the desktop has
		this.what = get("what");
		this.why = get("why");
		this.form = /** @type {HTMLFormElement} */ (get("login"));
		this.password = /** @type {HTMLInputElement} */ (get("password"));
		this.again = /** @type {HTMLButtonElement} */ (get("again"));
		this.menu = /** @type {HTMLDetailsElement} */ (get("menu"));
		this.figures = get("figures");
		this.view = new View(this.stage, this.screen);
		/** @type {(state: State, what: string) => void} */
		this.shown = () => {}; // hears of each state
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
			this.focus();
		});
		entry("key-bar", listener.keyBar);
		entry("text-field", listener.textField);
		entry("trackpad", () => listener.trackpad(this.toggle("trackpad")));
		this.listenFiles(listener);
		entry("stop-files", listener.stopFiles);
		entry("large", () => {
			this.view.large = this.toggle("large");
			listener.large();
		});
		entry("second", listener.second);
		entry("usb", listener.usb);
		entry("statistics", listener.statistics);
		entry("microphone", listener.microphone);
	}

	/**
	 * Files by the menu, or dropped on the picture.
	 * @param {UiListener} listener
	 */
	listenFiles(listener) {
		const chosen = /** @type {HTMLInputElement} */ (this.get("files"));
		this.get("send-files").addEventListener("click", () => {
			this.menu.open = false;
			chosen.click();
		});
		chosen.addEventListener("change", () => {
			listener.files([...chosen.files ?? []]);
			chosen.value = ""; // the same file may be chosen again
			this.focus();
		});
		this.stage.addEventListener("dragover", (event) => event.preventDefault());
		this.stage.addEventListener("drop", (event) => {
			event.preventDefault();
			listener.files([...event.dataTransfer?.files ?? []]);
		});
	}

	/** @param {boolean} now */
	sending(now) {
		this.get("send-files").hidden = now;
		this.get("stop-files").hidden = !now;
	}

	/**
	 * A button that is on or off: whether it is on from now on.
	 * @param {string} id
	 */
	toggle(id) {
		const on = this.get(id).getAttribute("aria-pressed") !== "true";
		this.get(id).setAttribute("aria-pressed", String(on));
		return on;
	}

	/** Gives the desktop the keyboard. */
	focus() {
		this.keysTo.focus();
	}

	/** Takes text without keys from now on, or not any more. */
	toggleText() {
		this.keysTo = this.toggle("text-field") ? this.text : this.screen;
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
		this.screen.tabIndex = state === "connected" ? 0 : -1;
		this.what.textContent = what;
		this.why.textContent = why;
		this.form.hidden = state !== "password";
		this.again.textContent = button;
		this.again.hidden = !button;
		if (button && fresh)
			this.again.focus();
		this.shown(state, what);
	}

	/** @param {boolean} there a list of desktops that the user came from */
	offerBack(there) {
		this.get("back").hidden = !there;
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

	/** @param {{ width: number, height: number }} size  of the guest's screen */
	fit(size) {
		this.get("large").hidden = this.view.density <= 1;
		this.view.fit(size);
	}

	/** @param {boolean} there */
	offerSecond(there) {
		this.get("second").hidden = !there;
	}

	/** @param {boolean} open */
	showSecond(open) {
		this.get("second").setAttribute("aria-pressed", String(open));
	}
}
