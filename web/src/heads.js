// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The page's displays beside the first one: a second, in a window of its own. */
import { Second } from "./second.js";
import { text } from "./texts.js";

/** A window is being dragged until then. */
const RESIZE_MS = 300;
const NUMBER = 1;

/**
 * @typedef {object} HeadsPage  the page with the first display
 * @property {import("./session.js").Session | null} session
 * @property {import("./ui.js").Ui} ui
 * @property {import("./pointer.js").Pointer} pointer
 * @property {import("./exchange.js").Exchange} exchange
 * @property {string} label
 * @property {(place: HTMLElement) => void} listenKeys
 */

export class Heads {
	/** @param {HeadsPage} page */
	constructor(page) {
		this.page = page;
		/** @type {Second | null} */
		this.second = null;
		/** @type {number | undefined} */
		this.timer = undefined;
		page.ui.shown = (state, what) => this.second?.show(state, what);
	}

	get pointers() {
		return this.second?.pointer ? [this.second.pointer] : [];
	}

	/** @param {number[]} numbers  of the displays that a new session's server has */
	offer(numbers) {
		this.page.ui.offerSecond(numbers.includes(NUMBER));
		this.connect();
	}

	toggle() {
		if (this.second?.open)
			this.close();
		else
			this.open();
	}

	open() {
		const { page } = this;
		const second = new Second(NUMBER, {
			ready: () => this.connect(),
			closed: () => this.close(),
			inputs: () => page.session?.inputs ?? null,
			keys: (place) => {
				page.listenKeys(place);
				page.exchange.listen(place.ownerDocument);
			},
			says: (data) => this.says(data),
			resized: () => this.resized(),
		});
		if (!second.open) {
			page.ui.say(text("no-window"));
			return;
		}
		this.second = second;
		page.ui.showSecond(true);
	}

	/** The window is there, or a session. */
	connect() {
		const { page, second } = this;
		if (!second?.worker || !second.pointer)
			return;
		second.name(text("second-name", { label: page.label }));
		second.show(page.ui.state, page.ui.what.textContent ?? "");
		second.pointer.absolute = page.pointer.absolute;
		second.pointer.setShape(page.pointer.shape);
		page.session?.openHead(NUMBER, second.worker);
	}

	close() {
		const { page, second } = this;
		this.second = null;
		page.ui.showSecond(false);
		if (second?.worker)
			page.session?.closeHead(NUMBER, second.worker);
		second?.close();
	}

	resized() {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => {
			const size = this.second?.view?.wanted();
			if (size)
				this.page.session?.resize(size.width, size.height, NUMBER);
		}, RESIZE_MS);
	}

	/** @param {any} data  of the worker */
	says(data) {
		const { session, ui } = this.page;
		if (data.serial !== undefined && !session?.hears(data.serial))
			return;
		if (data.type === "closed")
			session?.otherEnded(data.cause);
		else if (["memory", "no-decoder", "impossible"].includes(data.type))
			ui.say(text(data.type, data));
	}
}
