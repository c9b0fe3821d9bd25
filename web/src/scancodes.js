// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Keys by their place (KeyboardEvent.code) to scan codes of the PC's set 1; 0x100: with e0 before.
 * @type {Record<string, number>}
 */
const CODES = {
	Escape: 0x01, Minus: 0x0c, Equal: 0x0d, Backspace: 0x0e, Tab: 0x0f, BracketLeft: 0x1a,
	BracketRight: 0x1b, Enter: 0x1c, ControlLeft: 0x1d, Semicolon: 0x27, Quote: 0x28,
	Backquote: 0x29, ShiftLeft: 0x2a, Backslash: 0x2b, Comma: 0x33, Period: 0x34, Slash: 0x35,
	ShiftRight: 0x36, NumpadMultiply: 0x37, AltLeft: 0x38, Space: 0x39, CapsLock: 0x3a,
	NumLock: 0x45, ScrollLock: 0x46, NumpadSubtract: 0x4a, NumpadAdd: 0x4e, NumpadDecimal: 0x53,
	IntlBackslash: 0x56, F11: 0x57, F12: 0x58, NumpadEqual: 0x59, IntlRo: 0x73, KanaMode: 0x70,
	Convert: 0x79, NonConvert: 0x7b, IntlYen: 0x7d, NumpadComma: 0x7e, Lang1: 0x72, Lang2: 0x71,
	NumpadEnter: 0x11c, ControlRight: 0x11d, NumpadDivide: 0x135, PrintScreen: 0x137,
	AltRight: 0x138, Home: 0x147, ArrowUp: 0x148, PageUp: 0x149, ArrowLeft: 0x14b,
	ArrowRight: 0x14d, End: 0x14f, ArrowDown: 0x150, PageDown: 0x151, Insert: 0x152,
	Delete: 0x153, MetaLeft: 0x15b, MetaRight: 0x15c, OSLeft: 0x15b, OSRight: 0x15c,
	ContextMenu: 0x15d, Power: 0x15e, Sleep: 0x15f, WakeUp: 0x163, AudioVolumeMute: 0x120,
	VolumeMute: 0x120, AudioVolumeDown: 0x12e, VolumeDown: 0x12e, AudioVolumeUp: 0x130,
	VolumeUp: 0x130, MediaTrackNext: 0x119, MediaTrackPrevious: 0x110, MediaStop: 0x124,
	MediaPlayPause: 0x122, BrowserSearch: 0x165, BrowserFavorites: 0x166, BrowserRefresh: 0x167,
	BrowserStop: 0x168, BrowserForward: 0x169, BrowserBack: 0x16a, BrowserHome: 0x132,
	LaunchMail: 0x16c,
};

/**
 * Rows of keys that follow each other.
 * @param {number} first @param {string[]} names
 */
function row(first, names) {
	names.forEach((name, i) => {
		CODES[name] = first + i;
	});
}

const letters = (/** @type {string} */ text) => [...text].map((letter) => "Key" + letter);
row(0x02, [..."1234567890"].map((digit) => "Digit" + digit));
row(0x10, letters("QWERTYUIOP"));
row(0x1e, letters("ASDFGHJKL"));
row(0x2c, letters("ZXCVBNM"));
row(0x3b, ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10"]);
row(0x47, ["Numpad7", "Numpad8", "Numpad9"]);
row(0x4b, ["Numpad4", "Numpad5", "Numpad6"]);
row(0x4f, ["Numpad1", "Numpad2", "Numpad3", "Numpad0"]);
row(0x64, ["F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23"]);

/** @param {string} code @returns {number | undefined} */
export function scancode(code) {
	return Object.hasOwn(CODES, code) ? CODES[code] : undefined;
}

/**
 * As SPICE's inputs channel has it.
 * @param {number} code @param {boolean} down
 */
export function keyMessage(code, down) {
	const byte = (code & 0x7f) | (down ? 0 : 0x80);
	return code & 0x100 ? 0xe0 | byte << 8 : byte;
}
