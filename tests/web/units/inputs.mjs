// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of hands on their way to the guest: what the inputs channel sends and holds back, the
// pointer between page and guest, and the guest's cursor.
import assert from "node:assert";
import { Cursor } from "../../../web/src/cursor.js";
import { Inputs } from "../../../web/src/inputs.js";
import { Pointer } from "../../../web/src/pointer.js";
import { View } from "../../../web/src/view.js";
import { bytes, Clock, CURSOR, freshCore, INPUTS, recorder, Server, settle, u16, u32, u64, u8,
	until, words } from "./play.mjs";

const PLACE = { url: "ws://desk/", protocols: [], password: "", connection: 7 };

/* ---- the inputs channel ------------------------------------------------------------------ */

async function desk() {
	const server = new Server([]);
	const said = [];
	const inputs = new Inputs(await freshCore(), PLACE, recorder(said));
	await until(() => server.at(INPUTS));
	const peer = server.at(INPUTS);
	const take = () => peer.got.splice(0).map(([type, payload]) => {
		const at = (i) => payload.readInt32LE(4 * i);
		switch (type) {
		case 101: return "down " + payload.readUInt32LE(0).toString(16);
		case 102: return "up " + payload.readUInt32LE(0).toString(16);
		case 103: return "locks " + payload.readUInt16LE(0);
		case 111: return `by ${at(0)},${at(1)} buttons ${payload.readUInt16LE(8)}`;
		case 112: return `at ${at(0)},${at(1)} buttons ${payload.readUInt16LE(8)} ` +
			`display ${payload[10]}`;
		default: return `${type === 113 ? "press" : "release"} ${payload[0]} buttons ` +
			payload.readUInt16LE(1);
		}
	}).join("; ");
	return { inputs, peer, said, take, acknowledge: () => peer.say(111) };
}

export async function inputsSends() {
	const { inputs, peer, said, take } = await desk();
	inputs.key(0x1e, true);
	inputs.key(0xb8e0, false);
	inputs.locks(5);
	inputs.position(70000, 3, 1);
	inputs.button(1, true);
	inputs.button(3, true);
	inputs.button(1, false);
	inputs.button(4, true); // a wheel holds no button down
	inputs.button(4, false);
	assert.equal(take(), "down 1e; up b8e0; locks 5; at 70000,3 buttons 0 display 1; " +
		"press 1 buttons 1; press 3 buttons 5; release 1 buttons 4; press 4 buttons 4; " +
		"release 4 buttons 4");
	inputs.move(-3, 7);
	assert.equal(take(), "by -3,7 buttons 4");
	peer.say(101, bytes(u16(2)));
	peer.say(102, bytes(u16(0x104)));
	assert.deepEqual(said, [["locks", 2], ["locks", 0x104]]);
	peer.say(102, bytes(u8(1)));
	assert.deepEqual(said.at(-1), ["closed", "damaged"]);
	inputs.key(0x1e, true); // nobody is there any more
	inputs.position(1, 1);
	inputs.close();
}

/** A server that is slow gets the newest place only, and clicks where the pointer is. */
export async function inputsSlowly() {
	const { inputs, take, acknowledge } = await desk();
	for (let x = 0; x < 20; x++)
		inputs.position(x, 0);
	assert.equal(take(), [0, 1, 2, 3, 4, 5, 6, 7].map((x) => `at ${x},0 buttons 0 display 0`)
		.join("; "));
	acknowledge();
	assert.equal(take(), "at 19,0 buttons 0 display 0");
	inputs.position(20, 0);
	inputs.position(21, 0);
	inputs.position(22, 0);
	inputs.position(23, 0);
	assert.equal(take(), "at 20,0 buttons 0 display 0; at 21,0 buttons 0 display 0; " +
		"at 22,0 buttons 0 display 0");
	inputs.button(1, true); // before the click the pointer has to be there
	assert.equal(take(), "at 23,0 buttons 0 display 0; press 1 buttons 1");
	inputs.position(24, 0);
	assert.equal(take(), "");
	acknowledge();
	acknowledge();
	acknowledge(); // more than there was
	assert.equal(take(), "at 24,0 buttons 1 display 0");
	for (let i = 0; i < 30; i++)
		inputs.move(1, -1);
	const sent = take().split("; ");
	assert.equal(sent.length, 8);
	acknowledge();
	assert.equal(take(), "by 22,-22 buttons 1"); // no motion is lost
	inputs.close();
}

/* ---- the pointer ------------------------------------------------------------------------- */

