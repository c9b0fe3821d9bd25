# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The lab VM's root file system: a folder, made by mmdebstrap, in which
# commands also run natively. Part of labvm.

release=trixie

# The URI of this machine's first package source with this label.
apt_mirror()
{
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' \
		2> /dev/null | awk -F'|' -v l="$1" '$1 == "Debian" && $2 == l { print $3; exit }'
}

package_sources()
{
	local mirror security key=/usr/share/keyrings/debian-archive-keyring.gpg signed=
	mirror=${OSVDI_LAB_MIRROR:-$(apt_mirror Debian)}
	[ -n "$mirror" ] ||
		die "apt here knows no Debian mirror: run apt-get update, or set OSVDI_LAB_MIRROR"
	[ ! -r $key ] || signed="[signed-by=$key] "
	echo "deb $signed$mirror $release main"
	echo "deb-src $signed$mirror $release main"
	security=$(apt_mirror Debian-Security)
	[ -n "$security" ] || return 0
	echo "deb $signed$security $release-security main"
	echo "deb-src $signed$security $release-security main"
}

package_names()
{
	sed 's/#.*//' "$here/root-packages.txt" "$top/qemu-patches/10.0/build-deps" |
		tr -s ' \t\n' '\n' | sed '/^$/d' | sort -u | paste -sd,
}

# Changes of these make another root.
root_key()
{
	{ package_names; sed -n '/^make_root/,/^}/p' "$here/lib/root.sh"; } |
		sha256sum | cut -c 1-16
}

make_root()
{
	local tmp=$lab/root.tmp options=() line
	command -v mmdebstrap > /dev/null ||
		die "mmdebstrap is missing; run: scripts/setup-debian labvm"
	# what apt needs here to reach its mirror, it needs there too
	while IFS= read -r line; do
		options+=("--aptopt=$line")
	done < <(apt-config dump | grep -E \
		-e '^Acquire::https?(::[^:]+)?::(Proxy|Verify-[A-Za-z]+|CaInfo|Timeout) "[^"]' \
		-e '^Acquire::(Check-[A-Za-z-]+|Retries) "[^"]' || :)
	rm -rf --one-file-system "$tmp" "$root"
	step "a root of Debian $release (some minutes)"
	package_sources > "$lab/sources.list"
	# an initramfs of the distribution's is not needed
	logged root mmdebstrap --variant=minbase --skip=output/mknod --include="$(package_names)" \
		"${options[@]}" --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--essential-hook='mkdir -p "$1/usr/sbin" &&
			chroot "$1" dpkg-divert --quiet --local --rename \
				--add /usr/sbin/update-initramfs &&
			ln -s /bin/true "$1/usr/sbin/update-initramfs"' \
		$release "$tmp" "$lab/sources.list"
	rm -f "$tmp"/var/cache/apt/archives/*.deb
	mv "$tmp" "$root"
	root_key > "$root/.osvdi-key"
}

# Run a command natively in the root; its mounts go away with it.
in_root()
{
	[ "$(id -u)" = 0 ] || die "this needs root"
	[ $# -gt 0 ] || die "root: which command?"
	unshare --mount --propagation private -- bash -euc '
		root=$1 src=$2 cache=$3
		shift 3
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		mount -t tmpfs tmpfs "$root/tmp"
		for file in /etc/resolv.conf /etc/hosts; do
			[ -e $file ] || continue
			[ -e "$root$file" ] || : > "$root$file"
			mount --bind $file "$root$file"
		done
		mkdir -p "$root/src" "$root/cache"
		mount --bind "$src" "$root/src"
		mount -o remount,bind,ro "$root/src"
		mount --bind "$cache" "$root/cache"
		exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' in-root "$root" "$top" "$lab" "$@"
}
