#!/usr/bin/env bash
# Ends what a run of tests leaves when it is killed: watchdog.sh DIRECTORY-OF-THE-RUN
set -u
# shellcheck source=tests/lib/processes.sh
. "$(dirname "${BASH_SOURCE[0]}")/processes.sh"
owner=$(cat "$1/owner")
while is_running "$owner"; do sleep 0.5; done
sweep "$1"
