# Building and running tests, and the RabbitMQ node that most of them share. Sourced by tests/run.

# All that has tests. Benchmarks have none, and need more crates. Whoever names others has dependencies with other features, and
# so compiles them again.
TESTED=(--workspace --exclude rpc-benches)

# The same targets and so the same features everywhere: nothing is built twice. A program that is not of the workspace
# has the same versions, and so shares what does not depend on its own features: it takes some 20 seconds, once. Once in a
# run, too.
build_tests() {
    [ ! -e "$scratch/binaries.json" ] || return 0
    nextest list "${TESTED[@]}" --cargo-quiet --list-type binaries-only --message-format json >"$scratch/building" &&
        cp Cargo.lock tests/fixtures/first/ &&
        cargo build --quiet --offline --manifest-path tests/fixtures/first/Cargo.toml \
            --target-dir "${CARGO_TARGET_DIR:-target}" &&
        cargo metadata --all-features --format-version 1 >"$scratch/metadata.json" &&
        mv "$scratch/building" "$scratch/binaries.json"
}

nextest() {
    local command=$1 config=$scratch/$step.toml
    shift
    # With a place for its results that no other run shares, nor a step beside it.
    { cat tests/nextest.toml && printf '\n[profile.default.junit]\npath = "%s"\n' "$scratch/$step.xml"; } >"$config"
    tests/.tools/bin/cargo-nextest nextest "$command" --config-file "$config" "$@"
}

# The same with tests that are built. It does not ask cargo, which would wait for steps that are beside: one
# build at a time has the lock on `target`.
nextest_built() {
    build_tests
    nextest "$1" --binaries-metadata "$scratch/binaries.json" --cargo-metadata "$scratch/metadata.json" "${@:2}"
}

# The path of a program of the workspace, as build_tests makes it.
built() {
    echo "${CARGO_TARGET_DIR:-target}/debug/$1"
}

# tests_where EXPRESSION [ARGS...]: runs the tests that nextest's expression selects, and of these only what an expression
# among the arguments selects as well: nextest itself would take both together for more.
tests_where() {
    local status=0 junit=$scratch/$step.xml where=$1 theirs='' expression='' args=()
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        -E | --filterset | --filter-expr)
            [ $# -gt 1 ] || fail "an expression has to follow $1"
            theirs+="${theirs:+ | }($2)"
            shift
            ;;
        -E?* | --filterset=* | --filter-expr=*) expression=${1#*[E=]} && theirs+="${theirs:+ | }(${expression#=})" ;;
        --) args+=("$@") && break ;;
        *) args+=("$1") ;;
        esac
        shift
    done
    nextest_built run --filterset "($where)${theirs:+ & ($theirs)}" "${args[@]}" || status=$?
    [ ! -e "$junit" ] || python3 tests/lib/junit.py "$junit" "$step" "$scratch"
    rm -f "$junit"
    return "$status"
}

# Runs the examples of the documentation: nextest can't.
doctests() {
    local status=0 log=$scratch/doctests.log
    cargo test "${TESTED[@]}" --doc "$@" >"$log" 2>&1 || status=$?
    awk -v step="$step" '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
        END { print step, passed + 0, failed + 0; exit ignored > 0 }' "$log" >>"$scratch/counts" || {
        echo "some are ignored, and none may be"
        status=1
    }
    sed -n "s/^test \(.*\) \.\.\. FAILED$/$step\t\1\t-- '\1'/p" "$log" >>"$scratch/failures"
    [ "$status" -eq 0 ] || cat "$log"
    return "$status"
}

# The version of RabbitMQ that --rabbitmq asks for, and of the node that runs.
rabbitmq_asked='' broker_version='' broker_PID=''

# Runs a step with what it needs beside it: Python, a broker. In the shell itself, as the broker outlives the step.
run_step() {
    local needs=${needs_of[$1]} run=step_${1//-/_} version=''
    [[ $needs != *python* ]] || export RPC_TEST_PYTHON=$PWD/tests/.venv/bin/python
    [[ $needs != *oslo8* ]] || export RPC_TEST_OSLO8=$PWD/tests/.oslo8/bin/python
    [[ $needs != *amqp1* ]] || export RPC_TEST_AMQP1=$PWD/tests/.amqp1/bin/python
    case " $needs " in
    *' broker-4 '*) version=4 ;;
    *' broker '*) version=${rabbitmq_asked:-$(system_rabbitmq)} ;;
    esac
    if needs_peers "$1" && ! wait_for_peers; then
        run=no_peers
    elif [ -n "$version" ] && ! start_broker "$version"; then
        run=no_broker
    fi
    timed "$1" "${about[$1]}" "$run" "${step_args[@]}"
}

no_peers() {
    echo "what is on the other side could not be installed: see the step peers"
    return 1
}

no_broker() {
    cat "$scratch/broker.log"
    echo "the RabbitMQ node did not start"
    return 1
}

# Starts a node of this version, which takes the place of another one.
start_broker() {
    local line out
    [ "$broker_version" != "$1" ] || return 0
    stop_broker
    echo "== a node of RabbitMQ $1"
    in_job build_tests >"$scratch/broker.log" 2>&1 || return 1
    RPC_TEST_RABBITMQ=$(rabbitmq_bin "$1")
    export RPC_TEST_RABBITMQ
    # A coprocess, because the node runs for as long as its stdin is open: it ends with us.
    coproc broker { exec "$(built broker)" 2>"$scratch/broker.log"; }
    # Of one that has ended already there is neither.
    out=${broker[0]:-}
    while [ -n "$out" ] && read -r -u "$out" line; do
        case $line in
        RPC_TEST_BROKER=*) export "${line?}" ;;
        RPC_TEST_BROKER_DIR=*) export "${line?}" && broker_version=$1 && return ;;
        esac
    done
    broker_PID=''
    return 1
}

stop_broker() {
    local pid=$broker_PID
    broker_version=''
    [ -n "$pid" ] || return 0
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}
