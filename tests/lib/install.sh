# Installs what tests/run needs and the machine lacks; sourced by it, in the root of the repository.

fail() {
    echo "tests/run: $*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "not root and no sudo: cannot run: $*"
    fi
}

install_packages() {
    local missing=()
    command -v cc >/dev/null || missing+=(gcc libc6-dev)
    command -v c++ >/dev/null || missing+=(g++) # libFuzzer
    [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing+=(rabbitmq-server)
    # Debian's python3 has venv but not what fills one.
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
    [ ${#missing[@]} -gt 0 ] || return 0

    command -v apt-get >/dev/null || fail "missing: ${missing[*]}, and no apt-get to install them"
    echo "== installing ${missing[*]}"
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
    if [[ " ${missing[*]} " == *" rabbitmq-server "* ]] && command -v service >/dev/null; then
        # The package starts a node, which nobody asked for. One that was there before stays.
        as_root service rabbitmq-server stop || true
    fi
}

install_rust_tools() {
    command -v cargo >/dev/null || fail "no cargo: install Rust first (https://rustup.rs)"
    local component
    for component in rustfmt clippy; do
        cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 && continue
        command -v rustup >/dev/null || fail "no $component, and no rustup to add it"
        rustup component add "$component"
    done
    if ! cargo deny --version >/dev/null 2>&1; then
        echo "== installing cargo-deny, some minutes"
        cargo install cargo-deny --locked --version 0.20.2
    fi
}

install_python() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "oslo.messaging needs Python 3.11, this is $(python3 --version)"
    # The copy in the environment is written last: it says that this very list is installed.
    cmp --silent tests/python/requirements.txt tests/.venv/requirements.txt && return
    echo "== making tests/.venv"
    rm -rf tests/.venv
    python3 -m venv tests/.venv
    tests/.venv/bin/pip install --quiet --disable-pip-version-check -r tests/python/requirements.txt
    cp tests/python/requirements.txt tests/.venv/
}

install_all() {
    install_packages
    install_rust_tools
    install_python
}
