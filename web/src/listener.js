// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The worklet that listens: a hundredth of a second at a time. */

class ListenerProcessor extends AudioWorkletProcessor {
	constructor() {
		super();
		this.size = Math.round(sampleRate / 100);
		this.block = new Float32Array(this.size);
		this.n = 0;
	}

	/** @param {Float32Array[][]} inputs */
	process(inputs) {
		const voice = inputs[0][0];
		for (let at = 0; voice && at < voice.length;) {
			const step = Math.min(voice.length - at, this.size - this.n);
			this.block.set(voice.subarray(at, at + step), this.n);
			this.n += step;
			at += step;
			if (this.n === this.size)
				this.give();
		}
		return true;
	}

	give() {
		this.port.postMessage(this.block, [this.block.buffer]);
		this.block = new Float32Array(this.size);
		this.n = 0;
	}
}

registerProcessor("osvdi-listener", ListenerProcessor);
