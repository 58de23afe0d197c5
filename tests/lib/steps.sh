# The steps of tests/run: `define NAME TIER NEEDS ABOUT`, and a function `step_NAME`. Sourced by tests/run.
#
# Needs are `tools` (cargo-nextest, cargo-deny), `mutants` (cargo-gamma), `semver` (cargo-semver-checks), `book` (mdbook),
# `editor` (rust-analyzer), `cpp`, `broker`, `broker-4` (RabbitMQ 4 whatever the system has), `python`, `agents`
# (ceilometer), `oslo8` (Python with the last oslo.messaging that has ZeroMQ), `redis` and `amqp1` (Python with the last that has
# AMQP 1.0, and Proton). New tests of a kind that is there need no change here: a test binary belongs to `unit` unless it is
# named below.

declare -A about needs_of tier_of
order=()

define() {
    order+=("$1") tier_of[$1]=$2 needs_of[$1]=$3 about[$1]=$4
}

# The steps of some tiers; with one RabbitMQ for all of them, none is there for another one.
steps_of() {
    local step
    for step in "${order[@]}"; do
        [[ " $1 " != *" ${tier_of[$step]} "* ]] || [[ -n $rabbitmq_asked && $step == *-4 ]] || echo "$step"
    done
}

list_steps() {
    local step
    for step in "${order[@]}"; do printf '%-12s %-6s %s\n' "$step" "${tier_of[$step]}" "${about[$step]}"; done
}

# What is built here is rarely built again with a change, and incremental compilation takes half of the space. Nor does anybody
# debug it: a panic tells its line without, and a fifth of the time to compile our own code goes into that information.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_TERM_PROGRESS_WHEN=never

define format short '' 'all code is formatted'
step_format() {
    cargo fmt --all --check
    cargo fmt --manifest-path rpc-runtime/fuzz/Cargo.toml --check
    cargo fmt --manifest-path tests/fixtures/first/Cargo.toml --check
}

define lints short '' 'clippy is silent with all features, and about the library with none and with each alone that needs no driver'
step_lints() {
    cargo clippy --quiet "${TESTED[@]}" --all-targets --all-features -- -D warnings
    with_each_feature "$OF_DRIVERS" cargo clippy --lib
}

define lints-alone long '' 'clippy is silent about the tests of the library with no feature and with each alone, and about who needs few'
step_lints_alone() {
    # Built together with others it has their features of the runtime; `tests/compile/pass` has the same with few.
    cargo clippy --quiet -p rpc-fixture-renamed -- -D warnings
    with_each_feature '' cargo clippy --all-targets
}

define lints-benches long '' 'clippy is silent about the benchmarks, which need a hundred crates that nothing else needs'
step_lints_benches() {
    cargo clippy --quiet -p rpc-benches --all-targets -- -D warnings
}

# Features with which most of what a driver stands on is checked once more. They do compile: `fixtures/first` with the first of
# them, and what is fuzzed with those of other buses but not with the first.
OF_DRIVERS='amqp amqp1 queue-manager rustls-config zmq'

