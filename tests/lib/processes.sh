# The processes and files of one run: all of them go with it, however it ends. Sourced by tests/run.

# How long processes that were told to end have for it, in seconds.
GRACE=10

# Each run has a directory for all that it writes outside of the working tree. Its name is in the environment of
# every process that the run starts, which is how the last of them are found: process groups are not enough, as
# nextest and brokers make groups of their own.
scratch=''
# The process groups of the step that runs, and of those beside it.
job='' beside=''

# Makes the directory and sees to its end; sweeps what an earlier run left that was killed.
begin_run() {
    local base=${TMPDIR:-/tmp} left
    for left in "$base"/rpc-tests."$(id -u)".*; do
        [ -d "$left" ] && ! is_running "$(cat "$left/owner" 2>/dev/null)" && sweep "$left"
    done
    scratch=$(mktemp -d "$base/rpc-tests.$(id -u).XXXXXX")
    identity $$ >"$scratch/owner"
    mkdir "$scratch/tmp"
    touch "$scratch/counts" "$scratch/failures" "$scratch/steps"
    trap finish EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # Nothing can be done about SIGKILL but by somebody else.
    setsid tests/lib/watchdog.sh "$scratch" </dev/null >/dev/null 2>&1 &
    watchdog=$!
    export RPC_TEST_RUN=$scratch TMPDIR=$scratch/tmp
}

finish() {
    local status=$?
    set +e
    trap - EXIT INT TERM HUP
    local group
    for group in $job $beside; do kill -TERM -- "-$group" 2>/dev/null || true; done
    kill "$watchdog" 2>/dev/null || true
    sweep "$scratch"
    exit "$status"
}

# Runs a command in the background, so that a signal is handled at once, and in a process group of its own, so
# that all of it can be stopped.
in_job() {
    local status=0
    set -m
    "$@" </dev/null &
    job=$!
    set +m
    wait "$job" || status=$?
    job=''
    return "$status"
}

in_foreground() {
    ("$@")
}

# What tells a process from a later one with the same number: the time of its start.
identity() {
    echo "$1 $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)"
}

is_running() {
    [ -n "$1" ] && [ "$(identity "${1%% *}")" = "$1" ]
}

# The processes of the run with this directory. A shell that goes on has the environment that it began with, so
# tests/run itself is none of them.
processes_of() {
    local files
    # Without the mark, which what looks for it would have as well.
    files=$(env -u RPC_TEST_RUN grep --null-data --line-regexp --fixed-strings --files-with-matches --no-messages \
        "RPC_TEST_RUN=$1" /proc/[0-9]*/environ) || true
    echo "${files//[!0-9$'\n']/}"
}

# Waits for the end of all processes of a run; those that are left are killed. Removes its directory.
sweep() {
    local pids waited
    for ((waited = 0; waited < GRACE * 10; waited++)); do
        pids=$(processes_of "$1")
        [ -n "$pids" ] || break
        # shellcheck disable=SC2086 # one argument each
        [ "$waited" -ne 20 ] || kill -TERM $pids 2>/dev/null || true
        sleep 0.1
    done
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
    # What was killed may still be writing.
    rm -rf "$1" 2>/dev/null || { sleep 1 && rm -rf "$1"; }
}

# Whether the run has left anything: what its steps started has ended, and what they wrote is gone.
nothing_is_left() {
    local waited pids
    for ((waited = 0; waited < GRACE * 10; waited++)); do
        pids=$(processes_of "$scratch")
        [ -n "$pids" ] || [ -n "$(ls -A "$TMPDIR")" ] || return 0
        sleep 0.1
    done
    # shellcheck disable=SC2086
    [ -z "$pids" ] || ps -o pid,ppid,args -p ${pids//$'\n'/,} || echo "processes $pids"
    ls -lA "$TMPDIR"
    return 1
}
