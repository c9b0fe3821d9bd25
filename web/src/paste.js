// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Keys that paste. The browser tells the page what is to be pasted only when the page
 * leaves the key to it, and the guest has to know that before it gets the key: keys and
 * clipboard go over two connections.
 */

/** No browser takes longer to say what is pasted. */
const BROWSER_MS = 150;
/** A server hands over what came on the other connection sooner. */
export const GUEST_MS = 100;

/** @param {KeyboardEvent} event */
export function pastes(event) {
	if (event.altKey || event.repeat)
		return false;
	return event.code === "KeyV" ? event.ctrlKey !== event.metaKey :
		event.code === "Insert" && event.shiftKey && !event.ctrlKey && !event.metaKey;
}

export class PasteGate {
	/**
	 * @param {() => boolean} takes  whether the guest takes what is pasted
	 * @param {(event: KeyboardEvent, down: boolean) => void} forward
	 */
	constructor(takes, forward) {
		this.takes = takes;
		this.forward = forward;
		/** @type {[KeyboardEvent, boolean][] | null} */
		this.held = null;
		/** @type {number | undefined} */
		this.timer = undefined;
	}

	/** @param {KeyboardEvent} event @param {boolean} down */
	key(event, down) {
		if (down && pastes(event) && this.takes())
			this.close();
		else
			event.preventDefault();
		if (this.held)
			this.held.push([event, down]);
		else
			this.forward(event, down);
	}

	close() {
		this.held ??= [];
		this.wait(BROWSER_MS);
	}

	/** @param {boolean} fresh  whether the guest was told something new */
	pasted(fresh) {
		if (!this.held)
			return;
		if (fresh)
			this.wait(GUEST_MS);
		else
			this.open();
	}

	/** @param {number} ms */
	wait(ms) {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.open(), ms);
	}

	/** All keys, in their order. */
	open() {
		const held = this.held;
		clearTimeout(this.timer);
		this.held = null;
		for (const [event, down] of held ?? [])
			this.forward(event, down);
	}
}
