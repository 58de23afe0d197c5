#!/usr/bin/env bash
# whole.sh PROGRAM ARGS...: runs a program with all that it starts, for as long as stdin stays open, and passes SIGTERM on to
# it. When it ends, what it has left is killed. It may make a session of its own; this script wants a process group of its own.
exec 3<&0
# Before there is anything to be told: a signal may come as soon as the program says something.
program= told=
pass_on() {
    told=yes
    [ -z "$program" ] || kill -TERM "$program"
}
trap pass_on TERM
"$@" </dev/null 3<&- &
program=$!
[ -z "$told" ] || pass_on
cat <&3 >/dev/null 2>&1 &
open=$!
exec 3<&-
runs() {
    kill -0 "$1" 2>/dev/null
}

# Looked at again and again: `wait -n` does not hear of what has ended just before it. A signal ends a wait early.
while runs "$open" && runs "$program"; do
    sleep 0.1 &
    wait $!
done
# The group that it leads, if it does.
kill -KILL -- "-$program" 2>/dev/null
# Ours, with this script.
runs "$open" || kill -KILL 0
kill "$open"
wait "$program"
