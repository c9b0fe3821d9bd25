# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether everybody can use a page: what tests of the portal's pages and of the page with the
desktop ask of what is shown."""
from desk import check
from harness import Failed  # found by desk

# Faults of the page that is shown, as a list of words.
FAULTS = r"""
(() => {
const faults = [], all = (what) => [...document.querySelectorAll(what)];
const shown = (e) => e.getClientRects().length && !e.closest(".unseen");
const name = (e) => e.tagName.toLowerCase() + " " + (e.textContent.trim().slice(0, 40) || e.name);
if (!["en", "de"].includes(document.documentElement.lang))
	faults.push("the page does not say its language");
if (!document.title.trim())
	faults.push("no title");
if (all("h1").length !== 1 || all("main").length !== 1)
	faults.push("not one main heading and one main part");
let level = 0;
for (const h of all("h1, h2, h3, h4")) {
	if (Number(h.tagName[1]) > level + 1)
		faults.push("a level of headings is left out: " + name(h));
	level = Number(h.tagName[1]);
}
for (const e of all("input:not([type=hidden]), select, textarea"))
	if (!e.ariaLabel && !e.labels[0]?.textContent.trim())
		faults.push("no label: " + (e.name || e.id));
for (const e of all("button, a, summary"))
	if (shown(e) && !e.ariaLabel && !/\w/.test(e.textContent))
		faults.push("no name: " + e.outerHTML);
const buttons = all("button").filter(shown).map((e) => e.ariaLabel ?? e.textContent.trim());
for (const e of new Set(buttons.filter((b, i) => buttons.indexOf(b) !== i)))
	faults.push("two buttons have one name: " + e);
const ids = all("[id]").map((e) => e.id);
if (new Set(ids).size !== ids.length)
	faults.push("an id is there twice");

const parse = (text) => text.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
	.map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
	.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ratio = (a, b) => {
	const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
	return (high + 0.05) / (low + 0.05);
};
const ground = (e) => {
	for (; e; e = e.parentElement) {
		const c = parse(getComputedStyle(e).backgroundColor);
		if (c.length < 4 || c[3] === 1)
			return c;
		if (c[3] !== 0)
			faults.push("half a background: " + name(e));
	}
	const probe = document.createElement("div");
	probe.style.color = "Canvas";
	document.body.append(probe);
	const c = parse(getComputedStyle(probe).color);
	probe.remove();
	return c;
};
for (const e of all("body *")) {
	const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
	const style = getComputedStyle(e);
	if ((!own && e.tagName !== "INPUT") || !shown(e) || e.type === "hidden")
		continue;
	const r = ratio(parse(style.color), ground(e));
	if (r < 4.5)
		faults.push(`contrast ${r.toFixed(2)}: ` + name(e));
	if (parseFloat(style.fontSize) < 12)
		faults.push("small letters: " + name(e));
}
for (const e of all("button, input:not([type=hidden]), summary")) {
	const box = e.getBoundingClientRect();
	if (shown(e) && (box.width < 24 || box.height < 24))
		faults.push(`a small target, ${box.width} x ${box.height}: ` + name(e));
}
if (document.documentElement.scrollWidth > innerWidth)
	faults.push(`${document.documentElement.scrollWidth} wide in ${innerWidth}`);
return faults;
})()
"""

# The thing that has the focus: whether something shows that, and which thing it is.
FOCUS = r"""
(() => {
const e = document.activeElement, style = getComputedStyle(e);
return [e === document.body ? "" : [...document.querySelectorAll("*")].indexOf(e) + "",
	style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1, e.className];
})()
"""
REACHABLE = """[...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
.filter((e) => e.checkVisibility()).length"""


def look(browser, what):
    """The page as it is shown: light and dark, in a large and in a small window."""
    for width, dark in ((1100, False), (1100, True), (320, False), (320, True)):
        browser.window(width, 700)
        browser.dark(dark)
        faults = browser.run(FAULTS)
        if faults:
            raise Failed(f"{what}, {width} pixels, {'dark' if dark else 'light'}: {faults}")
    check(True, f"{what}: names, headings, contrast, sizes")


def walk(browser, what, first=""):
    """Tab goes to all that can be used, in the page's order, and shows where it is. first: a
    class of the first."""
    browser.window(1100, 700)
    places = []
    for _ in range(browser.run(REACHABLE)):
        browser.call("Input.dispatchKeyEvent", type="rawKeyDown", code="Tab", key="Tab",
                     windowsVirtualKeyCode=9)
        browser.call("Input.dispatchKeyEvent", type="keyUp", code="Tab", key="Tab",
                     windowsVirtualKeyCode=9)
        place, visible, kind = browser.run(FOCUS)
        if not place or not visible:
            raise Failed(f"{what}: the focus is not shown at {place or 'nothing'}")
        if not places and first not in kind:
            raise Failed(f"{what}: the first is not of the class {first}")
        places.append(int(place))
    check(places == sorted(set(places)) and places, f"{what}: {len(places)} stops of Tab in order")
