/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Another program that uses a USB device: usb-claim /dev/bus/usb/BUS/DEVICE
 * takes its first interface and says so, until it is ended.
 */
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct usbdevfs_ioctl disconnect = { .ifno = 0, .ioctl_code = USBDEVFS_DISCONNECT };
	unsigned int interface = 0;
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;

	if (fd < 0) {
		perror("usb-claim");
		return 1;
	}
	ioctl(fd, USBDEVFS_IOCTL, &disconnect); /* the kernel's driver, if any */
	if (ioctl(fd, USBDEVFS_CLAIMINTERFACE, &interface) < 0) {
		perror("usb-claim");
		return 1;
	}
	puts("claimed");
	fflush(stdout);
	pause();
	return 0;
}
