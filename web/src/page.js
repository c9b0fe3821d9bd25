// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The page: a session, its screen, and what there is to say of both. */
import { Compose } from "./compose.js";
import { Controls } from "./controls.js";
import { loadCore } from "./core.js";
import { Exchange } from "./exchange.js";
import { describe } from "./figures.js";
import { Heads } from "./heads.js";
import { Keyboard } from "./keyboard.js";
import { layout } from "./layouts.js";
import { hideSecrets, readParameters } from "./parameters.js";
import { PasteGate } from "./paste.js";
import { Pointer } from "./pointer.js";
import { Microphone } from "./record.js";
import { Retry } from "./retry.js";
import { Session } from "./session.js";
import { Speaker } from "./sound.js";
import { text, translate } from "./texts.js";
import { fetchTicket, NoTicket } from "./ticket.js";
import { Ui } from "./ui.js";
import { WakeLock } from "./wake.js";

/** A window is being dragged until then. */
const RESIZE_MS = 300;

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
		/** @type {AbortController | undefined} ends the question for a ticket */
		this.asking = undefined;
		this.size = { width: 0, height: 0 };
		this.name = ""; // the server's, of the desktop
		/** @type {number | undefined} */
		this.resizeTimer = undefined;
		this.retry = new Retry();
		this.speaker = new Speaker();
		this.microphone = new Microphone((error) => {
			this.closeMicrophone();
			this.ui.say(text("no-microphone", { text: error.message }));
		});
		this.keyboard = new Keyboard({
			key: (code, down) => this.session?.inputs?.key(code, down),
			locks: (locks) => this.session?.inputs?.locks(locks),
			held: (codes) => this.controls.held(codes),
		});
		this.controls = new Controls(document, {
			type: (codes) => {
				this.keyboard.type(codes);
				this.ui.focus();
			},
			hold: (code) => {
				this.keyboard.hold(code);
				this.ui.focus();
			},
		});
		this.wakeLock = new WakeLock();
		const takes = () => this.session?.clipboard.takes ?? false;
		this.gate = new PasteGate(takes, (event, down) =>
			down ? this.keyboard.press(event) : this.keyboard.release(event));
		this.exchange = new Exchange((content) =>
			this.session?.clipboard.offer(content) ?? false, takes,
			(fresh) => this.gate.pasted(fresh));
		this.pointer = new Pointer(this.ui.screen, () => this.session?.inputs ?? null,
			() => this.ui.focus(), this.ui.get("mark"));
		this.compose = new Compose(this.ui.text, layout(this.parameters.keymap), {
			type: (codes) => this.keyboard.letters(codes),
			paste: (letters) => this.pasteText(letters),
		});
		this.heads = new Heads(this);
		head.onmessage = ({ data }) => this.headSays(data);
		head.onerror = (event) => this.fail("impossible", { text: event.message ?? "" });
		this.listen();
		this.ui.offerBack(this.parameters.ticketFrom !== "");
		hideSecrets(location);
	}

	releaseAll() {
		this.gate.open();
		this.keyboard.releaseAll();
		for (const pointer of this.pointers)
			pointer.releaseAll();
	}

	/**
	 * The keys of an element are the desktop's.
	 * @param {HTMLElement} place
	 */
	listenKeys(place) {
		place.addEventListener("keydown", (event) => {
			if (!this.isText(event) && !this.command(event))
				this.gate.key(event, true);
		});
		place.addEventListener("keyup", (event) =>
			this.isText(event) || this.gate.key(event, false));
		place.addEventListener("blur", () => this.releaseAll());
		place.ownerDocument.defaultView?.addEventListener("blur", () => this.releaseAll());
	}

	listen() {
		this.listenKeys(this.ui.screen);
		this.listenKeys(this.ui.text);
		document.addEventListener("visibilitychange", () => {
			const hidden = document.visibilityState === "hidden";
			if (hidden)
				this.releaseAll();
			else
				this.retry.now();
			this.head.postMessage({ type: "hidden", hidden });
		});
		addEventListener("online", () => this.retry.now());
		addEventListener("pagehide", () => {
			this.stop();
			this.heads.close();
		});
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
			second: () => this.heads.toggle(),
			usb: () => this.ui.say(text("no-usb")),
			statistics: () => {
				this.showStatistics();
				this.ui.focus();
			},
			keyBar: () => {
				this.controls.show(this.controls.bar.hidden);
				this.ui.focus();
			},
			files: (files) => this.session?.files.send(files),
			stopFiles: () => this.session?.files.cancel(),
			trackpad: (on) => this.pointers.forEach((it) => it.setTrackpad(on)),
			large: () => this.resized(),
			textField: () => {
				this.ui.toggleText();
				this.ui.focus();
			},
		});
		document.addEventListener("fullscreenchange", () =>
			this.wakeLock.set(document.fullscreenElement !== null));
	}

	/**
	 * Whether a key is for the field that takes text.
	 * @param {KeyboardEvent} event
	 */
	isText(event) {
		return event.target === this.ui.text && this.compose.wants(event,
			!this.keyboard.held.size && matchMedia("(pointer: coarse)").matches);
	}

	/**
	 * Text that no keys of the guest's layout make, by the guest's clipboard.
	 * @param {string} letters
	 */
	async pasteText(letters) {
		const clipboard = this.session?.clipboard;
		if (!clipboard?.takes) {
			this.ui.say(text("no-text", { text: letters }));
			return;
		}
		await clipboard.hand(letters);
		this.keyboard.type(["ControlLeft", "KeyV"]);
		await clipboard.taken();
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
		this.ui.focus();
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

	get pointers() {
		return [this.pointer, ...this.heads.pointers];
	}

	get label() {
		return this.parameters.title || this.name || this.parameters.label;
	}

	/** Nothing goes on any more, and nothing comes of what was asked for. */
	stop() {
		this.asking?.abort();
		this.session?.close();
		this.retry.stop();
	}

	connect() {
		this.stop();
		if (!this.had || this.ui.state !== "lost")
			this.ui.show(this.had ? "lost" : "connecting",
				text("connecting", { label: this.label }));
		if (this.parameters.ticketFrom)
			this.askPortal(this.asking = new AbortController());
		else
			this.join(this.parameters.protocols, this.password);
	}

	/** @param {AbortController} asking */
	async askPortal(asking) {
		try {
			const { ticket, password } = await fetchTicket(this.parameters.ticketFrom,
				asking.signal);
			if (!asking.signal.aborted)
				this.join(["binary", "osvdi.ticket." + ticket],
					password || this.password);
		} catch (error) {
			if (asking.signal.aborted)
				return;
			if (error instanceof NoTicket)
				this.fail(error.cause, { text: error.words });
			else
				this.ended("unreachable");
		}
	}

	/** @param {string[]} protocols @param {string} password */
	join(protocols, password) {
		const session = new Session(this.core, this.head, this,
			{ ...this.parameters, protocols, password, uuid: this.uuid,
				guessed: this.session?.guessed ?? false }, {
				opened: () => this.opened(),
				ended: (cause) => this.ended(cause),
				taken: () => this.taken(),
				named: (name) => {
					this.name = name;
					document.title = this.label;
				},
				mouse: (absolute) => {
					for (const pointer of this.pointers)
						pointer.absolute = absolute;
				},
				cursor: (css) => {
					for (const pointer of this.pointers)
						pointer.setShape(css);
				},
				usb: (there) => {
					this.ui.get("usb").hidden = !there;
				},
				displays: (numbers) => this.heads.offer(numbers),
				locks: (locks) => this.keyboard.setGuestLocks(locks),
				recordable: (there) => this.ui.offerMicrophone(there),
				progress: (name, share) => this.ui.say(text(
					share < 1 ? "file-sending" : "file-sent",
					{ name, percent: String(Math.floor(100 * share)) })),
				failed: (name, cause) => this.ui.say(text("file-failed",
					{ name, cause: text(cause) })),
				busy: (busy) => this.ui.sending(busy),
				copied: (content) => this.exchange.write(content),
			});
		this.session = session;
	}

	opened() {
		if (this.session)
			this.uuid = this.session.uuid;
		this.retry.reset();
		this.resized();
		this.heads.resized();
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
			this.closeMicrophone();
			this.ui.askPassword(text("password", { label: this.label }),
				this.password ? text("password-denied") : "");
		} else {
			this.fail(verdict === "gone" ? "gone" : cause);
		}
	}

	/** @param {string} cause @param {Record<string, string>} [values] */
	fail(cause, values) {
		const tls = cause === "unreachable" && this.parameters.url.startsWith("wss:");
		this.stop();
		this.closeMicrophone();
		this.ui.show("failed", text("failed", { label: this.label }),
			text(tls ? "unreachable-tls" : cause, values), text("again"));
	}

	disconnect() {
		this.stop();
		this.closeMicrophone();
		this.had = false;
		this.ui.show("ended", text("ended"), text("ended-what"), text("connect"));
	}

	/* ---- the picture ------------------------------------------------------------- */

	/** @param {any} data */
	headSays(data) {
		if (data.serial !== undefined && !this.session?.hears(data.serial) &&
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
			this.ui.focus();
			break;
		case "statistics":
			this.ui.figures.textContent = describe(data,
				this.session?.sound?.channels ? this.speaker.report : null);
			this.ui.figures.dataset.numbers = JSON.stringify(data);
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
			const size = this.ui.view.wanted();
			if (size)
				this.session?.resize(size.width, size.height);
		}, RESIZE_MS);
	}

	fullScreen() {
		this.ui.focus();
		const change = document.fullscreenElement ?
			document.exitFullscreen() : this.enterFullScreen();
		change.catch((error) =>
			this.ui.say(text("no-full-screen", { text: error.message })));
	}

	async enterFullScreen() {
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