/** A canvas of 400 by 300 pixels of CSS at 10, 20; the guest has twice as many. */
function pointer({ absolute = true, there = true } = {}) {
	const said = [];
	const on = {};
	const page = { pointerLockElement: null };
	const calls = [];
	const canvas = { ownerDocument: page, style: {}, addEventListener: (type, run) => {
		on[type] = run;
	}, getBoundingClientRect: () => ({ left: 10, top: 20, width: 400, height: 300 }),
	setPointerCapture: () => calls.push("capture"),
	requestPointerLock: () => calls.push("lock") };
	const mark = { style: {}, hidden: true };
	const target = { position: (x, y) => said.push(`at ${x},${y}`),
		move: (x, y) => said.push(`by ${x},${y}`),
		button: (button, down) => said.push((down ? "+" : "-") + button) };
	const it = new Pointer(canvas, () => there ? target : null, () => calls.push("focus"),
		mark);
	it.absolute = absolute;
	it.size = { width: 800, height: 600 };
	const event = (type, more) => on[type]({ clientX: 10, clientY: 20, pointerType: "mouse",
		pointerId: 1, button: 0, movementX: 0, movementY: 0, timeStamp: 0, deltaMode: 0,
		preventDefault: () => {}, ...more });
	return { it, page, canvas, mark, calls, event, take: () => said.splice(0).join(" ") };
}

globalThis.WheelEvent ??= class {
	static DOM_DELTA_PIXEL = 0;
};

/** Places of the page, and of the guest. */
const PLACES = [[10, 20, "at 0,0"], [409.9, 319.9, "at 799,599"], [210, 170, "at 400,300"],
	[10.6, 20.4, "at 1,0"], [-500, 9999, "at 0,599"], [410, 320, "at 799,599"]];

export function pointerPlaces() {
	const { it, event, take } = pointer();
	for (const [clientX, clientY, place] of PLACES) {
		event("pointermove", { clientX, clientY });
		assert.equal(take(), place);
	}
	it.size = { width: 0, height: 0 }; // no picture yet
	event("pointermove", { clientX: 99, clientY: 99 });
	event("pointerdown", {});
	assert.equal(take(), "+1");
	const nobody = pointer({ there: false });
	nobody.event("pointermove", {});
	nobody.event("pointerdown", {});
	nobody.event("wheel", { deltaY: 600 });
	nobody.it.releaseAll();
	assert.equal(nobody.take(), "");
}

export function pointerButtons() {
	const { it, calls, event, take } = pointer();
	event("pointerdown", { button: 0 });
	event("pointerdown", { button: 2 });
	event("pointerdown", { button: 2 }); // a browser that says so twice
	event("pointerdown", { button: 4 }); // which the guest has not
	event("pointerup", { button: 1 }); // went down elsewhere
	event("pointerup", { button: 0 });
	assert.equal(take().replaceAll("at 0,0 ", ""), "+1 +3 -1");
	assert.deepEqual(calls.splice(0, 2), ["focus", "capture"]);
	event("pointercancel"); // no button stays down
	assert.equal(take(), "-3");
	it.releaseAll();
	assert.equal(take(), "");
}

/** A guest that knows no places: the browser locks the pointer, with a click that is not sent. */
export function pointerRelative() {
	const { it, page, canvas, calls, event, take } = pointer({ absolute: false });
	event("pointermove", { movementX: 5 });
	event("pointerdown", { button: 0 });
	event("pointerup", { button: 0 });
	assert.deepEqual([take(), calls], ["", ["focus", "lock"]]);
	page.pointerLockElement = canvas;
	event("pointermove", { movementX: 5, movementY: -2 });
	event("pointerdown", { button: 2 });
	page.pointerLockElement = null; // Escape
	event("pointerup", { button: 2 });
	event("pointermove", { movementX: 5 });
	assert.equal(take(), "by 5,-2 +3 -3");
	it.absolute = true;
	event("pointermove", {});
	assert.equal(take(), "at 0,0");
}

export function pointerWheel() {
	const { event, take } = pointer();
	event("wheel", { deltaY: 59 });
	assert.equal(take(), "");
	event("wheel", { deltaY: 1 });
	assert.equal(take(), "+5 -5");
	event("wheel", { deltaY: -180 });
	assert.equal(take(), "+4 -4 +4 -4 +4 -4");
	event("wheel", { deltaY: 3, deltaMode: 1 }); // lines
	assert.equal(take(), "+5 -5");
	event("wheel", { deltaY: 0, deltaX: 500 });
	assert.equal(take(), "");
}