# with_each_feature EXCEPT COMMAND...: of cargo about the library, with none of its features and with each alone. No warning may
# come.
with_each_feature() {
    local except=$1 features feature
    shift
    # Those that are there, so that none is forgotten.
    features=$(cargo metadata --no-deps --format-version 1 | python3 -c '
import json, sys
package, = (p for p in json.load(sys.stdin)["packages"] if p["name"] == "rpc-runtime")
print(*sorted(package["features"].keys() - {"default"}))')
    for feature in '' $features; do
        [[ -z $feature || " $except " != *" $feature "* ]] || continue
        echo "${feature:-none}"
        "$@" --quiet -p rpc-runtime --no-default-features --features "$feature" -- -D warnings
    done
}

define compiler short '' 'the library compiles with the oldest compiler that it promises'
step_compiler() {
    local oldest
    oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    if [[ $(rustc --version) == "rustc $oldest."* ]]; then
        echo "it is Rust $oldest, with which all other steps are run"
    elif cargo "+$oldest" --version 2>/dev/null; then
        CARGO_TARGET_DIR=$scratch/compiler cargo "+$oldest" check --quiet --locked -p rpc-runtime --all-features
    else
        echo "there is no Rust $oldest here: rustup toolchain install $oldest"
        return "$NOT_CHECKED"
    fi
}

define structure short '' 'no files or folders depend on each other in a circle'
step_structure() {
    python3 tests/lib/circles.py rpc-macros rpc-runtime examples tests
}

define docs short '' 'the documentation is built as docs.rs does, without a warning, and says which feature adds what'
step_docs() {
    # With an example, dependencies have the features that they have for the lints, and are not checked again.
    RUSTDOC=$PWD/tests/lib/rustdoc.sh RUSTDOCFLAGS='--cfg docsrs -D warnings' \
        cargo doc --quiet "${TESTED[@]}" --all-features --no-deps --lib --example missing_docs
    grep --quiet 'Available on <strong>crate feature <code>objects</code></strong> only' \
        "${CARGO_TARGET_DIR:-target}/doc/rpc_runtime/object/index.html"
}

define package short '' 'what would be published is whole, and the runtime takes no other version of its macros'
step_package() {
    python3 tests/lib/package.py
}

define licences short tools 'licences and sources of all dependencies are those that deny.toml allows'
step_licences() {
    tests/.tools/bin/cargo-deny --log-level error check licenses bans sources
}

define advisories short tools 'no dependency has a known weakness'
step_advisories() {
    # The database is on the network, and new every day: what it says is not about the change that is tested, so
    # a machine that can't have it can still test.
    if ! timeout 60 tests/.tools/bin/cargo-deny --log-level off fetch db; then
        echo "the database of advisories cannot be had from here"
        return "$NOT_CHECKED"
    fi
    tests/.tools/bin/cargo-deny --log-level error check advisories
}

define fuzz short cpp 'some inputs that no sane peer sends, to all that reads'
step_fuzz() {
    tests/lib/fuzz.sh "$@"
}

define build short tools 'all tests and programs compile, and no test is ignored'
step_build() {
    local ignored
    build_tests
    ignored=$(nextest_built list --run-ignored only --message-format oneline)
    [ -z "$ignored" ] || { echo "ignored, and none may be:" && echo "$ignored" && return 1; }
}

define compile short tools 'what must not compile does not, and says why at the right place'
step_compile() {
    tests_where 'package(rpc-compile-tests)' "$@"
}

# Test binaries that need a broker, and the tests of the driver.
WITH_BROKER='package(rpc-tests) & binary(/^(broker|exceptions|interop|logs|notifications|peers|real|servers|status|tls)$/)'
WITH_BROKER+=' | package(rpc-examples) & binary(/^(boot|notifications|volume)$/)'
WITH_BROKER+=' | package(rpc-runtime) & test(/::broker_/)'
WITH_BROKER+=' | binary_id(rpc-tests::everywhere) & test(/::rabbit::/)'
WITH_BROKER+=' | binary_id(rpc-tests::amqp1) & test(/^rabbitmq4::/)'
FAULTS='binary_id(rpc-tests::faults)'
# What is about RabbitMQ 4 alone.
OF_RABBITMQ_4='test(/(^|::)rabbitmq4::/)'
AGENTS='binary_id(rpc-tests::agents)'
# What needs no broker, with ZeroMQ, its Python and Redis on the other side.
ZMQ='package(rpc-runtime) & test(/^transport::zmq::.*::(python|redis)_/) | binary_id(rpc-tests::zmq)'
ZMQ+=' | binary_id(rpc-tests::everywhere) & test(/::zmq_redis::/)'
ZMQ+=' | binary_id(rpc-examples::brokerless) & test(/^redis_/)'

# Nor does AMQP 1.0 over routers, and what else is no RabbitMQ.
AMQP1='binary_id(rpc-tests::amqp1) & not test(/^rabbitmq4::/) | binary_id(rpc-tests::amqp1_faults)'
AMQP1+=' | binary_id(rpc-tests::everywhere) & test(/::amqp1s?::/)'
AMQP1+=' | binary_id(rpc-examples::routers)'

define unit short tools 'tests that need nothing beside them'
step_unit() {
    tests_where "not ($WITH_BROKER) & not $FAULTS & not $AGENTS & not ($ZMQ) & not ($AMQP1) & not package(rpc-compile-tests)" "$@"
}

define doctests short '' 'the examples in the documentation'
step_doctests() {
    doctests "$@"
}

define zmq short 'tools oslo8 redis' 'ZeroMQ without a broker, with libzmq, oslo.messaging 8 and Redis on the other side'
step_zmq() {
    tests_where "$ZMQ" "$@"
}

define amqp1 short 'tools amqp1' 'AMQP 1.0 over a router and a broker of Proton, with oslo.messaging 14 on the other side'
step_amqp1() {
    tests_where "$AMQP1" "$@"
}

define interop short 'tools broker python' 'tests with RabbitMQ, most of them with Python on the other side'
step_interop() {
    with_rabbitmq "$WITH_BROKER" "$@"
}

define faults short 'tools broker python' 'the fault campaign, whose results are in tests/FAULTS.md'
step_faults() {
    local status=0
    export RPC_TEST_TALLIES=${RPC_TEST_TALLIES:-$scratch/tallies}
    with_rabbitmq "$FAULTS" "$@" || status=$?
    echo "What Python did by itself, which is not judged:"
    grep --no-messages 'by a peer itself' "$RPC_TEST_TALLIES" || echo "nothing"
    return "$status"
}

# What is in bodies, what Python makes of it and does with itself, files and processes: no broker looks at that, and Python takes
# long to begin.
ABOVE_BROKERS='package(rpc-tests) & (binary(/^(exceptions|logs|peers|real)$/) |'
ABOVE_BROKERS+=' binary(interop) & test(/^(bad_input|book|configuration|contexts|deadlines|dispatch_errors|errors|values|versions)::/) |'
ABOVE_BROKERS+=' binary(notifications) & test(/^(filters|from_python|nova|peers|routing|secrets|to_python)::/) |'
ABOVE_BROKERS+=' binary(servers) & test(/^(log|services)::/))'
ABOVE_BROKERS+=' | package(rpc-examples) & binary(/^(notifications|volume)$/)'

define interop-4 short 'tools broker-4 python' 'the same with RabbitMQ 4, but what no broker looks at; all of it: --rabbitmq 4 interop'
step_interop_4() {
    ! same_rabbitmq interop || return 0
    with_rabbitmq "($WITH_BROKER) & not ($ABOVE_BROKERS)" "$@"
}

define faults-4 long 'tools broker-4 python' 'the same with RabbitMQ 4'
step_faults_4() {
    ! same_rabbitmq faults || return 0
    step_faults "$@"
}

# with_rabbitmq EXPRESSION [ARGS...]: of these tests those that are for the version that is there.
with_rabbitmq() {
    local where=$1
    shift
    [ "$RPC_TEST_RABBITMQ" = "$(rabbitmq_bin 4)" ] || where="($where) & not $OF_RABBITMQ_4"
    tests_where "$where" "$@"
}

# same_rabbitmq STEP: whether that step was run with RabbitMQ 4, which is the system's.
same_rabbitmq() {
    [ -n "${results[$1]:-}" ] && [ "$(system_rabbitmq)" = 4 ] && echo "it is the RabbitMQ that $1 was run with"
}

# copy_sources DIRECTORY: what git knows, to be changed there.
copy_sources() {
    mkdir "$1"
    git ls-files -z | xargs -0 cp --parents -t "$1"
}

define newest long broker 'the driver with the newest lapin and async-rs, to which it is not pinned yet'
step_newest() {
    local copy=$scratch/newest
    copy_sources "$copy"
    # As a change that raises the pins would.
    sed -i -e '/^lapin = /s/"=[0-9.]*"/"4"/' -e '/^async-rs = /s/"=[0-9.]*"/"0.8"/' "$copy/Cargo.toml"
    (
        cd "$copy"
        cargo update -p lapin -p async-rs
        # Among them what counts the rounds of lapin's loop.
        CARGO_TARGET_DIR=$copy/target cargo test --quiet -p rpc-runtime --lib "$@"
    )
}

define agents long 'tools broker python agents' 'the telemetry agent of OpenStack reads what our notifiers send'
step_agents() {
    tests_where "$AGENTS" "$@"
}

define campaign long 'tools broker python' 'the fault campaign twice more'
step_campaign() {
    local round status=0
    for round in 1 2; do
        echo "round $round"
        step_faults "$@" || status=$?
    done
    return "$status"
}

define soak long 'tools broker python' 'random faults under load for five minutes; arguments: [MINUTES] [--seed N]'
step_soak() {
    [ $# -gt 0 ] || set -- 5
    "$(built soak)" "$@"
}

define publish long '' 'cargo would publish both crates, and each builds from what is in its package'
step_publish() {
    # It asks crates.io which versions there are.
    if ! timeout 60 cargo info --quiet serde >/dev/null 2>&1; then
        echo "crates.io cannot be had from here"
        return "$NOT_CHECKED"
    fi
    cargo publish --dry-run --locked --allow-dirty -p rpc-macros -p rpc-runtime
}

define semver long semver 'the API has changed as the version says; argument: the revision to compare with, else the last release'
step_semver() {
    local baseline=${1:-$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null)}
    if [ -z "$baseline" ]; then
        echo "nothing was released yet: tests/run semver -- REVISION compares with a revision"
        return "$NOT_CHECKED"
    fi
    CARGO_TARGET_DIR=$scratch/semver tests/.tools/bin/cargo-semver-checks semver-checks --package rpc-runtime \
        --all-features --baseline-rev "$baseline"
}

define book long book 'mdbook renders the book'
step_book() {
    tests/.tools/bin/mdbook build --dest-dir "$scratch/book" examples/book
    [ -s "$scratch/book/versions.html" ]
}

define editor long editor 'rust-analyzer completes the keys in attributes, and shows what they mean'
step_editor() {
    cp Cargo.lock tests/fixtures/first/
    # It compiles the macros itself, and leaves a copy of them with other temporary files. The limit is for one that never
    # says that it has.
    TMPDIR=$scratch timeout 1200 python3 tests/lib/editor.py tests/fixtures/first "$scratch/editor"
}

define fuzz-long long cpp 'two minutes of fuzzing for each target'
step_fuzz_long() {
    [ $# -gt 0 ] || set -- -max_total_time=120
    tests/lib/fuzz.sh "$@"
}

define mutants long mutants 'each change in the code that tests/mutants/*.toml name is noticed by a unit test, or accepted there'
step_mutants() {
    local parts=(macros runtime) part status=0 kept
    kept=$(realpath --canonicalize-missing "${CARGO_TARGET_DIR:-target}/mutants")
    case ${1:-} in macros | runtime) parts=("$1") && shift ;; esac
    for part in "${parts[@]}"; do
        "mutants_of_$part" --config "tests/mutants/$part.toml" --artifact-dir "$kept/$part" --color never --progress never "$@" &&
            python3 tests/lib/mutants.py tests/mutants/accepted.toml "$kept/$part/gamma-report.json" || status=1
    done
    return "$status"
}

mutants_of_runtime() {
    # Properties are tried with few inputs, as that is done for each change.
    CARGO_TARGET_DIR=$kept/target PROPTEST_CASES=32 tests/.tools/bin/cargo-gamma gamma run "$@"
}

# In a copy, where the macros are none: what a compiler loads cannot be told from outside which change to show.
mutants_of_macros() {
    local copy=$scratch/macros
    copy_sources "$copy"
    sed -i '/^proc-macro = true$/d' "$copy/rpc-macros/Cargo.toml"
    sed -i -e '/^#\[proc_macro/d' -e 's/^use proc_macro::/extern crate proc_macro;\n&/' "$copy/rpc-macros/src/lib.rs"
    CARGO_TARGET_DIR=$kept/target XDG_CACHE_HOME=$scratch/cache tests/.tools/bin/cargo-gamma gamma run --dir "$copy" "$@"
}

define compare long 'tools broker python' 'what a Python client and server do under the faults: printed, not judged'
step_compare() {
    "$(built compare)" "$@"
}
