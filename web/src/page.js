// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The page: a session, its screen, and what there is to say of both. */
import { Controls } from "./controls.js";
import { loadCore } from "./core.js";
import { Exchange } from "./exchange.js";
import { describe } from "./figures.js";
import { Keyboard } from "./keyboard.js";
import { hideSecrets, readParameters } from "./parameters.js";
import { PasteGate } from "./paste.js";
import { Pointer } from "./pointer.js";
import { Microphone } from "./record.js";
import { Retry } from "./retry.js";
import { Session } from "./session.js";
import { Speaker } from "./sound.js";
import { text, translate } from "./texts.js";
import { Ui } from "./ui.js";
import { WakeLock } from "./wake.js";

/** A window is being dragged until then. */
const RESIZE_MS = 300;
const SMALLEST = { width: 320, height: 200 };

/**
 * Keys with Ctrl and Shift, as the viewer has them.
 * @type {Record<string, (page: Page) => void>}
 */
const COMMANDS = {
	F11: (page) => page.showStatistics(),
	F12: (page) => page.ui.openMenu(),
};

class Page {
	/** @param {import("./core.js").Core} core @param {Worker} head */
	constructor(core, head) {
		this.core = core;
		this.head = head;
		this.ui = new Ui(document);
		this.parameters = readParameters(location);
		this.password = this.parameters.password;
		/** @type {Session | null} */
		this.session = null;
		/** @type {string | null} */
		this.uuid = null;
		this.had = false; // a session that worked
		this.size = { width: 0, height: 0 };
		this.name = ""; // the server's, of the desktop
		/** @type {number | undefined} */
		this.resizeTimer = undefined;
		this.retry = new Retry();
		this.speaker = new Speaker();
		this.microphone = new Microphone();
		this.keyboard = new Keyboard({
			key: (code, down) => this.session?.inputs?.key(code, down),
			locks: (locks) => this.session?.inputs?.locks(locks),
			held: (codes) => this.controls.held(codes),
		});
		this.controls = new Controls(document, {
			type: (codes) => {
				this.keyboard.type(codes);
				this.ui.screen.focus();
			},
			hold: (code) => {
				this.keyboard.hold(code);
				this.ui.screen.focus();
			},
		});
		this.wakeLock = new WakeLock();
		const takes = () => this.session?.clipboard.takes ?? false;
		this.gate = new PasteGate(takes, (event, down) =>
			down ? this.keyboard.press(event) : this.keyboard.release(event));
		this.exchange = new Exchange((content) =>
			this.session?.clipboard.offer(content) ?? false, takes,
			(fresh) => this.gate.pasted(fresh));
		this.pointer = new Pointer(this.ui.screen, () => this.session?.inputs ?? null);
		head.onmessage = ({ data }) => this.headSays(data);
		head.onerror = (event) => this.fail("impossible", { text: event.message ?? "" });
		this.listen();
		hideSecrets(location);
	}

	listen() {
		const screen = this.ui.screen;
		screen.addEventListener("keydown", (event) => {
			if (!this.command(event))
				this.gate.key(event, true);
		});
		screen.addEventListener("keyup", (event) => this.gate.key(event, false));
		const releaseAll = () => {
			this.gate.open();
			this.keyboard.releaseAll();
			this.pointer.releaseAll();
		};
		screen.addEventListener("blur", releaseAll);
		addEventListener("blur", releaseAll);
		document.addEventListener("visibilitychange", () => {
			const hidden = document.visibilityState === "hidden";
			if (hidden)
				releaseAll();
			else
				this.retry.now();
			this.head.postMessage({ type: "hidden", hidden });
		});
		addEventListener("online", () => this.retry.now());
		addEventListener("pagehide", () => this.session?.close());
		addEventListener("pageshow", (event) => event.persisted && this.connect());
		new ResizeObserver(() => this.resized()).observe(this.ui.stage);
		this.ui.listen({
			password: (password) => {
				this.password = password;
				this.connect();
			},
			again: () => this.connect(),
			disconnect: () => this.disconnect(),
			fullScreen: () => this.fullScreen(),
			microphone: () => this.toggleMicrophone(),
			statistics: () => {
				this.showStatistics();
				screen.focus();
			},
			keyBar: () => {
				this.controls.show(this.controls.bar.hidden);
				screen.focus();
			},
		});
		document.addEventListener("fullscreenchange", () =>
			this.wakeLock.set(document.fullscreenElement !== null));
	}

	/**
	 * The viewer's keys for what a pointer does otherwise. True: the key was one of them.
	 * @param {KeyboardEvent} event
	 */
	command(event) {
		const run = COMMANDS[event.code];
		if (!run || !event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey)
			return false;
		event.preventDefault();
		if (!event.repeat)
			run(this);
		return true;
	}

	/** The user says when the guest may listen. */
	async toggleMicrophone() {
		if (this.microphone.stream)
			this.closeMicrophone();
		else
			await this.microphone.open().catch((error) =>
				this.ui.say(text("no-microphone", { text: error.message })));
		this.ui.listening(this.microphone.stream !== null);
		this.session?.record?.update();
		this.ui.screen.focus();
	}

	/** Only a connection that broke comes back with an open one. */
	closeMicrophone() {
		this.microphone.close();
		this.ui.listening(false);
		this.session?.record?.update();
	}

	showStatistics() {
		this.head.postMessage({ type: "measure", on: this.ui.toggleFigures() });
	}

