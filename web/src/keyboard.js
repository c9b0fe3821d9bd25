// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The page's keyboard to the guest's: keys by their place, and none that stays down. */
import { keyMessage, scancode } from "./scancodes.js";

/** The AltGr of Windows comes as a left Control that nobody pressed, this short before. */
const ALTGR_MS = 20;

/**
 * Bits of SPICE_MSGC_INPUTS_KEY_MODIFIERS.
 * @type {[string, number][]}
 */
const LOCKS = [["ScrollLock", 1], ["NumLock", 2], ["CapsLock", 4]];

const CAPS_LOCK = 4;

/** Keys that a key of a bar stands for alone. */
const MODIFIERS = /^(Control|Alt|Shift|Meta|OS)/;

/**
 * @typedef {object} KeyboardListener
 * @property {(code: number, down: boolean) => void} key  as in SPICE's messages
 * @property {(locks: number) => void} locks  as they are to be
 * @property {(codes: Set<string>) => void} held  until the next key
 */

export class Keyboard {
	/** @param {KeyboardListener} listener */
	constructor(listener) {
		this.listener = listener;
		/** @type {Map<string, number>} keys that are down, and since when */
		this.down = new Map();
		/** @type {Set<string>} of these, the ones that wait for the next key */
		this.held = new Set();
		this.guestLocks = 0;
		this.fresh = true; // nothing was typed since the page has the keyboard
	}

	/**
	 * Takes what the guest says of its lock keys.
	 * @param {number} locks
	 */
	setGuestLocks(locks) {
		this.guestLocks = locks;
	}

	/** @param {KeyboardEvent} event */
	compareLocks(event) {
		if (!this.fresh || LOCKS.some(([name]) => event.code === name))
			return;
		this.fresh = false;
		let locks = 0;
		for (const [name, bit] of LOCKS)
			locks |= event.getModifierState(name) ? bit : 0;
		if (locks !== this.guestLocks)
			this.listener.locks(locks);
		this.guestLocks = locks;
	}

	/** @param {string} code @param {boolean} down @param {number} time */
	send(code, down, time) {
		const key = scancode(code);
		if (key === undefined)
			return;
		if (down)
			this.down.set(code, time);
		else if (!this.down.delete(code))
			return; // went down elsewhere
		this.listener.key(keyMessage(key, down), down);
	}

	/** @param {KeyboardEvent} event */
	press(event) {
		if (!event.code || event.isComposing)
			return;
		this.compareLocks(event);
		const control = this.down.get("ControlLeft");
		if (event.code === "AltRight" && control !== undefined &&
				event.timeStamp - control < ALTGR_MS)
			this.send("ControlLeft", false, event.timeStamp);
		this.send(event.code, true, event.timeStamp);
	}

	/** @param {KeyboardEvent} event */
	release(event) {
		this.send(event.code, false, event.timeStamp);
		if (!MODIFIERS.test(event.code))
			this.letGo();
		// macOS tells nothing of keys that go up while Command is down.
		if (event.code.startsWith("Meta") || event.code.startsWith("OS"))
			this.releaseAll();
	}

	/** When somebody else has the keyboard. */
	releaseAll() {
		for (const code of [...this.down.keys()])
			this.send(code, false, 0);
		this.fresh = true;
		this.letGo();
	}

	/**
	 * A modifier that stays down until the next key has come, or goes up again.
	 * @param {string} code
	 */
	hold(code) {
		const down = !this.held.delete(code);
		if (down)
			this.held.add(code);
		this.send(code, down, 0);
		this.listener.held(this.held);
	}

	letGo() {
		if (!this.held.size)
			return;
		for (const code of this.held)
			this.send(code, false, 0);
		this.held.clear();
		this.listener.held(this.held);
	}

	/**
	 * Keys of a letter, whose case Caps Lock would change.
	 * @param {string[]} codes
	 */
	letters(codes) {
		if (this.guestLocks & CAPS_LOCK) {
			this.guestLocks &= ~CAPS_LOCK;
			this.listener.locks(this.guestLocks);
		}
		this.type(codes);
	}

	/**
	 * Keys that the browser or the system keeps for itself.
	 * @param {string[]} codes
	 */
	type(codes) {
		for (const code of codes)
			this.send(code, true, 0);
		for (const code of [...codes].reverse())
			this.send(code, false, 0);
		this.letGo();
	}
}
