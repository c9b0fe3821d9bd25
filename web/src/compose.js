// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Text that comes without keys: from a phone's keyboard, an input method, a voice. A field
 * takes the text; the guest gets the keys of a layout, or else the text by its clipboard.
 */

/** Something for Backspace to take away: browsers tell nothing of it in an empty field. */
const REST = "\u00a0\u00a0";
/** A field that is longer begins anew. */
const MAX_FIELD = 200;

/**
 * @typedef {object} ComposeListener
 * @property {(codes: string[]) => void} type  keys, down and up again
 * @property {(text: string) => Promise<void>} paste  text that no keys of the layout make;
 *           when the promise is kept, keys may follow
 */

/** @param {string} a @param {string} b */
function commonLength(a, b) {
	let n = 0;
	while (n < a.length && n < b.length && a[n] === b[n])
		n++;
	return n;
}

export class Compose {
	/**
	 * @param {HTMLTextAreaElement} field
	 * @param {Map<string, string[]>} keys  of each letter
	 * @param {ComposeListener} listener
	 */
	constructor(field, keys, listener) {
		this.field = field;
		this.keys = keys;
		this.listener = listener;
		this.value = REST; // that the guest has
		this.composing = false;
		/** @type {Promise<unknown> | null} */
		this.pasting = null; // later keys wait
		field.addEventListener("compositionstart", () => this.compose(true));
		field.addEventListener("compositionend", () => this.compose(false));
		field.addEventListener("input", () => this.changed());
		field.addEventListener("focus", () => this.clear());
		// The field's own clipboard is of no use.
		field.addEventListener("paste", (event) => event.preventDefault());
	}

	/**
	 * Whether the field is to have a key, not the guest.
	 * @param {KeyboardEvent} event @param {boolean} touch  the keyboard is one of a screen
	 */
	wants(event, touch) {
		return event.isComposing || event.keyCode === 229 || !event.code ||
			(touch && event.key.length === 1 && !event.ctrlKey && !event.altKey &&
				!event.metaKey);
	}

	/** @param {boolean} now */
	compose(now) {
		this.composing = now;
		this.field.classList.toggle("composing", now);
		if (!now)
			this.changed();
	}

	clear() {
		this.value = REST;
		this.field.value = REST;
		this.field.setSelectionRange(REST.length, REST.length);
	}

	/** @param {string} text */
	hasKeys(text) {
		return [...text].every((letter) => this.keys.has(letter));
	}

	/**
	 * The field has other text than the guest. Phones compose each word, letter by letter, and
	 * people want to see the letters; an input method's signs come when they are chosen.
	 */
	changed() {
		const value = this.field.value;
		const n = commonLength(value, this.value);
		const added = value.slice(n);
		if (this.composing && !this.hasKeys(added))
			return;
		const gone = [...this.value.slice(n)].length;
		this.value = value;
		this.then(() => this.send(gone, added));
		if (!this.composing && (value.length < REST.length || value.length > MAX_FIELD ||
				added.includes("\n")))
			this.clear();
	}

	/**
	 * Behind all that came before.
	 * @param {() => Promise<unknown> | null} run
	 */
	then(run) {
		const next = this.pasting ? this.pasting.then(run) : run();
		this.pasting = next;
		next?.then(() => {
			if (this.pasting === next)
				this.pasting = null;
		});
	}

	/** @param {number} gone @param {string} added */
	send(gone, added) {
		for (let i = 0; i < gone; i++)
			this.listener.type(["Backspace"]);
		if (!this.hasKeys(added))
			return this.listener.paste(added);
		for (const letter of added)
			this.listener.type(this.keys.get(letter) ?? []);
		return null;
	}
}
