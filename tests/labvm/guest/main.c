/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The lab's guest: no operating system, so that it is up at once. Shows what
 * it is told to on the serial line, in the words of the guest in tests/qemu:
 *   show 0 W H C C C C    quarters of these colours (hexadecimal) in that mode
 *   fill 0 X Y W H C      a rectangle
 *   noise 0 X Y W H SEED  black and white pixels, as text has them
 *   scroll 0 X Y W H N    moves the rectangle's rows up by N; the last N stay
 *   play 0 X Y W H        a video, until the next command
 *   stop 0                answers "ok N": the video ended with picture N
 *   off 0                 no picture
 *   cursor 0 EDGE HOT_X HOT_Y C     move 0 X Y
 *   eject SLOT            lets a PCI device go (on the machine "pc")
 * and answers "ok" or "error ...". Words on its command line: 3d. */
#include "guest.h"

#include <stddef.h>

#define PCI_EJECT 0xae08 /* docs/specs/acpi_pci_hotplug.rst of QEMU */
#define PCI_BUS_SELECT 0xae10
#define MAX_WORDS 10u

void guest_main(const uint32_t *multiboot);

void draw_cursor(volatile uint32_t *pixels, uint32_t edge, uint32_t colour)
{
	for (uint32_t y = 0; y < CURSOR_EDGE; y++)
		for (uint32_t x = 0; x < CURSOR_EDGE; x++)
			pixels[y * CURSOR_EDGE + x] = x < edge && y < edge ? colour : 0;
}

static bool starts(const char *text, const char *word)
{
	while (*word && *text == *word)
		text++, word++;
	return !*word;
}

static bool has_word(const char *line, const char *word)
{
	for (; *line; line++)
		if (starts(line, word))
			return true;
	return false;
}

static uint32_t digit(char c)
{
	return c >= '0' && c <= '9' ? (uint32_t)(c - '0') : c >= 'a' && c <= 'f' ?
			(uint32_t)(c - 'a' + 10) : 16;
}

/* The numbers after the first word: decimal ones, from the n-th on hexadecimal. */
static unsigned numbers(const char *line, unsigned n_decimal, uint32_t *out)
{
	unsigned n = 0;

	while (*line && *line != ' ')
		line++;
	while (*line == ' ' && n < MAX_WORDS) {
		uint32_t base = n < n_decimal ? 10 : 16;

		out[n] = 0;
		for (line++; digit(*line) < base; line++)
			out[n] = out[n] * base + digit(*line);
		n++;
	}
	return *line ? 0 : n;
}

static void fill(struct display *d, uint32_t x0, uint32_t y0, uint32_t w, uint32_t h,
		uint32_t colour)
{
	for (uint32_t y = y0; y < y0 + h && y < d->height; y++)
		for (uint32_t x = x0; x < x0 + w && x < d->width; x++)
			d->pixels[y * d->width + x] = colour;
}

/* Marsaglia's xorshift: the test outside draws the same. */
static void noise(struct display *d, uint32_t x0, uint32_t y0, uint32_t w, uint32_t h,
		uint32_t seed)
{
	for (uint32_t y = y0; y < y0 + h && y < d->height; y++)
		for (uint32_t x = x0; x < x0 + w && x < d->width; x++) {
			seed ^= seed << 13;
			seed ^= seed >> 17;
			seed ^= seed << 5;
			d->pixels[y * d->width + x] = seed & 1 ? 0xffffff : 0;
		}
}

static void scroll(struct display *d, uint32_t x0, uint32_t y0, uint32_t w, uint32_t h, uint32_t n)
{
	for (uint32_t y = y0; y + n < y0 + h; y++)
		for (uint32_t x = x0; x < x0 + w; x++)
			d->pixels[y * d->width + x] = d->pixels[(y + n) * d->width + x];
}

/* ---- a video --------------------------------------------------------------- */

static struct {
	bool plays;
	uint32_t x, y, w, h;
	uint32_t n; /* of the picture that is shown */
} video;

static const char *next_picture(struct display *d)
{
	uint32_t n = ++video.n;

	for (uint32_t y = 0; y < video.h; y++)
		for (uint32_t x = 0; x < video.w; x++)
			d->pixels[(video.y + y) * d->width + video.x + x] =
					(((x + 5 * n) & 255) << 16 | ((y + 3 * n) & 255) << 8 |
					((x ^ y) & 255));
	return d->dirty(d, video.x, video.y, video.w, video.h);
}

