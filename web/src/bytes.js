// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** Little-endian messages to a server. */

export class Writer {
	constructor() {
		/** @type {number[]} */
		this.bytes = [];
	}

	/** @param {number} value */
	u8(value) {
		this.bytes.push(value & 0xff);
		return this;
	}

	/** @param {number} value */
	u16(value) {
		return this.u8(value).u8(value >> 8);
	}

	/** @param {number} value */
	u32(value) {
		return this.u16(value).u16(value >>> 16);
	}

	/** @param {number} value below 2^53 */
	u64(value) {
		return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
	}

	/** @returns {Uint8Array} */
	done() {
		return new Uint8Array(this.bytes);
	}
}