	/* ---- connecting ------------------------------------------------------------ */

	get label() {
		return this.parameters.title || this.name || this.parameters.label;
	}

	connect() {
		this.session?.close();
		this.retry.stop();
		if (!this.had || this.ui.state !== "lost")
			this.ui.show(this.had ? "lost" : "connecting",
				text("connecting", { label: this.label }));
		const session = new Session(this.core, this.head, this,
			{ ...this.parameters, password: this.password, uuid: this.uuid,
				guessed: this.session?.guessed ?? false }, {
				opened: () => this.opened(),
				ended: (cause) => this.ended(cause),
				taken: () => this.taken(),
				named: (name) => {
					this.name = name;
					document.title = this.label;
				},
				mouse: (absolute) => {
					this.pointer.absolute = absolute;
				},
				cursor: (css) => {
					this.ui.screen.style.cursor = css;
				},
				locks: (locks) => this.keyboard.setGuestLocks(locks),
				recordable: (there) => this.ui.offerMicrophone(there),
				copied: (content) => this.exchange.write(content),
			});
		this.session = session;
	}

	opened() {
		if (this.session)
			this.uuid = this.session.uuid;
		this.retry.reset();
		this.resized();
		if (!this.had)
			this.ui.show("connecting", text("waiting"));
	}

	taken() {
		this.session = null; // what is done by hand is no fight
		this.closeMicrophone();
		this.keyboard.releaseAll();
		this.retry.stop();
		this.ui.show("taken", text("taken", { label: this.label }), text("taken-what"),
			text("take-back"));
	}

	/** @param {import("./session.js").Cause} cause */
	ended(cause) {
		if (cause === "taken") {
			this.taken();
			return;
		}
		const verdict = this.retry.judge(cause, this.had, Date.now());
		this.keyboard.releaseAll();
		if (verdict === "retry") {
			this.ui.show("lost", text("lost"), text("lost-what"), text("again"));
			this.retry.later(() => this.connect());
		} else if (cause === "denied") {
			this.ui.askPassword(text("password", { label: this.label }),
				this.password ? text("password-denied") : "");
		} else {
			this.fail(verdict === "gone" ? "gone" : cause);
		}
	}

	/** @param {string} cause @param {Record<string, string>} [values] */
	fail(cause, values) {
		const tls = cause === "unreachable" && this.parameters.url.startsWith("wss:");
		this.session?.close();
		this.closeMicrophone();
		this.retry.stop();
		this.ui.show("failed", text("failed", { label: this.label }),
			text(tls ? "unreachable-tls" : cause, values), text("again"));
	}

	disconnect() {
		this.session?.close();
		this.closeMicrophone();
		this.retry.stop();
		this.had = false;
		this.ui.show("ended", text("ended"), text("ended-what"), text("connect"));
	}

	/* ---- the picture ------------------------------------------------------------- */

	/** @param {any} data */
	headSays(data) {
		if (data.serial !== undefined && data.serial !== this.session?.serial &&
				data.type !== "size")
			return;
		switch (data.type) {
		case "opened":
			this.session?.displayOpened();
			break;
		case "closed":
			this.session?.otherEnded(data.cause);
			break;
		case "size":
			this.size = { width: data.width, height: data.height };
			this.pointer.size = this.size;
			this.ui.fit(this.size);
			break;
		case "first":
			this.had = true;
			this.ui.show("connected");
			this.ui.screen.focus();
			break;
		case "statistics":
			this.ui.figures.textContent = describe(data,
				this.session?.sound?.channels ? this.speaker.report : null);
			break;
		case "classic":
		case "memory":
		case "no-decoder":
		case "impossible":
			this.fail(data.type, data);
			break;
		}
	}

	/** The guest's screen follows the window, except where that is a phone's. */
	resized() {
		this.ui.fit(this.size);
		clearTimeout(this.resizeTimer);
		if (matchMedia("(pointer: coarse)").matches)
			return;
		this.resizeTimer = setTimeout(() => {
			const { width, height } = this.ui.room();
			if (width >= SMALLEST.width && height >= SMALLEST.height)
				this.session?.resize(width, height);
		}, RESIZE_MS);
	}

	async fullScreen() {
		this.ui.screen.focus();
		if (document.fullscreenElement) {
			await document.exitFullscreen();
			return;
		}
		const keep = /** @type {any} */ ({ keyboardLock: "browser", navigationUI: "hide" });
		await this.ui.stage.requestFullscreen(keep);
		// Chromium gives the keys of the system to a page in full screen.
		await /** @type {any} */ (navigator).keyboard?.lock?.();
	}
}

async function begin() {
	translate(document);
	const ui = new Ui(document);
	const fail = (/** @type {string} */ key, values = {}) =>
		ui.show("failed", text(key, values));
	if (!isSecureContext)
		return fail("insecure");
	if (typeof VideoDecoder === "undefined" || typeof OffscreenCanvas === "undefined")
		return fail("no-video");
	const head = new Worker(new URL("head.js", import.meta.url), { type: "module" });
	const offscreen = ui.screen.transferControlToOffscreen();
	head.postMessage({ type: "canvas", canvas: offscreen }, [/** @type {any} */ (offscreen)]);
	try {
		new Page(await loadCore(), head).connect();
	} catch (error) {
		fail("impossible", { text: String(/** @type {any} */ (error).message ?? error) });
	}
}

begin();