export function pointerTrackpad() {
	const { it, mark, event, take } = pointer();
	const finger = (type, x, y, timeStamp) => event(type, { pointerType: "touch", clientX: x,
		clientY: y, timeStamp });
	it.setTrackpad(true);
	assert.deepEqual([mark.hidden, mark.style.left], [false, "9px"]); // the tip of an arrow
	finger("pointerdown", 100, 100, 0);
	finger("pointermove", 150, 100, 10);
	finger("pointermove", 150, 130, 20);
	finger("pointerup", 150, 130, 400);
	assert.equal(take(), "at 100,0 at 100,60"); // half as many in CSS
	assert.equal(mark.style.left, "59px");
	it.setShape("url(data:x) 5 7, default");
	assert.deepEqual([mark.style.left, mark.style.backgroundImage], ["55px", "url(data:x)"]);
	it.setShape("none"); // the guest hides it
	assert(mark.hidden);
	it.absolute = false;
	finger("pointerdown", 0, 0, 1000);
	finger("pointermove", 30, 0, 1010);
	finger("pointerup", 30, 0, 1400);
	assert.equal(take(), "by 30,0");
	it.setTrackpad(false);
	assert(mark.hidden);
}

/* ---- the room for the picture --------------------------------------------------------------- */

/** Room and picture, pixels of the screen to one of CSS: the picture's size in CSS, and whether
 * its pixels are the screen's. */
const FITS = [
	[[800, 600], [800, 600], 1, "800 600 true"],
	[[1000, 700], [800, 600], 1, "800 600 true"], // too little is gained by less than a quarter
	[[1000, 750], [800, 600], 1, "1000 750 false"],
	[[1600, 1200], [800, 600], 1, "1600 1200 true"],
	[[400, 600], [800, 600], 1, "400 300 false"],
	[[400, 300], [800, 600], 2, "400 300 true"],
	[[800, 600], [800, 600], 2, "800 600 true"],
	[[800, 600], [1600, 1200], 1, "800 600 false"],
];

export function viewFits() {
	for (const [[width, height], [w, h], devicePixelRatio, wanted] of FITS) {
		let natural;
		const canvas = { style: {}, classList: { toggle: (_name, on) => {
			natural = on;
		} } };
		const stage = { clientWidth: width, clientHeight: height,
			ownerDocument: { defaultView: { devicePixelRatio } } };
		const it = new View(stage, canvas);
		it.fit({ width: 0, height: 0 }); // no picture: nothing is done
		assert.deepEqual(canvas.style, {});
		it.fit({ width: w, height: h });
		assert.equal([parseFloat(canvas.style.width), parseFloat(canvas.style.height),
			natural].join(" "), wanted);
		assert.deepEqual(it.wanted(), { width: width * devicePixelRatio,
			height: height * devicePixelRatio });
		it.large = true;
		assert.deepEqual(it.wanted(), { width, height });
		stage.clientHeight = 199; // no guest has so small a screen
		assert.equal(it.wanted(), null);
	}
}

/* ---- the guest's cursor ---------------------------------------------------------------------- */

/** Canvases that keep their pixels; the picture is named by them. */
function canvases() {
	globalThis.ImageData = class {
		constructor(data) {
			this.data = data;
		}
	};
	globalThis.document = { createElement: () => {
		let shown = "";
		return { toDataURL: () => shown, getContext: () => ({ putImageData: (image) => {
			shown = [...image.data].join();
		} }) };
	} };
}

async function guest() {
	const { ImageData, document } = globalThis;
	canvases();
	const server = new Server([]);
	const said = [];
	const it = new Cursor(await freshCore(), PLACE, recorder(said));
	await until(() => server.at(CURSOR));
	const peer = server.at(CURSOR);
	const take = () => said.splice(0).map((call) => call.join(" ")).join("; ");
	return { it, peer, said, take,
		end: () => {
			it.close();
			Object.assign(globalThis, { ImageData, document });
		} };
}

/** A cursor's header and pixels: flags, key, type, size, hot spot. */
const shape = ({ flags = 0, key = 1, type = 0, width = 1, height = 1, x = 0, y = 0,
	pixels = [10, 20, 30, 255] }) =>
	bytes(u16(flags), u64(key), u8(type), ...[width, height, x, y].map(u16), pixels);
const set = (cursor, visible = 1) => [103, bytes(u16(0), u16(0), u8(visible), cursor)];

