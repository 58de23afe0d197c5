# Runs steps, keeps what became of them and of their tests, and says so at the end. Sourced by tests/run.

# With this status a step says that it could not be done here, which is neither good nor bad.
NOT_CHECKED=75

declare -A results

# timed STEP ABOUT COMMAND...: runs a step and notes how it ended; what fails hides nothing that comes after it.
timed() {
    step=$1
    local began=$SECONDS status
    echo "== $step: $2"
    # Not by `||`, within which the shell would go on after a command that fails.
    set +e
    "${runner:-in_job}" strictly "${@:3}"
    status=$?
    set -e
    case $status in
    0) results[$step]=ok ;;
    "$NOT_CHECKED") results[$step]='NOT CHECKED' ;;
    *) results[$step]=FAILED ;;
    esac
    echo "$step $((SECONDS - began)) $(cat "$scratch/$step.cpu") ${results[$step]}" >>"$scratch/steps"
    # One that has counted no tests is one itself, and one that fails has at least one failure.
    case $status in
    "$NOT_CHECKED") ;;
    0) grep -q "^$step " "$scratch/counts" || echo "$step 1 0" >>"$scratch/counts" ;;
    *) if ! grep -q "^$step	" "$scratch/failures"; then
        echo "$step 0 1" >>"$scratch/counts"
        printf '%s\tthe step itself\t\n' "$step" >>"$scratch/failures"
    fi ;;
    esac
}

# Notes how many seconds of a processor all that the command has waited for has taken, however it ends.
strictly() {
    local status
    (
        set -e
        "$@"
    )
    status=$?
    cpu_of_children "$BASHPID" >"$scratch/$step.cpu"
    return "$status"
}

cpu_of_children() {
    sed 's/.*) //' "/proc/$1/stat" | awk -v ticks="$(getconf CLK_TCK)" '{ printf "%d", ($14 + $15) / ticks }'
}

# The table of the steps, the failures with what shows each alone, and the sum alone on the last line.
report() {
    local name took cpu result alone failed=0
    printf '\n%-12s %7s %7s\n' '' time CPU
    while read -r name took cpu result; do
        printf '%-12s %5d s %5d s  %s%s\n' "$name" "$took" "$cpu" "$result" "$(is_beside "$name" && echo ', beside others')"
    done <"$scratch/steps"
    printf '%-12s %5d s %5d s\n\n' all "$SECONDS" "$(awk '{ cpu += $3 } END { print cpu + 0 }' "$scratch/steps")"
    # With arguments, or another RabbitMQ, it is another step.
    [ ${#step_args[@]} -gt 0 ] || [ -n "$rabbitmq_asked" ] || keep_results
    if [ -s "$scratch/failures" ]; then
        failed=1
        echo "What failed, and how to see it alone:"
        while IFS=$'\t' read -r name test args; do
            alone=$name
            # What is no step of its own belongs to all of them.
            [ -n "${about[$name]:-}" ] || alone=${chosen[*]}
            printf '  %s: %s\n    tests/run %s\n' "$name" "$test" "${rabbitmq_asked:+--rabbitmq $rabbitmq_asked }$alone${args:+ $args}"
        done <"$scratch/failures"
        echo
    fi
    sum
    exit "$failed"
}

sum() {
    awk '{ passed += $2; failed += $3 } END { print passed + 0 " passed, " failed + 0 " failed" }' "$scratch/counts"
}

# What the last run of each long step came to is kept with its date.
keep_results() {
    local name took result row results_of_long=tests/results/long.md
    while read -r name took _ result; do
        [ "${tier_of[$name]:-}" = long ] || continue
        row="| $name | $(date -u '+%F %H:%M') | $(git rev-parse --short HEAD) | $took s | $result |"
        if grep -q "^| $name |" "$results_of_long"; then
            sed -i "s/^| $name |.*/$row/" "$results_of_long"
        else
            echo "$row" >>"$results_of_long"
        fi
    done <"$scratch/steps"
}
