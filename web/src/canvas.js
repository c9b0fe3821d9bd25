// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The guest's picture: a texture that video, tiles and copies paint on, and a canvas that
 * shows it. Row 0 of the texture is the top row, and a texel has blue, green and red in
 * this order, as tiles come.
 */

import { CopiedFrame } from "./decoder.js";

const SCREEN_TRIANGLE = `#version 300 es
void main() {
	vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
	gl_Position = vec4(corner, 0.0, 1.0);
}`;

/** A picture of a decoder, from "from" on, texel for texel. */
const VIDEO = `#version 300 es
precision highp float;
uniform highp sampler2D source;
uniform ivec2 from;
out vec4 colour;
void main() {
	colour = vec4(texelFetch(source, ivec2(gl_FragCoord.xy) + from, 0).bgr, 1.0);
}`;

/** The texture on the canvas, whose rows begin at the bottom: "from" is its last row. */
const PRESENT = `#version 300 es
precision highp float;
uniform highp sampler2D source;
uniform ivec2 from;
out vec4 colour;
void main() {
	ivec2 at = ivec2(gl_FragCoord.xy);
	colour = vec4(texelFetch(source, ivec2(at.x, from.y - at.y), 0).bgr, 1.0);
}`;

export class Canvas {
	/** @param {OffscreenCanvas} canvas */
	constructor(canvas) {
		this.canvas = canvas;
		this.width = 0;
		this.height = 0;
		this.dirty = false;
		const gl = canvas.getContext("webgl2", { alpha: false, antialias: false,
			depth: false,
			powerPreference: "high-performance" });
		if (!gl)
			throw new Error("no WebGL 2");
		this.gl = gl;
		this.prepare();
	}

