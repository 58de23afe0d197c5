#!/usr/bin/env bash
# A private RabbitMQ node: own ports, own files, own epmd, reachable from this machine alone.
#
#   broker.sh init DIR           make DIR, choose the ports, print that of AMQP
#   broker.sh run DIR            run the node in the foreground, for as long as stdin stays open
#   broker.sh ctl DIR ARGS...    rabbitmqctl for that node
#
# `run` wants a process group of its own: it ends by killing the group, so that nothing outlives it.
set -eu
command=${1:?init, run or ctl}
dir=${2:?the directory of the node}
shift 2

# Below 32768, where the kernel takes the ports of outgoing connections: a client that keeps
# dialling the port of a stopped node could otherwise be connected to itself, and hold the port.
free_ports() {
    python3 - <<'PYTHON'
import random, socket
ports = []
for port in random.sample(range(20000, 32000), 200):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    ports.append(port)
    if len(ports) == 4:
        break
print(*ports)
PYTHON
}

if [ "$command" = init ]; then
    mkdir -p "$dir"
    ports=$(free_ports)
    echo "$ports" >"$dir/ports"
    echo '[].' >"$dir/plugins"
    echo "${ports%% *}"
    exit
fi

dir=$(cd "$dir" && pwd)
# The fourth, of TLS, is for a rabbitmq.conf that its user writes into DIR.
read -r amqp_port dist_port epmd_port _ <"$dir/ports"
export HOME=$dir # of the Erlang cookie
export ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$epmd_port
export RABBITMQ_NODENAME=test@localhost
export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$amqp_port RABBITMQ_DIST_PORT=$dist_port
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
export RABBITMQ_MNESIA_BASE=$dir/data RABBITMQ_LOG_BASE=$dir/log RABBITMQ_PID_FILE=$dir/pid
export RABBITMQ_CONF_ENV_FILE=$dir/none RABBITMQ_CONFIG_FILE=$dir/rabbitmq
export RABBITMQ_ENABLED_PLUGINS_FILE=$dir/plugins RABBITMQ_FEATURE_FLAGS_FILE=$dir/feature_flags
export RABBITMQ_GENERATED_CONFIG_DIR=$dir/generated
# Debian's /usr/sbin/rabbitmq* are wrappers that switch to the user of the system's own node.
PATH=/usr/lib/rabbitmq/bin:$PATH

case $command in
run)
    cd "$dir"
    exec 3<&0
    epmd &
    rabbitmq-server </dev/null 3<&- &
    server=$!
    cat <&3 >/dev/null &
    wait -n "$server" $! || true
    kill -KILL 0
    ;;
ctl) exec rabbitmqctl -q "$@" ;;
*) echo "broker.sh: $command is not init, run or ctl" >&2; exit 2 ;;
esac
