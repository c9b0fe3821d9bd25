// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** SPICE's record channel: the user's microphone for the guest, when both want that; raw. */
import { Writer } from "./bytes.js";
import { Channel, RECORD } from "./channel.js";

const MSG_START = 101;
const MSG_STOP = 102;
const MSGC_DATA = 101;
const MSGC_MODE = 102;
const MSGC_START_MARK = 103;
const MODE_RAW = 1;
const FORMAT_S16 = 1;
const MAX_CHANNELS = 8;
const RATES = { least: 8000, most: 96000 };

/**
 * One voice as samples of a server's, the same on each of its channels.
 * @param {Float32Array} voice @param {number} channels
 */
export function samplesOf(voice, channels) {
	const out = new DataView(new ArrayBuffer(2 * channels * voice.length));
	voice.forEach((value, i) => {
		const sample = Math.max(-32768, Math.min(32767, Math.round(32768 * value)));
		for (let channel = 0; channel < channels; channel++)
			out.setInt16(2 * (i * channels + channel), sample, true);
	});
	return new Uint8Array(out.buffer);
}

/** @param {MediaStream} stream  that nobody listens to any more */
function silence(stream) {
	for (const track of stream.getTracks())
		track.stop();
}

/** The browser's microphone, at the rate that somebody wants. */
export class Microphone {
	/** @param {(error: Error) => void} [failed]  the microphone is open, and cannot be heard */
	constructor(failed = () => {}) {
		this.failed = failed;
		/** @type {MediaStream | null} */
		this.stream = null;
		/** @type {AudioContext | null} */
		this.context = null;
		this.asked = 0; // only the last question counts
	}

	/**
	 * Asks the user; fails when the user refuses, or there is none. Nothing opens when
	 * close() comes before the user's answer.
	 */
	async open() {
		const asked = ++this.asked;
		if (this.stream)
			return;
		const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
		if (asked === this.asked)
			this.stream = stream;
		else
			silence(stream);
	}

	/**
	 * Comes to nothing when rest() or another listen() comes before the browser is ready.
	 * @param {number} rate @param {(voice: Float32Array) => void} heard
	 */
	async listen(rate, heard) {
		this.rest();
		const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
		this.context = context;
		try {
			await context.audioWorklet.addModule(
				new URL("listener.js", import.meta.url).href);
			if (this.context === context && this.stream)
				this.tap(context, this.stream, heard);
		} catch (error) {
			if (this.context === context)
				this.failed(/** @type {Error} */ (error));
		}
	}

	/**
	 * @param {AudioContext} context @param {MediaStream} stream
	 * @param {(voice: Float32Array) => void} heard
	 */
	tap(context, stream, heard) {
		const node = new AudioWorkletNode(context, "osvdi-listener", { numberOfOutputs: 0,
			channelCount: 1, channelCountMode: "explicit" });
		node.port.onmessage = ({ data }) => heard(data);
		context.createMediaStreamSource(stream).connect(node);
	}

	/** Nobody listens; the microphone stays open. */
	rest() {
		this.context?.close().catch(() => {}); // is closed
		this.context = null;
	}

	close() {
		this.asked++;
		this.rest();
		if (this.stream)
			silence(this.stream);
		this.stream = null;
	}
}

export class Record {
	/**
	 * @param {import("./core.js").Core} core @param {import("./channel.js").Place} place
	 * @param {Microphone} microphone
	 */
	constructor(core, place, microphone) {
		this.microphone = microphone;
		this.channels = 0; // that the guest records; 0: it does not
		this.rate = 0;
		this.sending = false;
		this.since = performance.now();
		this.channel = new Channel(core, place, { type: RECORD, number: 0 }, {
			message: (type, payload) => this.message(type, payload),
			closed: () => this.stop(),
		});
	}

	/** @param {number} type @param {DataView} payload */
	message(type, payload) {
		if (type === MSG_START)
			this.start(payload.getUint32(0, true), payload.getUint16(4, true),
				payload.getUint32(6, true));
		else if (type === MSG_STOP)
			this.stop();
	}

	/** @param {number} channels @param {number} format @param {number} rate */
	start(channels, format, rate) {
		if (format !== FORMAT_S16 || !channels || channels > MAX_CHANNELS ||
				rate < RATES.least || rate > RATES.most)
			throw new RangeError("no sound of any card");
		this.stop();
		this.channels = channels;
		this.rate = rate;
		this.update();
	}

	stop() {
		this.channels = 0;
		this.update();
	}

	/** The user opened or closed the microphone, or the guest begins or ends to record. */
	update() {
		const send = this.channels > 0 && this.microphone.stream !== null;
		if (send === this.sending)
			return;
		this.sending = send;
		if (!send) {
			this.microphone.rest();
			return;
		}
		this.channel.send(MSGC_MODE, new Writer().u32(this.time()).u16(MODE_RAW).done());
		this.channel.send(MSGC_START_MARK, new Writer().u32(this.time()).done());
		this.microphone.listen(this.rate, (voice) => this.heard(voice));
	}

	/** @param {Float32Array} voice */
	heard(voice) {
		if (!this.sending)
			return;
		const samples = samplesOf(voice, this.channels);
		const message = new Uint8Array(4 + samples.length);
		new DataView(message.buffer).setUint32(0, this.time(), true);
		message.set(samples, 4);
		this.channel.send(MSGC_DATA, message);
	}

	/** Milliseconds, as the channel has them. */
	time() {
		return Math.round(performance.now() - this.since) >>> 0;
	}

	close() {
		this.channel.close();
		this.stop();
	}
}
