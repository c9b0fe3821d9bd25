// SPDX-FileCopyrightText: 2026 OSVDI contributors
// SPDX-License-Identifier: GPL-2.0-or-later
/** The words of the page, in English and German. */

/** @typedef {Record<string, string>} Texts */

/** @type {Texts} */
const en = {
	"connecting": "Connecting to {label} …",
	"waiting": "Connected. Waiting for the picture …",
	"lost": "The connection broke.",
	"lost-what": "Trying again …",
	"ended": "You closed the session.",
	"ended-what": "The desktop goes on running.",
	"taken": "{label} was opened elsewhere.",
	"taken-what": "The server ended this session, as it does when another viewer opens the desktop. You can take the desktop back. That ends the session there.",
	"take-back": "Take it back",
	"again": "Try again",
	"connect": "Connect",
	"password": "{label} wants a password.",
	"password-label": "Password",
	"password-denied": "This password is not right, or not valid any more. Passwords of desktops are often valid for a short time.",
	"failed": "Cannot connect to {label}.",
	"unreachable": "Nothing answers there. Check your network, or VPN, and that the desktop is running.",
	"unreachable-tls": "Nothing answers there, or this browser does not trust the certificate. Check your network, or VPN, and that the desktop is running.",
	"hung-up": "The server hung up. The address has expired, or the desktop was shut down. Ask for the desktop again where you got the address.",
	"closed": "The server closed the connection. Check that the desktop is running.",
	"gone": "The desktop was shut down, or its address has expired. Ask for the desktop again where you got the address.",
	"not-spice": "What answers there does not speak SPICE. Check the port.",
	"bad-version": "The server speaks a version of SPICE that this page does not know.",
	"needs-tls": "The server wants encrypted connections, which this way does not have. Open the desktop in the viewer.",
	"refused": "The server refuses this session.",
	"denied": "The server did not accept the password.",
	"damaged": "The server sent something that cannot be. Open the desktop in the viewer, and tell who runs the server.",
	"memory": "This browser has no memory left for the desktop. Close other tabs.",
	"expired": "The time of this session is over. Ask for the desktop again where you got the address.",
	"revoked": "This session was ended by who runs the gateway. Ask for the desktop again where you got the address.",
	"silent": "The server takes the connection and says nothing. Check that the desktop is running.",
	"no-display": "The server has no display.",
	"other-desktop": "Another desktop is at this address now. Ask for yours again where you got the address.",
	"classic": "This server sends no H.264 video, and this page shows nothing else. Open the desktop in the viewer.",
	"no-decoder": "This browser cannot decode the video ({codec}). Use another browser, or open the desktop in the viewer.",
	"insecure": "Browsers decode video on secure pages only. Open this page by https.",
	"no-video": "This browser has no WebCodecs. Use a newer one, or open the desktop in the viewer.",
	"impossible": "This browser cannot show the desktop ({text}).",
	"menu": "Menu",
	"full-screen": "Full screen",
	"send-cad": "Ctrl+Alt+Del",
	"key-bar": "Bar of modifier keys",
	"send": "Send keys",
	"send-alt-tab": "Alt+Tab",
	"send-alt-f4": "Alt+F4 (close the window)",
	"send-meta": "Windows key",
	"send-ctrl-w": "Ctrl+W",
	"send-ctrl-t": "Ctrl+T",
	"send-ctrl-n": "Ctrl+N",
	"send-print": "Print Screen",
	"send-vt1": "Ctrl+Alt+F1",
	"send-vt7": "Ctrl+Alt+F7",
	"key-control": "Ctrl",
	"key-shift": "Shift",
	"key-meta": "Windows",
	"key-tab": "Tab",
	"key-left": "Left arrow",
	"key-up": "Up arrow",
	"key-down": "Down arrow",
	"key-right": "Right arrow",
	"disconnect": "Close the session",
	"screen": "The desktop's screen",
};

