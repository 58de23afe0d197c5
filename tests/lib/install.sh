# Installs what the steps need and the machine lacks; sourced by tests/run, in the root of the repository.

# Compiled when they are needed first, as there is no wheel of them.
CARGO_GAMMA=0.4.0
CARGO_SEMVER_CHECKS=0.51.0
MDBOOK=0.5.4

# Where Debian has the programs of RabbitMQ; those in /usr/sbin are wrappers that switch to another user.
RABBITMQ_BIN=/usr/lib/rabbitmq/bin
# RabbitMQ 4, where the system has an older one.
RABBITMQ_4=tests/.rabbitmq4

# Where Debian has the example programs of Proton, of which one is a broker.
PROTON_EXAMPLES=/usr/share/proton/examples/python

# The version of the system's RabbitMQ, 3 or 4.
system_rabbitmq() {
    case $(echo "$RABBITMQ_BIN"/../lib/rabbitmq_server-*) in
    */rabbitmq_server-[4-9].*) echo 4 ;;
    *) echo 3 ;;
    esac
}

# The directory of the rabbitmq-server of a version.
rabbitmq_bin() {
    if [ "$1" = "$(system_rabbitmq)" ]; then echo "$RABBITMQ_BIN"; else echo "$PWD/$RABBITMQ_4/bin"; fi
}

