// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
// Browsers have these, and the libraries of TypeScript 4.8 do not declare them. Only what the
// page uses.

interface OffscreenCanvas extends EventTarget {
	width: number;
	height: number;
	getContext(kind: "webgl2", options?: WebGLContextAttributes): WebGL2RenderingContext | null;
}
declare var OffscreenCanvas: { new (width: number, height: number): OffscreenCanvas };

interface HTMLCanvasElement {
	transferControlToOffscreen(): OffscreenCanvas;
}

type HardwareAcceleration = "no-preference" | "prefer-hardware" | "prefer-software";

interface VideoFrame {
	readonly timestamp: number;
	readonly visibleRect: DOMRectReadOnly;
	allocationSize(options: { format: "RGBA" }): number;
	copyTo(to: Uint8Array, options: { format: "RGBA" }): Promise<unknown>;
	close(): void;
}

interface EncodedVideoChunk {
	readonly timestamp: number;
}
declare var EncodedVideoChunk: {
	new (init: { type: "key" | "delta", timestamp: number, duration?: number,
		data: BufferSource }): EncodedVideoChunk;
};

interface VideoDecoder {
	readonly state: "unconfigured" | "configured" | "closed";
	readonly decodeQueueSize: number;
	configure(config: { codec: string, optimizeForLatency?: boolean,
		hardwareAcceleration?: HardwareAcceleration }): void;
	decode(chunk: EncodedVideoChunk): void;
	close(): void;
}
declare var VideoDecoder: {
	new (init: { output: (frame: VideoFrame) => void,
		error: (error: DOMException) => void }): VideoDecoder;
};

/** The function of a worker: the page's window has another one. */
declare function postMessage(message: unknown, transfer?: Transferable[]): void;

interface AudioData {
	readonly numberOfChannels: number;
	readonly numberOfFrames: number;
	copyTo(to: Float32Array, options: { planeIndex: number, format: "f32-planar" }): void;
	close(): void;
}

interface EncodedAudioChunk {
	readonly timestamp: number;
}
declare var EncodedAudioChunk: {
	new (init: { type: "key" | "delta", timestamp: number,
		data: BufferSource }): EncodedAudioChunk;
};

interface AudioDecoderConfig {
	codec: string;
	sampleRate: number;
	numberOfChannels: number;
}
interface AudioDecoder {
	readonly state: "unconfigured" | "configured" | "closed";
	configure(config: AudioDecoderConfig): void;
	decode(chunk: EncodedAudioChunk): void;
	close(): void;
}
declare var AudioDecoder: {
	new (init: { output: (data: AudioData) => void,
		error: (error: DOMException) => void }): AudioDecoder;
	isConfigSupported(config: AudioDecoderConfig): Promise<{ supported?: boolean }>;
};

/** The base of a worklet's processor. */
interface AudioWorkletProcessor {
	readonly port: MessagePort;
}
declare var AudioWorkletProcessor: { new (): AudioWorkletProcessor };
declare function registerProcessor(name: string,
	processor: { new (): AudioWorkletProcessor }): void;
declare var sampleRate: number;
declare var currentTime: number;
