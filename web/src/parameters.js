// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Where the desktop is: the parameters that pages of spice-html5 have, so that consoles
 * which make addresses for these can point here. What is secret leaves the address line.
 */

import { LAYOUTS, layoutOf } from "./layouts.js";

/**
 * @typedef {object} Parameters
 * @property {string} url       of the WebSocket
 * @property {string[]} protocols  of the WebSocket, among them a ticket of osvdi-gateway's
 * @property {string} label     for people
 * @property {string} password
 * @property {string} title
 * @property {string} keymap    the guest's, for text that comes without keys
 * @property {ClipboardPolicy} clipboard
 * @property {boolean} files     whether the user may send some
 * @property {boolean} sound     whether the guest may be heard
 * @property {boolean} microphone  whether the guest may listen when the user wants that
 * @property {string} ticketFrom  path that gives tickets, of this page's server; or ""
 */

/** @typedef {{ toGuest: boolean, fromGuest: boolean }} ClipboardPolicy */

/** @type {Record<string, ClipboardPolicy>} */
const CLIPBOARD = {
	"both": { toGuest: true, fromGuest: true },
	"to-guest": { toGuest: true, fromGuest: false },
	"from-guest": { toGuest: false, fromGuest: true },
	"none": { toGuest: false, fromGuest: false },
};

/**
 * A policy with a name that does not exist allows nothing.
 * @param {string | null} name
 */
function clipboardPolicy(name) {
	return Object.hasOwn(CLIPBOARD, name ?? "both") ? CLIPBOARD[name ?? "both"]
		: CLIPBOARD.none;
}

/**
 * Sets the token of a session of Nova: its proxy reads the cookie.
 * @param {string} token @param {Location} location
 */
function keepToken(token, location) {
	const secure = location.protocol === "https:" ? "; Secure" : "";
	document.cookie = `token=${encodeURIComponent(token)}; Path=/; SameSite=Strict${secure}`;
}

/**
 * The path, where it is one of this page's own server: a link of strangers names no other.
 * @param {string | null} path @param {Location} location
 */
function ownPath(path, location) {
	if (!path?.startsWith("/"))
		return "";
	const url = new URL(path, location.href);
	return url.origin === new URL(location.href).origin ? url.pathname : "";
}

/**
 * @param {Location} location
 * @returns {Parameters}
 */
export function readParameters(location) {
	const query = new URLSearchParams(location.search);
	const secure = location.protocol === "https:";
	const ticketFrom = ownPath(query.get("ticket-from"), location);
	// The portal's tickets go to no other host, whatever a link says.
	const host = (!ticketFrom && query.get("host")) || location.hostname;
	const port = (!ticketFrom && query.get("port")) || location.port || (secure ? "443" : "80");
	const path = query.get("path") ?? "websockify";
	const token = query.get("token");
	// No server gets to see what stands behind the "#".
	const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket");
	const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
	const url = new URL(`${secure ? "wss" : "ws"}://${name}:${port}`);
	const [pathname, search] = path.split(/\?(.*)/s);
	url.pathname = pathname;
	url.search = search ?? "";
	if (token && url.hostname === location.hostname)
		keepToken(token, location);
	else if (token)
		url.searchParams.set("token", token); // no cookie of ours gets there
	return {
		url: url.href,
		protocols: ["binary", ...ticket ? ["osvdi.ticket." + ticket] : []],
		label: url.host,
		password: query.get("password") ?? "",
		title: query.get("title") ?? "",
		keymap: LAYOUTS.find((name) => name === query.get("keymap")) ??
			layoutOf(globalThis.navigator?.language ?? ""),
		clipboard: clipboardPolicy(query.get("clipboard")),
		files: (query.get("files") ?? "to-guest") === "to-guest",
		microphone: (query.get("microphone") ?? "ask") === "ask",
		sound: (query.get("sound") ?? "play") === "play",
		ticketFrom,
	};
}

/**
 * Nobody who looks over a shoulder or into the history finds a secret.
 * @param {Location} location
 */
export function hideSecrets(location) {
	const query = new URLSearchParams(location.search);
	const hash = new URLSearchParams(location.hash.slice(1));
	const had = query.has("password") || query.has("token") || hash.has("ticket");
	query.delete("password");
	query.delete("token");
	if (had)
		history.replaceState(null, "", location.pathname + (String(query) && "?" + query) +
			(hash.has("ticket") ? "" : location.hash));
}
