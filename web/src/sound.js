// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** SPICE's playback channel: the guest's sound, raw or Opus, to the worklet that plays it. */
import { Channel, PLAYBACK } from "./channel.js";

const MSG_DATA = 101;
const MSG_MODE = 102;
const MSG_START = 103;
const MSG_STOP = 104;
const MSG_VOLUME = 105;
const MSG_MUTE = 106;
const CAP_VOLUME = 1 << 1;
const CAP_OPUS = 1 << 3;
const MODE_RAW = 1;
const MODE_OPUS = 3;
const FORMAT_S16 = 1;
const FULL_VOLUME = 0xffff;
const MAX_CHANNELS = 8;
const RATES = { least: 8000, most: 96000 };
const OPUS = { codec: "opus", sampleRate: 48000, numberOfChannels: 2 };

/** @returns {Promise<boolean>} */
async function knowsOpus() {
	try {
		return (await AudioDecoder.isConfigSupported(OPUS)).supported === true;
	} catch {
		return false; // a browser without AudioDecoder: raw sound
	}
}

/**
 * A plane of samples between -1 and 1 for each channel.
 * @param {DataView} data @param {number} at @param {number} channels
 */
export function planesOf(data, at, channels) {
	const n = Math.floor((data.byteLength - at) / (2 * channels));
	return Array.from({ length: channels }, (_none, channel) => {
		const plane = new Float32Array(n);
		for (let i = 0; i < n; i++)
			plane[i] = data.getInt16(at + 2 * (i * channels + channel), true) / 32768;
		return plane;
	});
}

/**
 * @typedef {object} SoundReport
 * @property {number} gaps     times that nothing was there to play, while the guest played
 * @property {number} skipped  samples that were left out, because too many were waiting
 * @property {number} waiting  milliseconds of sound that wait to be played
 */

/** Plays samples. A speaker outlives a session: a browser lets a page have few of them. */
export class Speaker {
	constructor() {
		/** @type {AudioContext | null} */
		this.context = null;
		/** @type {AudioWorkletNode | null} */
		this.node = null;
		/** @type {GainNode | null} */
		this.gain = null;
		this.volume = 1;
		this.serial = 0;
		/** @type {SoundReport} */
		this.report = { gaps: 0, skipped: 0, waiting: 0 };
		// Browsers let a page be heard when the user has done something there.
		for (const type of ["keydown", "pointerdown"])
			addEventListener(type, () =>
				this.context?.state === "suspended" && this.context.resume(),
				{ capture: true });
	}

	/** @param {number} channels @param {number} rate */
	async start(channels, rate) {
		this.stop();
		const serial = ++this.serial;
		const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
		this.context = context;
		await context.audioWorklet.addModule(new URL("speaker.js", import.meta.url).href);
		if (serial !== this.serial)
			return;
		this.node = new AudioWorkletNode(context, "osvdi-speaker", { numberOfInputs: 0,
			outputChannelCount: [channels] });
		this.node.port.onmessage = ({ data }) => {
			this.report = data;
		};
		this.gain = context.createGain();
		this.node.connect(this.gain).connect(context.destination);
		this.setVolume(this.volume);
	}

	/**
	 * Samples that come while the page may not be heard are lost.
	 * @param {Float32Array[]} planes
	 */
	play(planes) {
		if (this.context?.state === "running")
			this.node?.port.postMessage({ planes },
				planes.map((plane) => plane.buffer));
	}

	/** The sound so far ends with its last sample: that is no gap. */
	pause() {
		this.node?.port.postMessage({ pause: true });
	}

	/** @param {number} volume */
	setVolume(volume) {
		this.volume = volume;
		if (this.gain)
			this.gain.gain.value = volume;
	}

	stop() {
		this.serial++;
		this.node?.disconnect();
		this.context?.close().catch(() => {}); // is closed
		this.context = this.node = this.gain = null;
	}
}

