# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The demo's scripts share this: messages, stages with their times, and
# children that never outlive the script. Sourced by bash.
# shellcheck shell=bash

say()
{
	echo "demo: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

stage_start=
stage_name=

# Begin a stage; the one before ends with it.
stage()
{
	end_stage
	stage_name=$*
	stage_start=$SECONDS
	say "$stage_name ..."
}

end_stage()
{
	[ -z "$stage_name" ] || say "$stage_name: $((SECONDS - stage_start)) s"
	stage_name=
}

children=()
last_child=

# Start a program in the background with its output in a file: LOG CMD...
# Its process id, and that of its group, is in $last_child. It ends with this
# script, even when that is killed.
start()
{
	local log=$1
	shift
	setsid setpriv --pdeathsig KILL "$@" > "$log" 2>&1 < /dev/null &
	last_child=$!
	children+=("$last_child")
	disown "$last_child"
	wait_for_group "$last_child"
}

# Wait until a new child leads its own process group, so that stop_group finds it.
wait_for_group()
{
	while alive "$1" && ! kill -0 -- "-$1" 2> /dev/null; do
		sleep 0.01
	done
}

alive()
{
	kill -0 "$1" 2> /dev/null
}

# Ask a process group to end, make it end after some seconds: GROUP [SECONDS]
stop_group()
{
	local tries=$((${2:-5} * 10))
	[ -n "$1" ] || return 0
	kill -TERM -- "-$1" 2> /dev/null || return 0
	while kill -0 -- "-$1" 2> /dev/null; do
		[ $tries != 0 ] || kill -KILL -- "-$1" 2> /dev/null || true
		tries=$((tries - 1))
		sleep 0.1
	done
}

# Newest first: the viewer before QEMU before the X server.
stop_children()
{
	local i
	for ((i = ${#children[@]} - 1; i >= 0; i--)); do
		stop_group "${children[i]}"
	done
	children=()
}

# Run a step with its output in a log, shown when it fails: LOG CMD...
# In the background, so that a signal to this script is acted on at once.
logged()
{
	local log=$1
	shift
	setsid "$@" >> "$log" 2>&1 < /dev/null &
	last_child=$!
	children+=("$last_child")
	wait_for_group "$last_child"
	if ! wait "$last_child"; then
		tail -n 30 "$log" >&2
		die "failed: $* (the whole log: $log)"
	fi
	unset 'children[-1]'
}
