// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The worklet that plays: keeps a little sound waiting, so that a network that stumbles is
 * not heard. It waits for more after each gap, and keeps more from then on.
 */
import { Reserve } from "./reserve.js";

const REPORT_S = 0.5;

class SpeakerProcessor extends AudioWorkletProcessor {
	constructor() {
		super();
		this.reserve = new Reserve(sampleRate);
		this.reportedAt = 0;
		this.port.onmessage = ({ data }) => {
			if (data.pause)
				this.reserve.pause();
			else
				this.reserve.add(data.planes);
		};
	}

	/** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
	process(_inputs, outputs) {
		this.reserve.take(outputs[0]);
		if (currentTime - this.reportedAt >= REPORT_S) {
			this.reportedAt = currentTime;
			this.port.postMessage(this.reserve.report());
		}
		return true;
	}
}

registerProcessor("osvdi-speaker", SpeakerProcessor);
