# shellcheck shell=bash disable=SC2154,SC2016,SC2054
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Start, stop, reach the VM. Part of labvm.

declare -A inner_ports=([ssh]=22 [spice]=5900 [qmp]=5901 [serial]=5902)
start_limit_s=300

# The process of our QEMU, if it runs: its command line names this lab.
vm_pid()
{
	local pid
	pid=$(cat "$run/pid" 2> /dev/null) && [ -n "$pid" ] || return 1
	{ tr '\0' '\n' < "/proc/$pid/cmdline" | grep -qxF "labvm:$lab"; } 2> /dev/null || return 1
	echo "$pid"
}

vm_port()
{
	[ -n "${inner_ports[$1]:-}" ] || die "port: spice, qmp or serial?"
	vm_pid > /dev/null || die "the VM does not run: tests/labvm/labvm start"
	sed -n "s/^$1 //p" "$run/ports"
}

choose_accel()
{
	case ${OSVDI_LAB_ACCEL:-} in
	kvm|tcg) echo "$OSVDI_LAB_ACCEL" ;;
	'') if "$top/demo/probe-kvm" > /dev/null 2>&1; then echo kvm; else echo tcg; fi ;;
	*) die "OSVDI_LAB_ACCEL: kvm or tcg" ;;
	esac
}

# Ports of this machine that are free now, one for each of the VM's.
choose_ports()
{
	python3 - "${!inner_ports[@]}" <<'PY' > "$run/ports"
import socket
import sys
held = [socket.socket() for _ in sys.argv[1:]]
for name, s in zip(sys.argv[1:], held):
    s.bind(('127.0.0.1', 0))
    print(name, s.getsockname()[1])
PY
}

write_ssh_config()
{
	cat > "$run/ssh.conf" <<END
Host lab
	HostName 127.0.0.1
	Port $(sed -n 's/^ssh //p' "$run/ports")
	User root
	HostKeyAlias labvm
	UserKnownHostsFile "$lab/known_hosts"
	IdentityFile "$lab/key"
	IdentitiesOnly yes
	BatchMode yes
	LogLevel ERROR
	ControlMaster auto
	ControlPath ssh.sock
	ControlPersist 600
END
}

# The VM's own QEMU (newer than this machine's) by its own loader: no root
# and no mounts are needed for it.
vm_qemu()
{
	local libraries=$root/usr/lib/x86_64-linux-gnu share=$root/usr/share
	export QEMU_MODULE_DIR=$libraries/qemu
	exec setsid "$root/lib64/ld-linux-x86-64.so.2" \
		--library-path "$libraries:$libraries/pulseaudio" \
		"$root/usr/bin/qemu-system-x86_64" -L "$share/qemu" -L "$share/seabios" "$@"
}

launch()
{
	local accel=$1 forward='' name number options
	while read -r name number; do
		forward+=",hostfwd=tcp:127.0.0.1:$number-:${inner_ports[$name]}"
	done < "$run/ports"
	# nested KVM on emulated SVM brings the VM down now and then
	options=(-accel tcg,thread=multi,tb-size=1024 -cpu max,svm=off)
	[ "$accel" != kvm ] || options=(-accel kvm -cpu host)
	options+=(-name "labvm:$lab" -nodefaults -no-user-config -display none -vga none -no-reboot
		-machine q35 -smp "${OSVDI_LAB_CPUS:-2}" -m "${OSVDI_LAB_MEMORY:-3072}"
		-kernel "$lab/vmlinuz" -initrd "$lab/initrd"
		-append "console=ttyS0 quiet panic=-1 mitigations=off nokaslr random.trust_cpu=on \
tsc=reliable"
		-blockdev "driver=raw,node-name=root,read-only=on,file.driver=file,\
file.filename=${lab//,/,,}/image,file.locking=off"
		-device virtio-blk-pci,drive=root
		-device virtio-rng-pci
		-netdev "user,id=net,restrict=on$forward"
		-device virtio-net-pci,netdev=net,romfile=
		-chardev file,id=serial,path=serial.log -serial chardev:serial)
	(cd "$run" && vm_qemu "${options[@]}") > "$run/qemu.log" 2>&1 < /dev/null 8>&- &
	echo $! > "$run/pid"
	disown
}

ssh_inside()
{
	cd "$run" && ssh -F ssh.conf "$@"
}

start_vm()
{
	local accel end=$((SECONDS + start_limit_s))
	[ -e "$lab/image" ] || die "there is no image; first: tests/labvm/labvm build"
	mkdir -p "$run"
	exec 8> "$run/lock"
	flock 8
	if vm_pid > /dev/null; then
		say "it runs already (process $(vm_pid))"
		return 0
	fi
	rm -f "$run"/{ssh.sock,pid,serial.log}
	accel=$(choose_accel)
	choose_ports
	write_ssh_config
	launch "$accel"
	step "starting the VM ($accel)"
	sleep 2
	until (ssh_inside -o ConnectTimeout=20 lab true 8>&-) > /dev/null 2> "$run/ssh.log"; do
		vm_pid > /dev/null || { cat "$run/qemu.log" >&2; die "QEMU ended"; }
		[ $SECONDS -lt $end ] || {
			tail -n 20 "$run/serial.log" "$run/ssh.log" >&2
			stop_vm
			die "the VM did not come up"
		}
		sleep 0.5
	done
	step "the VM is up (process $(vm_pid))"
	exec 8>&-
}

# The shell inside gets one line: each argument quoted for it.
run_inside()
{
	[ $# -gt 0 ] || die "run: which command?"
	vm_pid > /dev/null || die "the VM does not run: tests/labvm/labvm start"
	local line="${*@Q}"
	cd "$run" || exit 125
	exec ssh -F ssh.conf lab "$line"
}

put_files()
{
	[ $# -ge 2 ] || die "put FILE... DIR"
	local folder=${*: -1} list=() file
	for file in "${@:1:$#-1}"; do
		[ -e "$file" ] || die "put: there is no $file"
		file=$(readlink -f "$file")
		list+=(-C "$(dirname "$file")" "$(basename "$file")")
	done
	tar -cf - "${list[@]}" |
		(run_inside sh -c 'mkdir -p "$1" && exec tar -xof - -C "$1"' sh "$folder")
}

get_file()
{
	[ $# = 2 ] || die "get FILE DIR"
	(run_inside cat "$1") > "$2/$(basename "$1")"
}

stop_vm()
{
	local pid i
	pid=$(vm_pid) || { say "the VM does not run"; return 0; }
	(ssh_inside -O exit lab) > /dev/null 2>&1 || :
	kill -TERM "$pid"
	for ((i = 0; i < 50; i++)); do
		vm_pid > /dev/null || break
		sleep 0.1
	done
	! vm_pid > /dev/null || kill -KILL "$pid"
	rm -f "$run"/{pid,ssh.sock}
	say "the VM is stopped"
}
