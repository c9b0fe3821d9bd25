// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** Samples between a network and a sound card. */

/** That wait before the first is played, seconds. */
const FIRST_S = 0.06;
/** More than that is never waited for. */
const MOST_S = 0.3;
/** After a gap, so many times as much. */
const MORE = 1.5;
/** Samples beyond the reserve are delay: the network caught up, or the clocks differ. */
const TOO_MUCH_S = 0.15;

export class Reserve {
	/** @param {number} rate samples of a second */
	constructor(rate) {
		this.rate = rate;
		this.wanted = Math.round(FIRST_S * rate);
		/** @type {Float32Array[][]} blocks of planes */
		this.blocks = [];
		this.at = 0;       // in the first block
		this.waiting = 0;  // samples
		this.playing = false;
		this.ending = false; // no more comes for now
		this.gaps = 0;
		this.skipped = 0;
	}

	/** @param {Float32Array[]} planes */
	add(planes) {
		this.ending = false;
		this.blocks.push(planes);
		this.waiting += planes[0].length;
		const most = this.wanted + Math.round(TOO_MUCH_S * this.rate);
		if (this.waiting > most)
			this.skip(this.waiting - this.wanted);
	}

	pause() {
		this.ending = true;
	}

	/** @param {number} n samples */
	skip(n) {
		this.skipped += n;
		this.waiting -= n;
		while (n > 0) {
			const step = Math.min(n, this.blocks[0][0].length - this.at);
			this.advance(step);
			n -= step;
		}
	}

	/** @param {number} n samples of the first block */
	advance(n) {
		this.at += n;
		if (this.at < this.blocks[0][0].length)
			return;
		this.blocks.shift();
		this.at = 0;
	}

	/**
	 * Fills what is to be played next; what is not there is silence.
	 * @param {Float32Array[]} out
	 */
	take(out) {
		const size = out[0].length;
		if (!this.playing && (this.waiting >= this.wanted || (this.ending && this.waiting)))
			this.playing = true;
		if (!this.playing)
			return;
		let done = 0;
		while (done < size && this.blocks.length) {
			const step = Math.min(size - done, this.blocks[0][0].length - this.at);
			this.copy(out, done, step);
			this.advance(step);
			done += step;
		}
		this.waiting -= done;
		if (done < size)
			this.ranDry();
	}

	/** @param {Float32Array[]} out @param {number} to @param {number} n */
	copy(out, to, n) {
		const block = this.blocks[0];
		out.forEach((plane, channel) =>
			plane.set(block[Math.min(channel, block.length - 1)]
				.subarray(this.at, this.at + n), to));
	}

	ranDry() {
		this.playing = false;
		if (this.ending)
			return;
		this.gaps++;
		this.wanted = Math.min(Math.round(MORE * this.wanted),
			Math.round(MOST_S * this.rate));
	}

	report() {
		return { gaps: this.gaps, skipped: this.skipped,
			waiting: Math.round(1000 * this.waiting / this.rate) };
	}
}