	/**
	 * Whether Chromium's software does what a GPU does elsewhere. There each VideoFrame that
	 * becomes a texture may leave memory of its size behind, which is never given back.
	 */
	get losesFrames() {
		const info = this.gl.getExtension("WEBGL_debug_renderer_info");
		return info !== null &&
			/SwiftShader/.test(this.gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
	}

	/** Also after a lost context. */
	prepare() {
		const gl = this.gl;
		this.video = this.program(VIDEO);
		this.shown = this.program(PRESENT);
		this.frame = this.texture();   // a decoder's picture
		this.picture = this.texture();
		this.scratch = this.texture(); // what copies read
		this.pictureTarget = gl.createFramebuffer();
		this.scratchTarget = gl.createFramebuffer();
		gl.bindVertexArray(gl.createVertexArray());
		gl.disable(gl.DITHER);
		gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
		gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
		this.width = this.height = 0;
	}

	/** @param {string} text */
	program(text) {
		const gl = this.gl;
		const program = /** @type {WebGLProgram} */ (gl.createProgram());
		for (const [type, source] of [[gl.VERTEX_SHADER, SCREEN_TRIANGLE],
				[gl.FRAGMENT_SHADER, text]]) {
			const shader = /** @type {WebGLShader} */ (
				gl.createShader(/** @type {number} */ (type)));
			gl.shaderSource(shader, String(source));
			gl.compileShader(shader);
			gl.attachShader(program, shader);
		}
		gl.linkProgram(program);
		if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
			throw new Error("WebGL: " + gl.getProgramInfoLog(program));
		return { program, from: gl.getUniformLocation(program, "from") };
	}

	texture() {
		const gl = this.gl;
		const texture = gl.createTexture();
		gl.bindTexture(gl.TEXTURE_2D, texture);
		gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
		gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
		gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
		gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
		return texture;
	}

	/**
	 * A new picture is black.
	 * @param {number} width @param {number} height
	 */
	resize(width, height) {
		const gl = this.gl;
		if (width === this.width && height === this.height)
			return;
		this.width = this.canvas.width = width;
		this.height = this.canvas.height = height;
		for (const [texture, target] of [[this.picture, this.pictureTarget],
				[this.scratch, this.scratchTarget]]) {
			gl.bindTexture(gl.TEXTURE_2D, /** @type {WebGLTexture} */ (texture));
			gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA,
				gl.UNSIGNED_BYTE, null);
			gl.bindFramebuffer(gl.FRAMEBUFFER,
				/** @type {WebGLFramebuffer} */ (target));
			gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D,
				/** @type {WebGLTexture} */ (texture), 0);
		}
	}

	/**
	 * The rectangles of a decoder's picture.
	 * @param {VideoFrame | CopiedFrame} frame
	 * @param {Int32Array} rects
	 * @param {number} x
	 * @param {number} y of what is to be seen
	 */
	show(frame, rects, x, y) {
		const gl = this.gl;
		gl.bindTexture(gl.TEXTURE_2D, this.frame ?? null);
		if (frame instanceof CopiedFrame)
			gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, frame.width, frame.height, 0,
				gl.RGBA, gl.UNSIGNED_BYTE, frame.pixels);
		else
			gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE,
				/** @type {any} */ (frame));
		gl.bindFramebuffer(gl.FRAMEBUFFER, this.pictureTarget ?? null);
		gl.viewport(0, 0, this.width, this.height);
		gl.useProgram(this.video?.program ?? null);
		gl.uniform2i(this.video?.from ?? null, x, y);
		gl.enable(gl.SCISSOR_TEST);
		for (let i = 0; i < rects.length; i += 4) {
			gl.scissor(rects[i], rects[i + 1], rects[i + 2], rects[i + 3]);
			gl.drawArrays(gl.TRIANGLES, 0, 3);
		}
		gl.disable(gl.SCISSOR_TEST);
		this.dirty = true;
	}

	/**
	 * Lossless pixels.
	 * @param {number} x @param {number} y @param {number} width @param {number} height
	 * @param {Uint8Array} pixels @param {number} stride bytes
	 */
	put(x, y, width, height, pixels, stride) {
		const gl = this.gl;
		gl.bindTexture(gl.TEXTURE_2D, this.picture ?? null);
		gl.pixelStorei(gl.UNPACK_ROW_LENGTH, stride / 4);
		gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, width, height, gl.RGBA, gl.UNSIGNED_BYTE,
			pixels);
		gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
		this.dirty = true;
	}

	/**
	 * Rectangles get what is (dx, dy) before them, as all of it was before the copy.
	 * @param {Int32Array} rects @param {number} dx @param {number} dy
	 */
	copy(rects, dx, dy) {
		const gl = this.gl;
		const blit = (/** @type {number} */ i, /** @type {number} */ fromX,
			/** @type {number} */ fromY, /** @type {number} */ toX,
			/** @type {number} */ toY) =>
			gl.blitFramebuffer(fromX, fromY, fromX + rects[i + 2], fromY + rects[i + 3],
				toX, toY, toX + rects[i + 2], toY + rects[i + 3],
				gl.COLOR_BUFFER_BIT, gl.NEAREST);
		gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.pictureTarget ?? null);
		gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.scratchTarget ?? null);
		for (let i = 0; i < rects.length; i += 4)
			blit(i, rects[i] - dx, rects[i + 1] - dy, rects[i] - dx, rects[i + 1] - dy);
		gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.scratchTarget ?? null);
		gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.pictureTarget ?? null);
		for (let i = 0; i < rects.length; i += 4)
			blit(i, rects[i] - dx, rects[i + 1] - dy, rects[i], rects[i + 1]);
		this.dirty = true;
	}

	/** Hands what was painted to the browser. */
	present() {
		const gl = this.gl;
		if (!this.dirty || !this.width)
			return;
		this.dirty = false;
		gl.bindFramebuffer(gl.FRAMEBUFFER, null);
		gl.viewport(0, 0, this.width, this.height);
		gl.bindTexture(gl.TEXTURE_2D, this.picture ?? null);
		gl.useProgram(this.shown?.program ?? null);
		gl.uniform2i(this.shown?.from ?? null, 0, this.height - 1);
		gl.drawArrays(gl.TRIANGLES, 0, 3);
	}
}
