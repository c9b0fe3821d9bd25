// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The browser's clipboard. Browsers let a page write when it has the focus, Firefox only
 * while the user does something, and read when the user pastes, or has allowed it.
 */
import { same } from "./clipboard.js";

/** @typedef {import("./clipboard.js").Content} Content */

/**
 * Text and PNG image of a paste.
 * @param {DataTransfer} data
 * @returns {Promise<Content>}
 */
async function pasted(data) {
	const image = [...data.files].find((file) => file.type === "image/png");
	const text = data.types.includes("text/plain") ? data.getData("text/plain") : undefined;
	return {
		...text !== undefined ? { text } : {},
		...image ? { png: new Uint8Array(await image.arrayBuffer()) } : {},
	};
}

/** Whether the user has allowed the page to read at any time. */
async function mayRead() {
	try {
		const name = /** @type {any} */ ("clipboard-read");
		return (await navigator.permissions.query({ name })).state === "granted";
	} catch {
		return false; // a browser that has no such thing
	}
}

/** @returns {Promise<Content>} */
async function read() {
	/** @type {Content} */
	const content = {};
	for (const item of await navigator.clipboard.read()) {
		if (item.types.includes("text/plain"))
			content.text = await (await item.getType("text/plain")).text();
		if (item.types.includes("image/png")) {
			const png = await item.getType("image/png");
			content.png = new Uint8Array(await png.arrayBuffer());
		}
	}
	return content;
}

export class Exchange {
	/**
	 * @param {(content: Content) => boolean} offer  to the guest; false: it does not take it or
	 *        has it
	 * @param {() => boolean} takes  whether the guest takes anything
	 * @param {(fresh: boolean) => void} pasted  the user pasted; fresh: something that the
	 *        guest did not have
	 */
	constructor(offer, takes, pasted) {
		this.offer = offer;
		this.takes = takes;
		this.pasted = pasted;
		/** @type {Content | null} */
		this.waiting = null; // for the browser to take it
		/** @type {Content} */
		this.fromGuest = {}; // which does not go back there
		this.listen(document);
		for (const type of ["keydown", "pointerup"])
			addEventListener(type, () => this.retry(), { capture: true });
		addEventListener("focus", () => this.returned());
	}

	/**
	 * Takes what is pasted there.
	 * @param {Document} page
	 */
	listen(page) {
		page.addEventListener("paste", (event) => {
			if (event.clipboardData && !(event.target instanceof HTMLInputElement))
				this.paste(event.clipboardData);
		});
	}

	/** @param {DataTransfer} data */
	async paste(data) {
		this.pasted(this.give(await pasted(data)));
	}

	/** @param {Content} content */
	give(content) {
		return !same(content, this.fromGuest) && this.offer(content);
	}

	/** The user is back, and may have copied something elsewhere. */
	async returned() {
		await this.retry();
		if (!this.takes() || !await mayRead())
			return;
		// The focus has gone again.
		await read().then((content) => this.give(content), () => {});
	}

	/** @param {Content} content that was copied in the guest */
	async write(content) {
		this.waiting = content;
		this.fromGuest = content;
		await this.retry();
	}

	/** Until the browser lets us. */
	async retry() {
		const content = this.waiting;
		if (!content)
			return;
		try {
			if (content.png)
				await navigator.clipboard.write([new ClipboardItem({
					"image/png": new Blob([content.png], { type: "image/png" }),
				})]);
			else
				await navigator.clipboard.writeText(content.text ?? "");
		} catch (error) {
			if (/** @type {any} */ (error).name !== "NotAllowedError" &&
					this.waiting === content)
				// No PNG, say: it will not be taken later either.
				this.waiting = null;
			return;
		}
		if (this.waiting === content)
			this.waiting = null;
	}
}
