// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The keys that make each letter, for text that comes without keys: a layout of the guest. */

const CODES = [
	["Backquote", ...[..."1234567890"].map((digit) => "Digit" + digit), "Minus", "Equal"],
	[...[..."QWERTYUIOP"].map((key) => "Key" + key), "BracketLeft", "BracketRight"],
	[...[..."ASDFGHJKL"].map((key) => "Key" + key), "Semicolon", "Quote", "Backslash"],
	["IntlBackslash", ...[..."ZXCVBNM"].map((key) => "Key" + key), "Comma", "Period", "Slash"],
];

/** Modifiers of the three levels of a layout. */
const LEVELS = [[], ["ShiftLeft"], ["AltRight"]];

/**
 * Rows of keys as in CODES: alone, with Shift, with AltGr. A space stands for nothing, or for
 * a dead key.
 * @type {Record<string, string[][]>}
 */
const ROWS = {
	us: [
		["`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", " zxcvbnm,./"],
		["~!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"|", " ZXCVBNM<>?"],
		[],
	],
	de: [
		[" 1234567890ß ", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"],
		["°!\"§$%&/()=? ", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"],
		["  ²³   {[]}\\", "@ €        ~", "", "|      µ"],
	],
	fr: [
		["²&é\"'(-è_çà)=", "azertyuiop $", "qsdfghjklmù*", "<wxcvbn,;:!"],
		[" 1234567890°+", "AZERTYUIOP £", "QSDFGHJKLM%µ", ">WXCVBN?./§"],
		["   #{[| \\ @]}", "  €"],
	],
	ch: [
		["§1234567890' ", "qwertzuiopü ", "asdfghjklöä$", "<yxcvbnm,.-"],
		["°+\"*ç%&/()=? ", "QWERTZUIOPè!", "ASDFGHJKLéà£", ">YXCVBNM;:_"],
		["  @#  ¬|", "  €       []", "          {}", "\\"],
	],
};

/** Names for people, and in an address. */
export const LAYOUTS = Object.keys(ROWS);

/**
 * The keys of each letter.
 * @param {string} name
 * @returns {Map<string, string[]>}
 */
export function layout(name) {
	const keys = new Map([[" ", ["Space"]], ["\n", ["Enter"]], ["\t", ["Tab"]]]);
	ROWS[name].forEach((level, i) => level.forEach((row, j) => [...row].forEach((letter, k) => {
		if (letter !== " " && !keys.has(letter))
			keys.set(letter, [...LEVELS[i], CODES[j][k]]);
	})));
	return keys;
}

/**
 * The layout that people with this language have, most of the time.
 * @param {string} language
 */
export function layoutOf(language) {
	const [first, ...more] = language.toLowerCase().split("-");
	if (more.includes("ch") && ["de", "fr", "it"].includes(first))
		return "ch";
	return LAYOUTS.includes(first) && first !== "us" && first !== "ch" ? first : "us";
}
