# shellcheck shell=bash disable=SC2154
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Kernel modules, the VM's own files and the image that is packed of them.
# Part of labvm.

# The hash of what a step is made of, for its stamp.
key_of()
{
	cat "$@" | sha256sum | cut -c 1-16
}

# Whether the step NAME was done with just this KEY.
done_before()
{
	[ "$(cat "$lab/$1.done" 2> /dev/null)" = "$2" ]
}

make_modules()
{
	step "kernel modules: vgem and mbochs"
	rm -rf "$lab/modules"
	mkdir -p "$lab/modules"
	cp "$here/modules/edit.py" "$here/modules/build" "$lab/modules/"
	logged modules in_root sh -e /cache/modules/build
}

# Files of our own, and the key that opens the VM to us alone.
make_files()
{
	step "files of the VM"
	rm -f "$lab"/key "$lab"/key.pub "$lab"/hostkey "$lab"/hostkey.pub
	ssh-keygen -q -t ed25519 -N '' -C labvm -f "$lab/key"
	ssh-keygen -q -t ed25519 -N '' -C labvm -f "$lab/hostkey"
	echo "labvm $(cut -d ' ' -f 1,2 "$lab/hostkey.pub")" > "$lab/known_hosts"
	install -d -m 700 "$root/root/.ssh" "$root/opt/osvdi"
	install -m 600 "$lab/key.pub" "$root/root/.ssh/authorized_keys"
	rm -f "$root"/etc/ssh/ssh_host_*
	install -m 600 "$lab/hostkey" "$root/etc/ssh/ssh_host_ed25519_key"
	install -m 755 "$here/vm/init" "$here/vm/lab" "$root/usr/local/sbin/"
	cp "$here/vm/initrd-init" "$here/vm/make-initrd" "$lab/"
	logged initrd in_root sh -e /cache/make-initrd
}

# A program of the root on this machine's kernel, without privileges.
root_program()
{
	local libraries=$root/usr/lib/x86_64-linux-gnu program=$root$1
	shift
	"$root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/pulseaudio" \
		"$program" "$@"
}

# Compilers, headers and sources are of use in the root, not in the VM.
pack_image()
{
	local skip=() path
	step "packing the image"
	for path in usr/src boot usr/include usr/lib/gcc usr/libexec/gcc var/lib/apt var/cache \
			src cache; do
		skip+=("--exclude-path=$path")
	done
	rm -f "$lab/image.tmp"
	logged image root_program /usr/bin/mkfs.erofs -zlz4 "${skip[@]}" \
		--exclude-regex='.*\.a$' "$lab/image.tmp" "$root"
	mv "$lab/image.tmp" "$lab/image"
}

build_lab()
{
	local modules files
	[ "$(id -u)" = 0 ] || die "building the lab needs root"
	mkdir -p "$lab"
	exec 9> "$lab/lock"
	flock -n 9 || { say "another build is running; waiting for it"; flock 9; }
	if [ "$(cat "$root/.osvdi-key" 2> /dev/null)" != "$(root_key)" ]; then
		rm -f "$lab"/*.done
		make_root
	fi
	modules=$(key_of "$here"/modules/* "$here/lib/image.sh")
	files=$(key_of "$here"/vm/* "$here/lib/image.sh")-$modules
	if ! done_before modules "$modules"; then
		make_modules
		echo "$modules" > "$lab/modules.done"
	fi
	if ! done_before files "$files" || [ ! -e "$lab/image" ]; then
		rm -f "$lab/image"
		make_files
		pack_image
		echo "$files" > "$lab/files.done"
	fi
	step "the lab is built: $lab"
	exec 9>&-
}
