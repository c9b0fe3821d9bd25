// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** Statistics over the picture, in words. */
import { text } from "./texts.js";

/**
 * @typedef {import("./statistics.js").Summary & { width: number, height: number,
 *           codec: string, software: boolean,
 *            held: number, extension: boolean }} Figures */

/**
 * @param {Figures} figures
 * @param {import("./sound.js").SoundReport | null} sound  null: nothing plays
 */
export function describe(figures, sound) {
	const number = (/** @type {number} */ value, digits = 1) => value < 0 ? "–" :
		value.toLocaleString(globalThis.document?.documentElement?.lang,
			{ minimumFractionDigits: digits, maximumFractionDigits: digits });
	const lines = [
		text("figures-codec", { width: String(figures.width),
			height: String(figures.height), codec: figures.codec,
			decoder: text(figures.software ? "decoder-software" : "decoder-own") }),
		text("figures-rate", { fps: number(figures.fps), dropped: number(figures.dropped),
			mbit: number(figures.mbit, 2) }),
		text("figures-times", { decode: number(figures.decode),
			present: number(figures.present), held: String(figures.held) }),
	];
	if (figures.extension)
		lines.push(text("figures-latency", { latency: number(figures.latency),
			trip: number(figures.trip) }),
			text(figures.exact ? "figures-exact" : "figures-lossy",
				{ tiles: number(figures.tiles) }));
	else
		lines.push(text("figures-stock"));
	if (sound)
		lines.push(text("figures-sound", { waiting: String(sound.waiting),
			gaps: String(sound.gaps) }));
	return lines.join("\n");
}
