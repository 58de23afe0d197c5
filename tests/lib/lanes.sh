# Runs steps one after the other, and some beside them. Sourced by tests/run.
#
# Tests with a broker and with Python wait for most of their time, and compilers take all of a processor: beside each other
# they take two thirds of the time. What is beside comes after the step `build`, whose lock on `target` it would wait for.

# Those that do not need the broker that others share. In one lane are those that wait for each other's lock on `target`, but
# for what has little to compile; at its end a lane rarely has work for more than one processor. The longest lane is the first.
BESIDE=('lints docs' 'fuzz doctests' 'zmq amqp1')
# What they are beside.
WAITING=interop

# Whether a step is run beside others in this run.
is_beside() {
    [ "$1" = peers ] || [[ " ${BESIDE[*]} " == *" $1 "* && " ${chosen[*]} " == *" build "* && " ${chosen[*]} " == *" $WAITING "* ]]
}

# Runs all chosen steps.
run_steps() {
    local step
    start_peers
    for step in "${chosen[@]}"; do
        is_beside "$step" || run_step "$step"
        [ "$step" != build ] || start_beside
    done
    local lane
    for lane in $beside; do wait "$lane" || true; done
    beside=''
}

start_beside() {
    local lane
    # A lane cannot wait for what is not its own. Building takes far longer than that.
    wait_for_peers || true
    set -m
    for lane in "${BESIDE[@]}"; do
        run_lane "$lane" </dev/null &
        beside+=" $!"
    done
    set +m
}

# The process that installs peers, until somebody has waited for it.
peers=''

# Installs what is on the other side while all that needs nothing of it is built and run.
start_peers() {
    local step
    for step in "${chosen[@]}"; do
        needs_peers "$step" || continue
        set -m
        timed peers 'Python and RabbitMQ 4, which are on the other side' install_peers_for "${chosen[@]}" \
            </dev/null >"$scratch/peers.said" 2>&1 &
        set +m
        peers=$! beside+=" $!"
        return
    done
}

needs_peers() {
    [[ ${needs_of[$1]} =~ broker|python|agents|oslo8|amqp1 ]]
}

# Waits for the peers that a step needs, and says whether they are there.
wait_for_peers() {
    if [ -n "$peers" ]; then
        wait "$peers" || true
        peers=''
        cat "$scratch/peers.said"
    fi
    grep -q '^peers .* ok$' "$scratch/steps"
}

# run_lane STEPS: one after the other. Each shows what it has to say when it is done, so that it is in one piece. What talks to
# peers goes first, but leaves the others something: at the end a lane has little that can be done at once.
run_lane() {
    local name
    needs_peers "${1%% *}" || renice -n 7 "$BASHPID" >/dev/null
    for name in $1; do
        is_beside "$name" || continue
        run_step "$name" >"$scratch/$name.said" 2>&1
        cat "$scratch/$name.said"
    done
}
