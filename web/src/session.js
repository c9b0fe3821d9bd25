// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A session with a desktop: its channels from the password to the end, and what the end
 * of one means.
 */
import { Agent } from "./agent.js";
import { Writer } from "./bytes.js";
import { Channel, CURSOR, DISPLAY, INPUTS, MAIN, PLAYBACK, PORT, RECORD,
	USB } from "./channel.js";
import { Clipboard, clipboardCaps } from "./clipboard.js";
import { Cursor } from "./cursor.js";
import { Files } from "./files.js";
import { Inputs } from "./inputs.js";
import { Record } from "./record.js";
import { Sound } from "./sound.js";
import { Witness } from "./witness.js";

/** @typedef {import("./channel.js").Cause | "silent" | "no-display" | "other-desktop"} Cause */

const MSG_INIT = 103;
const MSG_CHANNELS_LIST = 104;
const MSG_MOUSE_MODE = 105;
const MSG_AGENT_CONNECTED = 107;
const MSG_AGENT_DISCONNECTED = 108;
const MSG_AGENT_DATA = 109;
const MSG_AGENT_TOKEN = 110;
const MSG_NAME = 113;
const MSG_UUID = 114;
const MSG_AGENT_CONNECTED_TOKENS = 115;
const MSGC_ATTACH_CHANNELS = 104;
const MSGC_MOUSE_MODE_REQUEST = 105;
const MSGC_AGENT_TOKEN = 108;
const MOUSE_CLIENT = 2;
/** Capabilities of the main channel: name and UUID, tokens of a connected agent. */
const CAPS = 1 << 1 | 1 << 2;

/** A server that takes a connection has this long until the session stands. */
const SETUP_MS = 20000;
/** When one channel of a session ends, the others end within this time. */
const GRACE_MS = 1000;
/** Messages of the agent that are given back at once. */
const TOKENS = 5;

/**
 * @typedef {object} SessionListener
 * @property {() => void} opened                  all channels are there
 * @property {(cause: Cause) => void} ended       once; by itself
 * @property {() => void} taken                   instead: another viewer opened the desktop
 * @property {(name: string) => void} named
 * @property {(absolute: boolean) => void} mouse
 * @property {(css: string) => void} cursor
 * @property {(locks: number) => void} locks
 * @property {(content: import("./clipboard.js").Content) => void} copied  in the guest
 * @property {(name: string, share: number) => void} progress  of a file
 * @property {(name: string, cause: string) => void} failed    a file
 * @property {(busy: boolean) => void} busy                    with files
 * @property {(there: boolean) => void} usb       whether the guest takes devices
 * @property {(numbers: number[]) => void} displays  that the server has
 * @property {(there: boolean) => void} recordable  whether the guest has a microphone that is for
 *        the user's
 */

/** @param {DataView} view @param {number} at @param {number} size */
function bytesOf(view, at, size) {
	if (size > view.byteLength - at)
		throw new RangeError("a text that is not all there");
	return new Uint8Array(view.buffer, view.byteOffset + at, size).slice();
}

/** Sessions are counted: what the head still says of an earlier one is not for this one. */
let sessions = 0;

export class Session {
	/**
	 * @param {import("./core.js").Core} core
	 * @param {Worker} head
	 * @param {{ speaker: import("./sound.js").Speaker,
	 *           microphone: import("./record.js").Microphone }} devices
	 * @param {import("./parameters.js").Parameters & { uuid: string | null, guessed: boolean }}
	 *        address
	 *        uuid: the desktop that is expected; guessed: nobody knows what the end of the last
	 *        session meant
	 * @param {SessionListener} listener
	 */
	constructor(core, head, devices, address, listener) {
		this.core = core;
		this.head = head;
		this.devices = devices;
		this.serial = ++sessions;
		/** @type {number | undefined} */
		this.graceTimer = undefined;
		this.address = address;
		this.uuid = address.uuid;
		this.guessed = false; // as in address, of this session's end
		this.listener = listener;
		this.over = false;
		this.opened = false;
		this.mainEnded = false;
		this.othersEnded = false;
		/** @type {Inputs | null} */
		this.inputs = null;
		/** @type {Cursor | null} */
		this.cursor = null;
		/** @type {Record | null} */
		this.record = null;
		/** @type {Sound | null} */
		this.sound = null;
		/** @type {Witness | null} */
		this.witness = null;
		/** @type {number[]} */
		this.displays = []; // that the server has
		/** @type {number[]} */
		this.ports = [];
		/** @type {Set<Worker>} */
		this.heads = new Set(); // of further displays
		this.endedAt = 0; // the first channel
		this.given = 0; // messages of the agent since it got tokens
		this.connection = 0;
		this.agent = new Agent((type, payload) => this.main.send(type, payload),
			clipboardCaps(address.clipboard));
		this.clipboard = new Clipboard(this.agent, address.clipboard, listener.copied);
		this.files = new Files(this.agent, address.files, listener);
		this.setupTimer = setTimeout(() => this.finish("silent"), SETUP_MS);
		this.main = new Channel(core, this.place(), { type: MAIN, number: 0, caps: CAPS }, {
			message: (type, payload) => this.message(type, payload),
			closed: (cause) => {
				this.mainEnded = true;
				this.ended(cause);
			},
		});
	}