/** @type {Texts} */
const de = {
	"connecting": "Verbinde mit {label} …",
	"waiting": "Verbunden. Warte auf das Bild …",
	"lost": "Die Verbindung ist abgebrochen.",
	"lost-what": "Neuer Versuch …",
	"ended": "Sie haben die Sitzung beendet.",
	"ended-what": "Der Desktop läuft weiter.",
	"taken": "{label} wurde anderswo geöffnet.",
	"taken-what": "Der Server hat diese Sitzung beendet, weil ein anderer Viewer den Desktop geöffnet hat. Sie können ihn zurückholen. Damit endet die Sitzung dort.",
	"take-back": "Zurückholen",
	"again": "Noch einmal versuchen",
	"connect": "Verbinden",
	"password": "{label} verlangt ein Passwort.",
	"password-label": "Passwort",
	"password-denied": "Dieses Passwort ist falsch oder nicht mehr gültig. Passwörter von Desktops gelten oft nur kurze Zeit.",
	"failed": "Keine Verbindung mit {label}.",
	"unreachable": "Dort antwortet niemand. Prüfen Sie Ihr Netz oder VPN, und ob der Desktop läuft.",
	"unreachable-tls": "Dort antwortet niemand, oder dieser Browser vertraut dem Zertifikat nicht. Prüfen Sie Ihr Netz oder VPN, und ob der Desktop läuft.",
	"hung-up": "Der Server hat aufgelegt. Die Adresse ist abgelaufen, oder der Desktop wurde heruntergefahren. Holen Sie sich dort eine neue, woher Sie die Adresse haben.",
	"closed": "Der Server hat die Verbindung geschlossen. Prüfen Sie, ob der Desktop läuft.",
	"gone": "Der Desktop wurde heruntergefahren, oder seine Adresse ist abgelaufen. Holen Sie sich dort eine neue, woher Sie die Adresse haben.",
	"not-spice": "Was dort antwortet, spricht nicht SPICE. Prüfen Sie den Port.",
	"bad-version": "Der Server spricht eine Version von SPICE, die diese Seite nicht kennt.",
	"needs-tls": "Der Server verlangt verschlüsselte Verbindungen, die es auf diesem Weg nicht gibt. Öffnen Sie den Desktop im Viewer.",
	"refused": "Der Server weist diese Sitzung ab.",
	"denied": "Der Server hat das Passwort nicht angenommen.",
	"damaged": "Der Server hat etwas gesendet, das nicht sein kann. Öffnen Sie den Desktop im Viewer, und sagen Sie es dem Betreiber des Servers.",
	"memory": "Dieser Browser hat keinen Speicher mehr für den Desktop. Schließen Sie andere Tabs.",
	"expired": "Die Zeit dieser Sitzung ist um. Holen Sie sich dort eine neue Adresse, woher Sie diese haben.",
	"revoked": "Der Betreiber des Gateways hat diese Sitzung beendet. Holen Sie sich dort eine neue Adresse, woher Sie diese haben.",
	"silent": "Der Server nimmt die Verbindung an und sagt nichts. Prüfen Sie, ob der Desktop läuft.",
	"no-display": "Der Server hat keinen Bildschirm.",
	"other-desktop": "Unter dieser Adresse ist jetzt ein anderer Desktop. Holen Sie sich dort eine neue, woher Sie die Adresse haben.",
	"classic": "Dieser Server sendet kein H.264-Video, und diese Seite zeigt nichts anderes. Öffnen Sie den Desktop im Viewer.",
	"no-decoder": "Dieser Browser kann das Video nicht decodieren ({codec}). Nehmen Sie einen anderen, oder öffnen Sie den Desktop im Viewer.",
	"insecure": "Browser decodieren Video nur auf sicheren Seiten. Öffnen Sie diese Seite mit https.",
	"no-video": "Dieser Browser hat kein WebCodecs. Nehmen Sie einen neueren, oder öffnen Sie den Desktop im Viewer.",
	"impossible": "Dieser Browser kann den Desktop nicht zeigen ({text}).",
	"menu": "Menü",
	"full-screen": "Vollbild",
	"send-cad": "Strg+Alt+Entf",
	"key-bar": "Leiste mit Umschalttasten",
	"send": "Tasten senden",
	"send-alt-tab": "Alt+Tabulator",
	"send-alt-f4": "Alt+F4 (Fenster schließen)",
	"send-meta": "Windows-Taste",
	"send-ctrl-w": "Strg+W",
	"send-ctrl-t": "Strg+T",
	"send-ctrl-n": "Strg+N",
	"send-print": "Druck",
	"send-vt1": "Strg+Alt+F1",
	"send-vt7": "Strg+Alt+F7",
	"key-control": "Strg",
	"key-shift": "Umschalt",
	"key-meta": "Win",
	"key-tab": "Tabulator",
	"key-left": "Pfeil links",
	"key-up": "Pfeil auf",
	"key-down": "Pfeil ab",
	"key-right": "Pfeil rechts",
	"disconnect": "Sitzung beenden",
	"screen": "Der Bildschirm des Desktops",
};

export const ALL = { en, de };
const texts = globalThis.navigator?.language?.startsWith("de") ? de : en;

/** @param {string} key @param {Record<string, string>} [values] */
export function text(key, values = {}) {
	return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
}

/**
 * Texts of a document.
 * @param {Document} page
 */
export function translate(page) {
	page.documentElement.lang = texts === de ? "de" : "en";
	for (const element of page.querySelectorAll("[data-text]"))
		element.textContent = text(element.getAttribute("data-text") ?? "");
	for (const element of page.querySelectorAll("[data-label]"))
		element.setAttribute("aria-label", text(element.getAttribute("data-label") ?? ""));
}
