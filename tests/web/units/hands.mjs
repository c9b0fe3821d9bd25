// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of text without keys, and of fingers.
import assert from "node:assert";
import { Compose } from "../../../web/src/compose.js";
import { layout, layoutOf } from "../../../web/src/layouts.js";
import { scancode } from "../../../web/src/scancodes.js";
import { Touch } from "../../../web/src/touch.js";

export function layouts() {
	const said = (name, text) => [...text].map((letter) =>
		layout(name).get(letter)?.join("+")).join(" ");
	assert.equal(said("us", "zY@~|"),
		"KeyZ ShiftLeft+KeyY ShiftLeft+Digit2 ShiftLeft+Backquote " +
		"ShiftLeft+Backslash");
	assert.equal(said("de", "zY@~|ß"), "KeyY ShiftLeft+KeyZ AltRight+KeyQ " +
		"AltRight+BracketRight AltRight+IntlBackslash Minus");
	assert.equal(said("de", "²{\\µ€"), "AltRight+Digit2 AltRight+Digit7 AltRight+Minus " +
		"AltRight+KeyM AltRight+KeyE");
	assert.equal(said("fr", "a1@éM}]"), "KeyQ ShiftLeft+Digit1 AltRight+Digit0 Digit2 " +
		"ShiftLeft+Semicolon AltRight+Equal AltRight+Minus");
	assert.equal(said("ch", "z@#|{}[]\\è"), "KeyY AltRight+Digit2 AltRight+Digit3 " +
		"AltRight+Digit7 AltRight+Quote AltRight+Backslash AltRight+BracketLeft " +
		"AltRight+BracketRight AltRight+IntlBackslash ShiftLeft+BracketLeft");
	for (const name of ["us", "de", "fr", "ch"])
		for (const codes of layout(name).values())
			for (const code of codes)
				assert(scancode(code), code);
	assert.deepEqual(["de", "de-AT", "de-CH", "fr-CH", "fr", "en-GB", "ja", "ch", "us"]
		.map(layoutOf), ["de", "de", "ch", "ch", "fr", "us", "us", "us", "us"]);
}

/** A field of a page, and what the guest gets of its text. */
function writer(name) {
	const said = [];
	const on = {};
	const field = { value: "", classList: { toggle: () => {} }, setSelectionRange: () => {},
		addEventListener: (type, run) => {
			on[type] = run;
		} };
	let kept = () => {};
	const it = new Compose(field, layout(name), {
		type: (codes) => said.push(codes.at(-1)),
		paste: (text) => {
			said.push(text);
			return new Promise((done) => {
				kept = done;
			});
		},
	});
	it.clear();
	const change = (value) => {
		field.value = value;
		on.input();
		return said.splice(0).join(" ");
	};
	return { field, it, on, change, said, keep: () => kept() };
}

export async function compose() {
	const { field, it, on, change, said, keep } = writer("us");
	const rest = field.value;
	assert.equal(change(rest + "he"), "KeyH KeyE");
	assert.equal(change(rest + "the"), "Backspace Backspace KeyT KeyH KeyE");
	assert.equal(change(rest.slice(1)), "Backspace Backspace Backspace Backspace");
	assert.equal(field.value, rest); // there is something to take away again
	assert.equal(change(rest + "\n"), "Enter");
	assert.equal(field.value, rest);
	// A phone composes words of letters; an input method's signs wait.
	on.compositionstart();
	assert.equal(change(rest + "wo"), "KeyW KeyO");
	assert.equal(change(rest + "日ほ"), "");
	field.value = rest + "日本";
	on.compositionend();
	assert.equal(said.splice(0).join(" "), "Backspace Backspace 日本");
	assert.equal(change(rest + "日本x"), ""); // which waits for the clipboard
	keep();
	await it.pasting;
	assert.equal(said.splice(0).join(" "), "KeyX");
	await Promise.resolve();
	assert.equal(change(rest + "日本xy"), "KeyY");
	const key = (more) => it.wants({ code: "KeyA", key: "a", ...more }, false);
	assert(!key({}) && key({ isComposing: true }) && key({ keyCode: 229 }) &&
		key({ code: "" }));
	assert(it.wants({ code: "KeyA", key: "a" }, true));
	assert(!it.wants({ code: "KeyA", key: "a", ctrlKey: true }, true));
	assert(!it.wants({ code: "Enter", key: "Enter" }, true));
}

/** Fingers, and what a mouse would have done. */
function fingers(trackpad) {
	const said = [];
	const it = new Touch({
		place: (x, y) => said.push(`at ${x},${y}`),
		move: (dx, dy) => said.push(`by ${dx},${dy}`),
		button: (button, down) => said.push((down ? "+" : "-") + button),
		scroll: (dy) => said.push(`wheel ${dy}`),
	});
	it.trackpad = trackpad;
	return { it, take: () => said.splice(0).join(" ") };
}

export function touchDirect() {
	const { it, take } = fingers(false);
	it.down(1, 50, 60, 0);
	it.move(1, 53, 60);
	it.up(1, 100);
	assert.equal(take(), "at 50,60 +1 -1"); // a tap
	it.down(1, 50, 60, 200);
	it.move(1, 50, 80);
	it.move(1, 50, 90);
	it.up(1, 900);
	assert.equal(take(), "at 50,60 +1 at 50,80 at 50,90 -1"); // a drag
	it.down(1, 5, 6, 1000);
	it.rested();
	it.move(1, 100, 6);
	it.up(1, 2000);
	assert.equal(take(), "at 5,6 +3 -3"); // a long one
	it.down(1, 10, 10, 3000);
	it.down(2, 90, 10, 3010);
	it.move(1, 10, 30);
	it.move(2, 90, 30);
	it.up(1, 3100);
	it.up(2, 3110);
	assert.equal(take(), "wheel 10 wheel 10"); // two
	it.down(1, 50, 60, 4000);
	it.move(1, 50, 80);
	it.cancel();
	assert.equal(take(), "at 50,60 +1 at 50,80 -1"); // no button stays down
	it.up(1, 4100);
	assert.equal(take(), "");
}

export function touchTrackpad() {
	const { it, take } = fingers(true);
	it.down(1, 50, 60, 0);
	it.move(1, 70, 60);
	it.move(1, 70, 65);
	it.up(1, 100);
	assert.equal(take(), "by 20,0 by 0,5");
	it.down(1, 50, 60, 1000);
	it.up(1, 1050);
	assert.equal(take(), "+1 -1");
	it.down(1, 50, 60, 1200); // soon after the tap
	it.move(1, 80, 60);
	it.up(1, 1500);
	assert.equal(take(), "+1 by 30,0 -1");
	it.down(1, 50, 60, 3000);
	it.up(1, 3050);
	it.down(1, 50, 60, 3100);
	it.down(2, 90, 60, 3110);
	it.up(2, 3150);
	it.up(1, 3160);
	assert.equal(take(), "+1 -1 +3 -3");
	it.down(1, 50, 60, 5000);
	it.move(1, 90, 60);
	assert.equal(take(), "by 40,0");
	it.cancel();
}