static bool fits(const struct display *d, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	return d->pixels && x < d->width && y < d->height && w <= d->width - x &&
			h <= d->height - y;
}

static const char *play(struct display *d, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	video.x = x;
	video.y = y;
	video.w = w;
	video.h = h;
	video.plays = true;
	return next_picture(d);
}

static const char *stop(void)
{
	video.plays = false;
	return NULL;
}

/* ---- commands -------------------------------------------------------------- */

static const char *show(struct display *d, uint32_t w, uint32_t h, const uint32_t colours[4])
{
	bool same = d->pixels && d->width == w && d->height == h;
	const char *why;

	video.plays = false;
	d->width = w;
	d->height = h;
	why = same ? NULL : d->show(d);
	if (why)
		return why;
	for (unsigned q = 0; q < 4; q++)
		fill(d, q % 2 ? w / 2 : 0, q / 2 ? h / 2 : 0, q % 2 ? w - w / 2 : w / 2,
			q / 2 ? h - h / 2 : h / 2, colours[q]);
	return d->dirty(d, 0, 0, w, h);
}

/* Commands that draw: NULL or what is wrong. */
static const char *draw(struct display *d, const char *line, const uint32_t n[MAX_WORDS])
{
	if (!fits(d, n[1], n[2], n[3], n[4]))
		return "outside of the picture";
	if (starts(line, "play "))
		return play(d, n[1], n[2], n[3], n[4]);
	if (starts(line, "fill "))
		fill(d, n[1], n[2], n[3], n[4], n[5]);
	else if (starts(line, "noise "))
		noise(d, n[1], n[2], n[3], n[4], n[5]);
	else
		scroll(d, n[1], n[2], n[3], n[4], n[5]);
	return d->dirty(d, n[1], n[2], n[3], n[4]);
}

static bool draws(const char *line, uint32_t n[MAX_WORDS])
{
	return (starts(line, "fill ") && numbers(line, 5, n) == 6) ||
			(starts(line, "noise ") && numbers(line, 6, n) == 6) ||
			(starts(line, "scroll ") && numbers(line, 6, n) == 6) ||
			(starts(line, "play ") && numbers(line, 5, n) == 5);
}

static const char *obey(struct display *d, const char *line)
{
	uint32_t n[MAX_WORDS];

	if (draws(line, n))
		return draw(d, line, n);
	if (starts(line, "stop ") && numbers(line, 1, n) == 1)
		return stop();
	if (starts(line, "show ") && numbers(line, 3, n) == 7)
		return show(d, n[1], n[2], n + 3);
	if (starts(line, "off ") && numbers(line, 1, n) == 1)
		return d->off(d);
	if (starts(line, "cursor ") && numbers(line, 4, n) == 5)
		return d->cursor(d, n[1], n[2], n[3], n[4]);
	if (starts(line, "move ") && numbers(line, 3, n) == 3)
		return d->move ? d->move(d, n[1], n[2]) : "this pointer is not ours to move";
	if (starts(line, "eject ") && numbers(line, 1, n) == 1) {
		out32(PCI_BUS_SELECT, 0);
		out32(PCI_EJECT, 1u << n[0]);
		return NULL;
	}
	return "unknown command";
}

/* While nothing comes, the video goes on. */
static void read_line(struct display *d, char *line, unsigned size)
{
	unsigned n = 0;
	char c;

	for (;;) {
		if (!serial_read(&c)) {
			if (video.plays && d->pixels)
				next_picture(d);
			__asm__ volatile("pause");
		} else if (c == '\n' && n) {
			line[n] = 0;
			return;
		} else if (c != '\n' && n < size - 1) {
			line[n++] = c;
		}
	}
}

void guest_main(const uint32_t *multiboot)
{
	const char *words = multiboot[0] & 4 ? (const char *)multiboot[4] : "";
	uint32_t memory = (multiboot[2] * 1024 / 2 + 0x100000) & ~0xfffffu; /* the upper half */
	struct display *d;
	char line[128];

	serial_init();
	d = bochs_open();
	if (!d)
		d = virtio_gpu_open(memory, has_word(words, "3d"));
	if (!d)
		fail("there is no display device");
	serial_print("ready\n");
	for (;;) {
		const char *why;

		read_line(d, line, sizeof line);
		why = obey(d, line);
		serial_print(why ? "error " : "ok");
		serial_print(why ? why : "");
		if (!why && starts(line, "stop ")) {
			serial_print(" ");
			serial_hex(video.n);
		}
		serial_print("\n");
	}
}