	place() {
		const { url, protocols, password } = this.address;
		return { url, protocols, password, connection: this.connection };
	}

	/* ---- the main channel ---------------------------------------------------- */

	/** @param {number} type @param {DataView} payload */
	message(type, payload) {
		switch (type) {
		case MSG_INIT:
			this.begin(payload);
			break;
		case MSG_CHANNELS_LIST:
			this.openChannels(payload);
			break;
		case MSG_MOUSE_MODE:
			this.setMouse(payload.getUint16(0, true), payload.getUint16(2, true));
			break;
		case MSG_NAME:
			this.listener.named(new TextDecoder()
				.decode(bytesOf(payload, 4, payload.getUint32(0, true)))
				.replace(/\0.*$/s, ""));
			break;
		case MSG_UUID:
			this.compare(bytesOf(payload, 0, 16).join());
			break;
		default:
			this.agentMessage(type, payload);
		}
	}

	/** @param {number} type @param {DataView} payload */
	agentMessage(type, payload) {
		if (type === MSG_AGENT_CONNECTED_TOKENS)
			this.agent.connected(payload.getUint32(0, true));
		else if (type === MSG_AGENT_CONNECTED)
			this.agent.connected(1);
		else if (type === MSG_AGENT_DISCONNECTED)
			this.agent.disconnected();
		else if (type === MSG_AGENT_TOKEN)
			this.agent.addTokens(payload.getUint32(0, true));
		else if (type === MSG_AGENT_DATA)
			this.agentData(payload);
	}

	/** @param {DataView} payload */
	agentData(payload) {
		if (++this.given === TOKENS) {
			this.given = 0;
			this.main.send(MSGC_AGENT_TOKEN, new Writer().u32(TOKENS).done());
		}
		this.agent.take(payload);
	}

	/** @param {DataView} init */
	begin(init) {
		this.connection = init.getUint32(0, true);
		this.setMouse(init.getUint32(8, true), init.getUint32(12, true));
		if (init.getUint32(16, true))
			this.agent.connected(init.getUint32(20, true));
		this.main.send(MSGC_ATTACH_CHANNELS, new Uint8Array(0));
	}

	/** @param {number} possible @param {number} mode */
	setMouse(possible, mode) {
		if (possible & MOUSE_CLIENT && mode !== MOUSE_CLIENT)
			this.main.send(MSGC_MOUSE_MODE_REQUEST,
				new Writer().u16(MOUSE_CLIENT).done());
		this.listener.mouse(mode === MOUSE_CLIENT);
	}

	/**
	 * A port is given to another desktop when one ends.
	 * @param {string} uuid
	 */
	compare(uuid) {
		if (this.uuid !== null && this.uuid !== uuid)
			this.finish("other-desktop");
		this.uuid = uuid;
	}

	/* ---- the others ------------------------------------------------------------ */

