#!/usr/bin/env bash
# A private RabbitMQ node: own ports, own files, own epmd, reachable from this machine alone.
#
#   broker.sh init DIR PORTS         make DIR, for a node on these four ports of 127.0.0.1: of AMQP, of other nodes,
#                                    of epmd, of TLS; whoever asks for it keeps them for that node
#   broker.sh join DIR OTHER PORTS   the same for a node that can be one cluster with that of OTHER, by whose epmd
#   broker.sh epmd DIR               run the epmd of a cluster, which has to outlive each of its nodes
#   broker.sh run DIR                run the node in the foreground, for as long as stdin stays open
#   broker.sh ask DIR                has that node run the Erlang code of stdin, and prints what it prints: in some
#                                    milliseconds, where rabbitmqctl takes a second of the processor
#
# RPC_TEST_RABBITMQ is the directory of the rabbitmq-server that it runs, if that is not Debian's own.
#
# `epmd` and `run` want a process group of their own: they end by killing the group, so that nothing
# outlives them.
set -eu
command=${1:?init, join, epmd, run or ask}
dir=${2:?the directory of the node}
shift 2

if [ "$command" = init ] || [ "$command" = join ]; then
    mkdir -p "$dir"
    name=test
    if [ "$command" = join ]; then
        other=${1:?the directory of the other node}
        shift
        name=$(basename "$dir")
        [ -e "$other/.erlang.cookie" ] || (umask 077 && tr -dc A-Z </dev/urandom | head -c 20 >"$other/.erlang.cookie")
        cp -p "$other/.erlang.cookie" "$dir"
    fi
    amqp_port=${1:?four ports} dist_port=${2:?four ports} epmd_port=${3:?four ports} tls_port=${4:?four ports}
    [ "$command" = init ] || read -r _ _ epmd_port _ <"$other/ports"
    echo "$amqp_port $dist_port $epmd_port $tls_port" >"$dir/ports"
    echo "$name@localhost" >"$dir/name"
    echo '[].' >"$dir/plugins"
    exit
fi

dir=$(cd "$dir" && pwd)
# The fourth, of TLS, is for a rabbitmq.conf that its user writes into DIR.
read -r amqp_port dist_port epmd_port _ <"$dir/ports"
export HOME=$dir # of the Erlang cookie
export ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$epmd_port
RABBITMQ_NODENAME=$(cat "$dir/name")
export RABBITMQ_NODENAME
export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$amqp_port RABBITMQ_DIST_PORT=$dist_port
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
export RABBITMQ_MNESIA_BASE=$dir/data RABBITMQ_LOG_BASE=$dir/log RABBITMQ_PID_FILE=$dir/pid
export RABBITMQ_CONF_ENV_FILE=$dir/none RABBITMQ_CONFIG_FILE=$dir/rabbitmq
export RABBITMQ_ENABLED_PLUGINS_FILE=$dir/plugins RABBITMQ_FEATURE_FLAGS_FILE=$dir/feature_flags
export RABBITMQ_GENERATED_CONFIG_DIR=$dir/generated
# Debian's /usr/sbin/rabbitmq* are wrappers that switch to the user of the system's own node.
PATH=${RPC_TEST_RABBITMQ:-/usr/lib/rabbitmq/bin}:$PATH

case $command in
epmd)
    exec 3<&0
    epmd 3<&- &
    cat <&3 >/dev/null
    kill -KILL 0
    ;;
run)
    cd "$dir"
    exec 3<&0
    # In a cluster there is one already, and this one ends at once.
    epmd &
    rabbitmq-server </dev/null 3<&- &
    server=$!
    cat <&3 >/dev/null &
    wait -n "$server" $! || true
    kill -KILL 0
    ;;
ask)
    # A name of its own: those that erl_call makes up are the same for all calls within a second.
    exec erl_call -sname "$RABBITMQ_NODENAME" -h "ask$$" -c "$(cat "$dir/.erlang.cookie")" -fetch_stdout -no_result_term -e
    ;;
*) echo "broker.sh: $command is not init, join, epmd, run or ask" >&2; exit 2 ;;
esac
