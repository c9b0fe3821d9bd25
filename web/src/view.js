// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** A canvas in its place: the size that the guest's screen is to have, and the picture's. */

/** A picture that is smaller by less is shown pixel for pixel. */
const ENLARGE = 1.25;
/** No guest gets a smaller screen. */
const SMALLEST = { width: 320, height: 200 };

export class View {
	/** @param {HTMLElement} stage  the room  @param {HTMLCanvasElement} canvas */
	constructor(stage, canvas) {
		this.stage = stage;
		this.canvas = canvas;
		this.large = false; // a pixel of the guest is one of CSS
	}

	/** Pixels of the computer's screen to one of CSS. */
	get density() {
		return this.stage.ownerDocument.defaultView?.devicePixelRatio ?? 1;
	}

	/**
	 * The size that the guest's screen is to have: on a dense screen, small or large. Null:
	 * there is too little room.
	 */
	wanted() {
		const room = this.room(this.large ? 1 : this.density);
		return room.width >= SMALLEST.width && room.height >= SMALLEST.height ? room : null;
	}

	/** Pixels that there is room for. */
	room(density = this.density) {
		return {
			width: Math.floor(this.stage.clientWidth * density),
			height: Math.floor(this.stage.clientHeight * density),
		};
	}

	/**
	 * A picture that fits is shown pixel for pixel, unless it is small; else scaled.
	 * @param {{ width: number, height: number }} size
	 */
	fit(size) {
		const room = this.room();
		if (!size.width)
			return;
		let scale = Math.min(room.width / size.width, room.height / size.height);
		if (scale >= 1 && scale < ENLARGE)
			scale = 1;
		this.canvas.style.width = `${size.width * scale / this.density}px`;
		this.canvas.style.height = `${size.height * scale / this.density}px`;
		this.canvas.classList.toggle("natural", Number.isInteger(scale));
	}
}