	/** @param {DataView} list */
	openChannels(list) {
		/** @type {Map<number, Set<number>>} */
		const there = new Map();
		if (this.inputs || this.over)
			return; // a list of what came later
		for (let i = 0; i < list.getUint32(0, true); i++) {
			const type = list.getUint8(4 + 2 * i);
			const numbers = there.get(type) ?? new Set();
			there.set(type, numbers.add(list.getUint8(5 + 2 * i)));
		}
		if (!there.get(DISPLAY)?.has(0)) {
			this.finish("no-display");
			return;
		}
		this.displays = [...there.get(DISPLAY) ?? []];
		this.ports = [...there.get(PORT) ?? []];
		this.head.postMessage({ type: "connect", serial: this.serial, place: this.place(),
			number: 0, ports: this.ports, link: null });
		if (there.has(INPUTS))
			this.inputs = new Inputs(this.core, this.place(), {
				locks: this.listener.locks,
				closed: (cause) => this.otherEnded(cause),
			});
		if (there.has(CURSOR))
			this.cursor = new Cursor(this.core, this.place(), {
				shape: this.listener.cursor,
				closed: () => {},
			});
		if (there.has(PLAYBACK) && this.address.sound)
			this.sound = new Sound(this.core, this.place(), this.devices.speaker);
		if (there.has(RECORD) && this.address.microphone)
			this.record = new Record(this.core, this.place(), this.devices.microphone);
		this.listener.recordable(this.record !== null);
		this.listener.displays(this.displays);
		this.listener.usb(there.has(USB));
	}

	/**
	 * A further display: its worker shares the port of the first one's.
	 * @param {number} number @param {Worker} worker
	 */
	openHead(number, worker) {
		if (this.over || !this.displays.includes(number))
			return;
		const { port1, port2 } = new MessageChannel();
		const shared = this.ports.length > 0;
		this.heads.add(worker);
		worker.postMessage({ type: "connect", serial: this.serial, place: this.place(),
			number, ports: this.ports, link: shared ? port2 : null },
			shared ? [port2] : []);
		if (shared)
			this.head.postMessage({ type: "join", number, link: port1 }, [port1]);
	}

	/** @param {number} number @param {Worker} worker */
	closeHead(number, worker) {
		this.heads.delete(worker);
		this.head.postMessage({ type: "leave", number });
		this.head.postMessage({ type: "monitor", number, width: 0, height: 0 });
		this.agent.switchOff(number);
	}

	/**
	 * Whether what a worker says counts: of this session, and not after the end.
	 * @param {number} serial
	 */
	hears(serial) {
		return serial === this.serial && !this.over;
	}

	/** The head says so. */
	displayOpened() {
		clearTimeout(this.setupTimer);
		this.opened = true;
		this.witness = new Witness(this.place());
		this.listener.opened();
	}

	/** @param {Cause} cause */
	otherEnded(cause) {
		this.othersEnded = true;
		this.ended(cause);
	}

	/* ---- the end --------------------------------------------------------------- */

	/** @param {Cause} cause */
	ended(cause) {
		if (this.over || (this.graceTimer && cause === "closed"))
			return;
		if (!this.opened || cause !== "closed") {
			this.finish(cause);
			return;
		}
		this.endedAt = performance.now();
		this.graceTimer = setTimeout(() => this.judge(cause), GRACE_MS);
	}

	/** @param {Cause} cause */
	async judge(cause) {
		const taken = await this.wasTaken();
		if (this.over)
			return;
		this.close();
		if (taken)
			this.listener.taken();
		else
			this.listener.ended(cause);
	}

	/** Whether the server ended the session, and no more than that. */
	async wasTaken() {
		if (!this.mainEnded || !this.othersEnded || !this.witness)
			return false;
		const state = this.witness.state(this.endedAt);
		if (state === "there")
			return this.witness.ask(this.core);
		// Nobody knows: to come back twice is to fight for the desktop.
		this.guessed = state === "none";
		return this.guessed && this.address.guessed;
	}

	/** @param {Cause} cause */
	finish(cause) {
		if (this.over)
			return;
		this.close();
		this.listener.ended(cause);
	}

	/** Without a word to the listener. */
	close() {
		this.over = true;
		clearTimeout(this.setupTimer);
		clearTimeout(this.graceTimer);
		this.files.lose("file-lost");
		for (const head of [this.head, ...this.heads])
			head.postMessage({ type: "disconnect" });
		this.main.close();
		this.inputs?.close();
		this.cursor?.close();
		this.sound?.close();
		this.record?.close();
		this.witness?.close();
		this.inputs = this.cursor = this.sound = this.record = this.witness = null;
	}

	/**
	 * Pixels that the guest's screen is to have.
	 * @param {number} width @param {number} height
	 * @param {number} [number]  of the display
	 */
	resize(width, height, number = 0) {
		this.head.postMessage({ type: "monitor", number, width, height });
		this.agent.resize(width, height, number);
	}
}
