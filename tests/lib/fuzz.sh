#!/usr/bin/env bash
# Fuzzes everything that reads what a peer sends or a user writes. It needs no more than stable Rust and a
# C++ compiler; `cargo fuzz run --sanitizer none TARGET` in rpc-runtime does the same for one target.
#
#   fuzz.sh                        10,000 inputs for each target, the same ones every time
#   fuzz.sh -max_total_time=600    ten minutes for each target; options are libFuzzer's
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../rpc-runtime/fuzz"
[ $# -gt 0 ] || set -- -runs=10000 -seed=1

# What cargo-fuzz passes, which is what libFuzzer needs to see which code an input reaches.
coverage='-Cpasses=sancov-module --cfg fuzzing'
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    coverage+=" -Cllvm-args=-sanitizer-coverage-$option"
done
# For a target of its own, so that build scripts are compiled without.
RUSTFLAGS=$coverage cargo build --quiet --release --target host-tuple

# Nothing is kept: what is found once becomes a test.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 seeds.py ../../tests/vectors "$scratch"
host=$(rustc --print host-tuple)

fuzz() {
    local target=$1
    shift
    mkdir -p "artifacts/$target"
    # Files that a target writes go with the rest.
    if TMPDIR=$scratch "target/$host/release/$target" "$scratch/$target" -artifact_prefix="artifacts/$target/" \
        -rss_limit_mb=1024 -timeout=60 -print_final_stats=1 "$@" >"$scratch/$target.log" 2>&1; then
        echo "$target: $(grep '^Done' "$scratch/$target.log")"
    else
        tail -n 40 "$scratch/$target.log" >&2
        echo "$target: the input that failed is in rpc-runtime/fuzz/artifacts/$target" >&2
        return 1
    fi
}

status=0
for source in fuzz_targets/*.rs; do
    # One on each core.
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || status=1; done
    fuzz "$(basename "$source" .rs)" "$@" &
done
for job in $(jobs -p); do wait "$job" || status=1; done
exit "$status"
