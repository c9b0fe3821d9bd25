// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** SPICE's inputs channel: keys, the pointer's place or motion, buttons. */
import { Writer } from "./bytes.js";
import { Channel, INPUTS } from "./channel.js";

const MSG_INIT = 101;
const MSG_KEY_MODIFIERS = 102;
const MSG_MOTION_ACK = 111;
const MSGC_KEY_DOWN = 101;
const MSGC_KEY_UP = 102;
const MSGC_KEY_MODIFIERS = 103;
const MSGC_MOTION = 111;
const MSGC_POSITION = 112;
const MSGC_PRESS = 113;
const MSGC_RELEASE = 114;

/**
 * The server acknowledges this many messages of the pointer at once; twice as many may be on
 * their way.
 */
const BUNCH = 4;

export class Inputs {
	/**
	 * @param {import("./core.js").Core} core @param {import("./channel.js").Place} place
	 * @param {{ locks: (locks: number) => void,
	 *           closed: (cause: import("./channel.js").Cause) => void }} listener
	 */
	constructor(core, place, listener) {
		this.listener = listener;
		this.channel = new Channel(core, place, { type: INPUTS, number: 0 }, {
			message: (type, payload) => this.message(type, payload),
			closed: listener.closed,
		});
		this.onTheWay = 0;
		/** @type {(() => void) | null} */
		this.next = null; // only the newest place counts
		this.buttons = 0;
		this.motion = { x: 0, y: 0 };
	}

	/** @param {number} type @param {DataView} payload */
	message(type, payload) {
		if (type === MSG_INIT || type === MSG_KEY_MODIFIERS)
			this.listener.locks(payload.getUint16(0, true));
		else if (type === MSG_MOTION_ACK)
			this.acknowledged();
	}

	acknowledged() {
		this.onTheWay = Math.max(0, this.onTheWay - BUNCH);
		this.flush();
	}

	flush() {
		if (!this.next || this.onTheWay >= 2 * BUNCH)
			return;
		this.onTheWay++;
		this.next();
		this.next = null;
	}

	/** @param {number} code @param {boolean} down */
	key(code, down) {
		this.channel.send(down ? MSGC_KEY_DOWN : MSGC_KEY_UP,
			new Writer().u32(code).done());
	}

	/** @param {number} locks */
	locks(locks) {
		this.channel.send(MSGC_KEY_MODIFIERS, new Writer().u16(locks).done());
	}

	/** @param {number} x @param {number} y @param {number} [display] */
	position(x, y, display = 0) {
		this.next = () => this.channel.send(MSGC_POSITION,
			new Writer().u32(x).u32(y).u16(this.buttons).u8(display).done());
		this.flush();
	}

	/** @param {number} dx @param {number} dy */
	move(dx, dy) {
		this.motion.x += dx;
		this.motion.y += dy;
		this.next = () => {
			const { x, y } = this.motion;
			this.motion = { x: 0, y: 0 };
			this.channel.send(MSGC_MOTION,
				new Writer().u32(x).u32(y).u16(this.buttons).done());
		};
		this.flush();
	}

	/**
	 * @param {number} button from 1 on: left, middle, right, wheel up, wheel down
	 * @param {boolean} down
	 */
	button(button, down) {
		const bit = button <= 3 ? 1 << (button - 1) : 0;
		if (this.next) { // a click is where the pointer is
			this.onTheWay++;
			this.next();
			this.next = null;
		}
		this.buttons = down ? this.buttons | bit : this.buttons & ~bit;
		this.channel.send(down ? MSGC_PRESS : MSGC_RELEASE,
			new Writer().u8(button).u16(this.buttons).done());
	}

	close() {
		this.channel.close();
	}
}