export class Sound {
	/**
	 * @param {import("./core.js").Core} core @param {import("./channel.js").Place} place
	 * @param {Speaker} speaker
	 */
	constructor(core, place, speaker) {
		this.speaker = speaker;
		this.mode = MODE_RAW;
		this.opus = false; // was offered
		this.channels = 0; // of what plays; 0: nothing
		this.rate = 0;
		this.volume = 1;
		this.muted = false;
		this.closed = false;
		/** @type {AudioDecoder | null} */
		this.decoder = null;
		/** @type {Channel | null} */
		this.channel = null;
		knowsOpus().then((opus) => {
			if (!this.closed)
				this.open(core, place, opus);
		});
	}

	/**
	 * @param {import("./core.js").Core} core
	 * @param {import("./channel.js").Place} place
	 * @param {boolean} opus
	 */
	open(core, place, opus) {
		this.opus = opus;
		this.channel = new Channel(core, place, { type: PLAYBACK, number: 0,
			caps: CAP_VOLUME | (opus ? CAP_OPUS : 0) }, {
			message: (type, payload) => this.message(type, payload),
			closed: () => this.stop(), // a session goes on without sound
		});
	}

	/** @param {number} type @param {DataView} payload */
	message(type, payload) {
		switch (type) {
		case MSG_START:
			this.start(payload.getUint32(0, true), payload.getUint16(4, true),
				payload.getUint32(6, true));
			break;
		case MSG_MODE:
			this.mode = payload.getUint16(4, true);
			break;
		case MSG_DATA:
			this.data(payload);
			break;
		case MSG_STOP:
			this.channels = 0;
			this.speaker.pause();
			break;
		case MSG_VOLUME:
			this.volume = loudest(payload) / FULL_VOLUME;
			this.setVolume();
			break;
		case MSG_MUTE:
			this.muted = payload.getUint8(0) !== 0;
			this.setVolume();
			break;
		}
	}

	/** @param {number} channels @param {number} format @param {number} rate */
	start(channels, format, rate) {
		this.closeDecoder();
		this.channels = 0;
		if (format !== FORMAT_S16 || !channels || channels > MAX_CHANNELS ||
				rate < RATES.least || rate > RATES.most)
			throw new RangeError("no sound of any card");
		this.channels = channels;
		this.rate = rate;
		this.speaker.start(channels, rate);
		this.setVolume();
	}

	/** @param {DataView} payload  time, samples or a packet */
	data(payload) {
		if (!this.channels)
			return;
		if (this.mode === MODE_OPUS && !this.opus)
			throw new RangeError("packets that nobody can decode");
		if (this.mode === MODE_RAW)
			this.speaker.play(planesOf(payload, 4, this.channels));
		else if (this.mode === MODE_OPUS)
			this.decode(new Uint8Array(payload.buffer, payload.byteOffset + 4,
				payload.byteLength - 4), payload.getUint32(0, true));
	}

	/** @param {Uint8Array} packet @param {number} time milliseconds */
	decode(packet, time) {
		if (this.decoder?.state !== "configured") {
			// The next packet gets another one.
			this.decoder = new AudioDecoder({ output: (data) => this.decoded(data),
				error: () => {} });
			this.decoder.configure({ ...OPUS, sampleRate: this.rate,
				numberOfChannels: this.channels });
		}
		this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: 1000 * time,
			data: packet }));
	}

	/** @param {AudioData} data */
	decoded(data) {
		const channels = data.numberOfChannels;
		const planes = Array.from({ length: channels }, (_none, planeIndex) => {
			const plane = new Float32Array(data.numberOfFrames);
			data.copyTo(plane, { planeIndex, format: "f32-planar" });
			return plane;
		});
		data.close();
		if (this.channels)
			this.speaker.play(planes);
	}

	setVolume() {
		this.speaker.setVolume(this.muted ? 0 : this.volume);
	}

	closeDecoder() {
		if (this.decoder && this.decoder.state !== "closed")
			this.decoder.close();
		this.decoder = null;
	}

	stop() {
		this.closeDecoder();
		this.channels = 0;
		this.speaker.stop();
	}

	close() {
		this.closed = true;
		this.channel?.close();
		this.stop();
	}
}

/** @param {DataView} volumes  their number, and one for each channel */
function loudest(volumes) {
	let volume = 0;
	for (let i = 0; i < volumes.getUint8(0); i++)
		volume = Math.max(volume, volumes.getUint16(1 + 2 * i, true));
	return volume;
}