fail() {
    echo "tests/run: $*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# What these steps need of the system and of Rust: with it, they can be built. One run at a time: others wait, and find it done.
install_for() {
    local needs lock
    needs=$(needs_of_all "$@")
    exec {lock}<tests
    flock "$lock"
    install_packages "$needs"
    install_rust
    # Each of these waits for the network for most of its time, or fills one processor.
    at_once fetch_crates "install_tools $needs"
    exec {lock}<&-
}

# The peers of these steps: Python with what they import, and RabbitMQ 4.
install_peers_for() {
    local needs lock parts=()
    needs=$(needs_of_all "$@")
    exec {lock}<tests
    flock "$lock"
    [[ $needs != *broker* ]] || parts+=("install_rabbitmq $needs")
    [[ $needs != *python* ]] || parts+=("install_environment tests/.venv tests/python/requirements.txt")
    [[ $needs != *agents* ]] || parts+=("install_environment tests/.agents tests/agents/requirements.txt")
    [[ $needs != *oslo8* ]] || parts+=("install_environment tests/.oslo8 tests/oslo8/requirements.txt")
    [[ $needs != *amqp1* ]] || parts+=(install_amqp1)
    at_once "${parts[@]}"
    exec {lock}<&-
}

needs_of_all() {
    local step
    for step in "$@"; do echo "${needs_of[$step]}"; done
}

# at_once COMMANDS...: runs all, each of which is some words, and fails if one of them does.
at_once() {
    local command pid pids=() status=0
    for command in "$@"; do
        # shellcheck disable=SC2086 # its words
        $command &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || status=1; done
    return "$status"
}

# Debian packages, by the command or file that shows that one is there.
install_packages() {
    local needs=$1 missing=() looked=()
    # lacks WHAT PACKAGES...
    lacks() {
        looked+=("  $1 (${*:2})")
        missing+=("${@:2}")
    }
    command -v cc >/dev/null || lacks "cc in PATH" gcc libc6-dev
    [[ $needs != *cpp* ]] || command -v c++ >/dev/null || lacks "c++ in PATH" g++
    [[ $needs != *broker* ]] || [ -x "$RABBITMQ_BIN/rabbitmq-server" ] ||
        lacks "$RABBITMQ_BIN/rabbitmq-server" rabbitmq-server
    [[ $needs != *broker* ]] || command -v erl_call >/dev/null || lacks "erl_call in PATH" erlang-base
    [[ $needs != *redis* ]] || command -v redis-server >/dev/null || lacks "redis-server in PATH" redis-server
    [[ $needs != *amqp1* ]] || python_with_proton >/dev/null ||
        lacks "a python3 with the modules proton, ensurepip and venv" python3-qpid-proton python3-venv
    [[ $needs != *amqp1* ]] || [ -e "$PROTON_EXAMPLES/broker.py" ] ||
        lacks "$PROTON_EXAMPLES/broker.py" libqpid-proton11-dev-examples
    # Debian's python3 has venv but not what fills one.
    python3 -c 'import ensurepip, venv' 2>/dev/null ||
        lacks "python3 in PATH, with the modules ensurepip and venv" python3 python3-venv
    [ ${#missing[@]} -gt 0 ] || return 0

    local list
    list=$(printf '%s\n' "${looked[@]}")
    command -v apt-get >/dev/null ||
        fail $'this is no Debian, so install by hand what is not there (and how Debian calls it):\n'"$list"
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
        fail $'not root, and no sudo, so somebody else has to install what is not there:\n'"$list"
    echo "installing ${missing[*]}"
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
    if [[ " ${missing[*]} " == *" rabbitmq-server "* ]] && command -v service >/dev/null; then
        # The package starts a node, which nobody asked for, and that an epmd. What was there before stays.
        as_root service rabbitmq-server stop || true
        as_root epmd -kill || true
    fi
    if [[ " ${missing[*]} " == *" redis-server "* ]] && command -v service >/dev/null; then
        # So does this one.
        as_root service redis-server stop || true
    fi
}

install_rust() {
    command -v cargo >/dev/null || fail "no cargo: install Rust first (https://rustup.rs)"
    install_component rustfmt cargo fmt
    install_component clippy cargo clippy
}

# All that is compiled anywhere, so that nothing needs the network later.
fetch_crates() {
    cargo fetch --quiet --locked
    cargo fetch --quiet --locked --manifest-path rpc-runtime/fuzz/Cargo.toml
}

# install_tools NEEDS...: programs that the steps run, all in one place.
install_tools() {
    local needs=$*
    [[ $needs != *tools* ]] || install_environment tests/.tools tests/tools/requirements.txt
    [[ $needs != *mutants* ]] || install_program cargo-gamma "$CARGO_GAMMA" gamma
    [[ $needs != *semver* ]] || install_program cargo-semver-checks "$CARGO_SEMVER_CHECKS" semver-checks
    [[ $needs != *editor* ]] || install_component rust-analyzer rust-analyzer
    [[ $needs != *book* ]] || install_program mdbook "$MDBOOK" '' --no-default-features --features search
}

# install_component NAME COMMAND...: adds a component of Rust, unless it is there and tells its version.
install_component() {
    "${@:2}" --version >/dev/null 2>&1 && return
    command -v rustup >/dev/null || fail "no $1, and no rustup to add it"
    rustup component add "$1"
}

# install_program NAME VERSION SUBCOMMAND [ARGS...]: compiles one that is not there in this version, which those that
# extend cargo tell for their subcommand only.
install_program() {
    local name=$1 version=$2 program=tests/.tools/bin/$1 told
    # shellcheck disable=SC2086 # none, or one
    told=$("$program" $3 --version 2>/dev/null) || true
    # "mdbook v0.5.4", "cargo-gamma 0.4.0"
    [ "${told##*[ v]}" != "$version" ] || return 0
    echo "making $program"
    cargo install --quiet --locked --root tests/.tools "$name@$version" "${@:4}"
}

# install_rabbitmq NEEDS...: in the versions that are wanted by those who need one; the system's has to be one of them.
install_rabbitmq() {
    local needs=$* wanted=$rabbitmq_asked
    [[ $needs != *broker-4* ]] || wanted+=' 4'
    case $(system_rabbitmq),$wanted in
    4,*3*) fail "there is no RabbitMQ 3 here: the system has RabbitMQ 4, Debian 12 has 3.10" ;;
    3,*4*) make_rabbitmq_4 ;;
    esac
}

make_rabbitmq_4() {
    local began=$SECONDS recipe=tests/lib/rabbitmq4.sh
    # The copy is written last: it says that all was made, by this very recipe.
    cmp --silent "$recipe" "$RABBITMQ_4/rabbitmq4.sh" && return
    rm -rf "$RABBITMQ_4"
    "$recipe" "$RABBITMQ_4"
    echo "made $RABBITMQ_4 in $((SECONDS - began)) s"
}

# The python3 that has Proton: another one may go before Debian's own.
python_with_proton() {
    local python
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import ensurepip, proton, venv' 2>/dev/null && echo "$python" && return
    done
    return 1
}

# Proton is a package of the system, and so is seen there; nothing else is to come from there.
install_amqp1() {
    local python
    python=$(python_with_proton)
    install_environment tests/.amqp1 tests/amqp1/requirements.txt "$python" --system-site-packages --no-deps --ignore-installed
}

# install_environment DIR LIST [PYTHON OF_VENV OF_PIP...]: a Python environment with what a file lists.
install_environment() {
    local dir=$1 list=$2 python=${3:-python3} began=$SECONDS
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "oslo.messaging needs Python 3.11, this is $("$python" --version)"
    # The copy in the environment is written last: it says that this very list is installed.
    cmp --silent "$list" "$dir/requirements.txt" && return
    rm -rf "$dir"
    "$python" -m venv ${4:+"$4"} "$dir"
    "$dir/bin/pip" install --quiet --disable-pip-version-check "${@:5}" -r "$list"
    cp "$list" "$dir/"
    echo "made $dir in $((SECONDS - began)) s"
}
