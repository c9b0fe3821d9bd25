// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Keys that a browser keeps for itself or a screen does not have: the menu's combinations,
 * and a bar of modifiers, each of which stays down until the next key.
 */

/**
 * @typedef {object} ControlsListener
 * @property {(codes: string[]) => void} type
 * @property {(code: string) => void} hold  down, or up again
 */

export class Controls {
	/** @param {Document} page @param {ControlsListener} listener */
	constructor(page, listener) {
		this.bar = /** @type {HTMLElement} */ (page.getElementById("bar"));
		this.toggle = /** @type {HTMLElement} */ (page.getElementById("key-bar"));
		/** @type {HTMLElement[]} */
		this.holds = [...page.querySelectorAll("[data-hold]")].map((element) =>
			/** @type {HTMLElement} */ (element));
		for (const element of page.querySelectorAll("[data-keys]"))
			element.addEventListener("click", () =>
				listener.type(/** @type {HTMLElement} */ (element)
					.dataset.keys?.split(" ") ?? []));
		for (const element of this.holds)
			element.addEventListener("click", () =>
				listener.hold(element.dataset.hold ?? ""));
		// A tap must not take the keyboard from the desktop, which would let the keys go.
		this.bar.addEventListener("pointerdown", (event) => event.preventDefault());
		this.bar.addEventListener("keydown", (event) => this.walk(event));
		this.show(matchMedia("(pointer: coarse)").matches);
	}

	/** @param {boolean} shown */
	show(shown) {
		this.bar.hidden = !shown;
		this.toggle.setAttribute("aria-pressed", String(shown));
	}

	/** @param {Set<string>} codes that are held */
	held(codes) {
		for (const element of this.holds)
			element.setAttribute("aria-pressed",
				String(codes.has(element.dataset.hold ?? "")));
	}

	/**
	 * As in any tool bar, arrows go from key to key.
	 * @param {KeyboardEvent} event
	 */
	walk(event) {
		const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
		const all = [...this.bar.querySelectorAll("button")];
		if (!step)
			return;
		event.preventDefault();
		const here = all.indexOf(/** @type {HTMLButtonElement} */ (event.target));
		all[(here + step + all.length) % all.length].focus();
	}
}
