// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A ticket of osvdi-gateway's from the portal that gave this page. The browser's own
 * login there asks for the ticket: nothing secret is in an address.
 */

/** A desktop that is being woken is asked about again. */
const WAIT_MS = 1000;

/** The portal gives no ticket. */
export class NoTicket extends Error {
	/** @param {string} cause a name of the texts @param {string} [words] the portal's */
	constructor(cause, words = "") {
		super(cause);
		this.cause = cause;
		this.words = words;
	}
}

/** @param {Response} reply */
async function fieldsOf(reply) {
	const type = reply.headers.get("Content-Type") ?? "";
	return new URLSearchParams(type.startsWith("application/x-www-form-urlencoded") ?
		await reply.text() : "");
}

/**
 * @param {string} from path at the portal
 * @param {AbortSignal} signal
 * @param {number} [wait] milliseconds
 * @returns {Promise<{ ticket: string, password: string }>}
 * @throws {NoTicket} or what fetch() throws
 */
export async function fetchTicket(from, signal, wait = WAIT_MS) {
	for (;;) {
		const reply = await fetch(from, { method: "POST", body: new URLSearchParams(),
			credentials: "same-origin", redirect: "error", cache: "no-store", signal });
		if (reply.status === 202) {
			await new Promise((done) => setTimeout(done, wait));
			continue;
		}
		const fields = await fieldsOf(reply);
		const ticket = fields.get("ticket");
		if (reply.ok && ticket)
			return { ticket, password: fields.get("password") ?? "" };
		if (reply.status === 403 && !fields.has("trouble"))
			throw new NoTicket("login-over");
		throw new NoTicket("portal", fields.get("trouble") ?? `${reply.status}`);
	}
}