/** A message of the cursor channel, and the cursor of the page. */
const SHAPES = {
	"alpha": [shape({}), "url(30,20,10,255) 0 0, default"],
	"alpha that is half there": [shape({ pixels: [10, 20, 30, 128] }),
		"url(60,40,20,128) 0 0, default"],
	"alpha that is not there": [shape({ pixels: [10, 20, 30, 0] }),
		"url(0,0,0,0) 0 0, default"],
	"a hot spot outside": [shape({ x: 9, y: 65535 }), "url(30,20,10,255) 0 0, default"],
	"colours and a mask": [shape({ type: 6, width: 2, pixels: [1, 2, 3, 0, 4, 5, 6, 0, 0x40] }),
		"url(3,2,1,255,6,5,4,0) 0 0, default"],
	"mono: white, black, clear, inverted": [shape({ type: 1, width: 4,
		pixels: [0b00110000, 0b10010000] }),
		"url(255,255,255,255,0,0,0,255,0,0,0,0,0,0,0,255) 0 0, default"],
	"mono of nine columns": [shape({ type: 1, width: 9, x: 8, pixels: [0xff, 0x80, 0, 0] }),
		`url(${"0,0,0,0,".repeat(9).slice(0, -1)}) 8 0, default`],
	"no width": [shape({ width: 0 }), "default"],
	"larger than browsers take": [shape({ width: 129, pixels: Buffer.alloc(4 * 129) }),
		"default"],
	"a type of 1990": [shape({ type: 3 }), "default"],
	"none": [bytes(u16(1)), "default"],
	"a key that nobody knows": [shape({ flags: 4, key: 99, pixels: [] }), "default"],
};

export async function cursorShapes() {
	for (const [name, [cursor, css]] of Object.entries(SHAPES)) {
		const { peer, take, end } = await guest();
		peer.say(...set(cursor));
		assert.equal(take(), "shape " + css, name);
		peer.say(...set(cursor, 0));
		assert.equal(take(), "shape none", name);
		peer.say(101, bytes(...[0, 0, 0, 0].map(u16), u8(1), cursor)); // at first
		assert.equal(take(), "shape " + css, name);
		peer.say(105);
		peer.say(102);
		assert.equal(take(), "shape none; shape default");
		end();
	}
}

export async function cursorCache() {
	const { it, peer, take, end } = await guest();
	const cached = (key) => {
		peer.say(...set(shape({ flags: 4, key, pixels: [] })));
		return take();
	};
	const keep = (key, pixels) => {
		peer.say(...set(shape({ flags: 2, key, pixels })));
		take();
	};
	const huge = 2n ** 64n - 1n; // keys are not numbers of JavaScript
	keep(huge, [1, 1, 1, 255]);
	keep(huge - 1n, [2, 2, 2, 255]);
	assert.equal(cached(huge), "shape url(1,1,1,255) 0 0, default");
	assert.equal(cached(huge - 1n), "shape url(2,2,2,255) 0 0, default");
	peer.say(107, bytes(u64(huge)));
	assert.equal(cached(huge), "shape default");
	assert.equal(cached(huge - 1n), "shape url(2,2,2,255) 0 0, default");
	peer.say(108);
	assert.equal(cached(huge - 1n), "shape default");
	for (let key = 0; key < 1000; key++)
		keep(key, [3, 3, 3, 255]);
	assert(it.cache.size <= 256); // a server does not fill the browser's memory
	peer.say(102);
	assert.equal(it.cache.size, 0);
	end();
}

/** Cursors that are not all there: the channel ends, which ends no session. */
const CUT = [[101, Buffer.alloc(8)], [103, Buffer.alloc(4)], [103, bytes(u32(0), u8(1), u8(0))],
	[107, words(1)],
	set(shape({ width: 2, pixels: [1, 2, 3, 255] })), set(shape({}).subarray(0, 16)),
	set(shape({ type: 1, width: 9, height: 2, pixels: [0, 0, 0, 0, 0, 0, 0] })),
	set(shape({ type: 6, pixels: [1, 2, 3, 0] })), set(shape({ flags: 4 }).subarray(0, 7))];

export async function cursorDamaged() {
	const clock = new Clock();
	for (const [type, payload] of CUT) {
		const { peer, take, end } = await guest();
		peer.say(type, payload);
		await settle();
		assert.deepEqual([take(), peer.alive], ["closed damaged", false],
			payload.toString("hex"));
		end();
	}
	clock.restore();
}
