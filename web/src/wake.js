// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** Keeps the computer's screen on while the desktop fills it. */

export class WakeLock {
	constructor() {
		this.wanted = false;
		/** @type {{ release: () => Promise<void> } | null} */
		this.lock = null;
		// Browsers take the lock away from a page that nobody sees.
		document.addEventListener("visibilitychange", () => {
			if (document.visibilityState === "visible")
				this.set(this.wanted);
		});
	}

	/** @param {boolean} wanted */
	async set(wanted) {
		this.wanted = wanted;
		const old = this.lock;
		this.lock = null;
		await old?.release().catch(() => {}); // was taken away before
		if (!wanted || document.visibilityState !== "visible")
			return;
		try {
			const lock = await /** @type {any} */ (navigator)
				.wakeLock?.request("screen");
			if (this.wanted && !this.lock)
				this.lock = lock ?? null;
			else
				await lock?.release();
		} catch (error) {
			if (/** @type {any} */ (error).name !== "NotAllowedError")
				throw error; // a low battery is the browser's reason to refuse
		}
	}
}
