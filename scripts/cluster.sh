#!/usr/bin/env bash
# Runs a cluster of broker processes on this machine, for trying things.
set -euo pipefail
# shellcheck source=servers.sh
source "$(dirname "$(readlink -f "$0")")/servers.sh"

usage() {
  cat <<'TEXT'
Usage: cluster.sh start N|stop [ID]|kill ID|status [--dir DIR] [--port PORT]

  start N       starts a development ZooKeeper and brokers 1 to N, unless they run already; waits until they are ready, and
                prints bootstrap.servers and zookeeper.connect
  stop [ID]     stops broker ID, or all brokers and then ZooKeeper; keeps their data
  kill ID       kills broker ID (kill -9)
  status        shows what runs and the state of the cluster; exit code 3 if anything is down, or a partition lacks a
                replica or leader

  --dir DIR     folder for data, logs and pid files; default: tailrace-cluster in $TMPDIR, or in /tmp
  --port PORT   port of the first broker; default: 9092. The others use the next free ports. A broker keeps its port

Topics have three replicas, of which two must be in sync, or fewer with fewer brokers. DIR/broker-ID.properties is written
once; you may change it. TAILRACE_HEAP is the heap of each broker; default: 384m.
TEXT
}

work=${TMPDIR:-/tmp}/tailrace-cluster port=9092
words=()
while [ $# -gt 0 ]; do
  case "$1" in
    --dir | --port)
      [ $# -ge 2 ] || wrong_usage "$1: expected a value"
      if [ "$1" = --dir ]; then work=$2; else port=$2; fi
      shift
      ;;
    -h | --help)
      usage
      exit
      ;;
    -*) wrong_usage "unknown option $1" ;;
    *) words+=("$1") ;;
  esac
  shift
done
is_number() { [[ $1 =~ ^[1-9][0-9]{0,4}$ ]]; }
is_number "$port" || wrong_usage "--port $port: expected a port number"

setting() { sed -n "s/^$2=//p" "$work/$1.properties"; }
address() { setting "broker-$1" listeners | sed 's,.*//,,'; }

# broker_ids: the brokers that have a configuration here.
broker_ids() { find "$work" -maxdepth 1 -name 'broker-*.properties' -printf '%f\n' 2>/dev/null | grep -o '[0-9]*' | sort -n; }

addresses() { for id in $(broker_ids); do address "$id"; done; }
bootstrap_servers() { addresses | paste -sd,; }

# describe_broker ID N: writes the configuration of one of N brokers, unless it exists.
describe_broker() {
  local id=$1 count=$2 taken
  [ ! -f "$work/broker-$id.properties" ] || return 0
  taken=$(addresses | sed 's/.*://' | sort -n | tail -n 1)
  cat >"$work/broker-$id.properties" <<TEXT
broker.id=$id
listeners=PLAINTEXT://127.0.0.1:$(free_port $((taken >= port ? taken + 1 : port)))
log.dirs=$work/broker-$id
zookeeper.connect=127.0.0.1:$(setting zookeeper clientPort)
# Shorter than the default, so that a dead broker is noticed sooner.
zookeeper.session.timeout.ms=6000
default.replication.factor=$((count < 3 ? count : 3))
min.insync.replicas=$((count < 3 ? 1 : 2))
TEXT
}

start() {
  local count=$1 id
  build broker/server schemas/registry
  mkdir -p "$work"
  work=$(cd "$work" && pwd)
  if [ ! -f "$work/zookeeper.properties" ]; then
    printf 'dataDir=%s\nclientPort=%s\n' "$work/zookeeper" "$(free_port 2181)" >"$work/zookeeper.properties"
  fi
  if ! is_running zookeeper; then
    start_server zookeeper zookeeper --config "$work/zookeeper.properties"
    await_server zookeeper says_ready zookeeper
  fi
  for ((id = 1; id <= count; id++)); do
    describe_broker "$id" "$count"
    is_running "broker-$id" ||
      TAILRACE_HEAP=${TAILRACE_HEAP:-384m} start_server "broker-$id" broker --config "$work/broker-$id.properties"
  done
  for ((id = 1; id <= count; id++)); do await_server "broker-$id" says_ready "broker-$id"; done
  echo "bootstrap.servers=$(bootstrap_servers)"
  echo "zookeeper.connect=127.0.0.1:$(setting zookeeper clientPort)"
}

# need_broker ID: exits with wrong usage if the broker has no configuration here.
need_broker() { [ -f "$work/broker-$1.properties" ] || wrong_usage "unknown broker '$1': expected one of: $(broker_ids | paste -sd' ' -), the brokers in $work"; }

stop() {
  local id
  if [ $# -gt 0 ]; then
    need_broker "$1"
    stop_server "broker-$1"
    return
  fi
  for id in $(broker_ids); do stop_server "broker-$id"; done
  stop_server zookeeper
}

# report NAME ADDRESS: prints a server's state; fails if it does not run.
report() {
  if is_running "$1"; then
    echo "$1  $2  process $(<"$work/$1.pid")"
  else
    echo "$1  $2  not running"
    return 1
  fi
}

status() {
  local id up=no down=no
  [ -f "$work/zookeeper.properties" ] || {
    echo "cluster.sh: there is no cluster in $work; start one with: cluster.sh start 3 --dir $work" >&2
    exit 1
  }
  report zookeeper "127.0.0.1:$(setting zookeeper clientPort)" || down=yes
  for id in $(broker_ids); do
    if report "broker-$id" "$(address "$id")"; then up=yes; else down=yes; fi
  done
  # No broker would answer.
  if [ $up = no ] || ! is_running zookeeper; then exit 3; fi
  "$tailrace" cluster --bootstrap-server "$(bootstrap_servers)"
  [ $down = no ] || exit 3
}

command=${words[0]:-} argument=${words[1]:-}
[ ${#words[@]} -le 2 ] || wrong_usage "unexpected argument ${words[2]}"
case "$command" in
  start)
    is_number "$argument" || wrong_usage "start '$argument': expected a number of brokers"
    start "$argument"
    ;;
  stop) stop ${argument:+"$argument"} ;;
  kill)
    need_broker "$argument"
    is_running "broker-$argument" || wrong_usage "kill $argument: broker $argument is not running"
    kill -KILL "$(<"$work/broker-$argument.pid")"
    ;;
  status)
    [ -z "$argument" ] || wrong_usage "unexpected argument $argument"
    status
    ;;
  *) wrong_usage "expected start, stop, kill or status${command:+, not $command}" ;;
esac
