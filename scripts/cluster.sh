#!/usr/bin/env bash
# A cluster of broker processes on this machine, to try things with.
set -euo pipefail
# shellcheck source=servers.sh
source "$(dirname "$(readlink -f "$0")")/servers.sh"

usage() {
  cat <<'TEXT'
Usage: cluster.sh start N|stop [ID]|kill ID|status [--dir DIR] [--port PORT]

  start N       runs a development ZooKeeper and brokers 1 to N, those of them that do not run yet; waits until they are
                ready, and prints bootstrap.servers and zookeeper.connect
  stop [ID]     stops broker ID, or all brokers and then ZooKeeper, in order; what they wrote stays
  kill ID       kills broker ID (kill -9)
  status        says what runs, and how the cluster is; exit code 3 if anything is down, or a partition lacks a
                replica or leader

  --dir DIR     where data, logs and pid files are; default: tailrace-cluster in $TMPDIR, or in /tmp
  --port PORT   where the first broker listens when it is first started, the others behind it; default: 9092. Ports that
                are taken are passed over, and each broker keeps its own

Topics get three replicas, of which two must be in sync; fewer where there are fewer brokers. DIR/broker-ID.properties is
written once, and yours to change. TAILRACE_HEAP is the heap of each broker; default: 384m.
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
is_number "$port" || wrong_usage "--port $port: expected a port"

setting() { sed -n "s/^$2=//p" "$work/$1.properties"; }
address() { setting "broker-$1" listeners | sed 's,.*//,,'; }

# broker_ids: those that were ever started here.
broker_ids() { find "$work" -maxdepth 1 -name 'broker-*.properties' -printf '%f\n' 2>/dev/null | grep -o '[0-9]*' | sort -n; }

addresses() { for id in $(broker_ids); do address "$id"; done; }
bootstrap_servers() { addresses | paste -sd,; }

# describe_broker ID N: writes the configuration of a broker that has none yet, one of N.
describe_broker() {
  local id=$1 count=$2 taken
  [ ! -f "$work/broker-$id.properties" ] || return 0
  taken=$(addresses | sed 's/.*://' | sort -n | tail -n 1)
  cat >"$work/broker-$id.properties" <<TEXT
broker.id=$id
listeners=PLAINTEXT://127.0.0.1:$(free_port $((taken >= port ? taken + 1 : port)))
log.dirs=$work/broker-$id
zookeeper.connect=127.0.0.1:$(setting zookeeper clientPort)
# Shorter than the default: who dies on this machine is missed sooner.
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

# need_broker ID: wrong usage if it was never started here.
need_broker() { [ -f "$work/broker-$1.properties" ] || wrong_usage "there is no broker $1 in $work"; }

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

# tell NAME ADDRESS: a line on a server, and 1 if it does not run.
tell() {
  if is_running "$1"; then
    echo "$1  $2  process $(<"$work/$1.pid")"
  else
    echo "$1  $2  does not run"
    return 1
  fi
}

status() {
  local id up=no down=no
  [ -f "$work/zookeeper.properties" ] || {
    echo "cluster.sh: there is no cluster in $work; start one with: cluster.sh start 3 --dir $work" >&2
    exit 1
  }
  tell zookeeper "127.0.0.1:$(setting zookeeper clientPort)" || down=yes
  for id in $(broker_ids); do
    if tell "broker-$id" "$(address "$id")"; then up=yes; else down=yes; fi
  done
  # Nobody would answer.
  if [ $up = no ] || ! is_running zookeeper; then exit 3; fi
  "$tailrace" cluster --bootstrap-server "$(bootstrap_servers)"
  [ $down = no ] || exit 3
}

command=${words[0]:-} argument=${words[1]:-}
[ ${#words[@]} -le 2 ] || wrong_usage "${words[2]}: one argument too many"
case "$command" in
  start)
    is_number "$argument" || wrong_usage "start '$argument': expected how many brokers"
    start "$argument"
    ;;
  stop) stop ${argument:+"$argument"} ;;
  kill)
    need_broker "$argument"
    is_running "broker-$argument" || wrong_usage "broker $argument does not run"
    kill -KILL "$(<"$work/broker-$argument.pid")"
    ;;
  status)
    [ -z "$argument" ] || wrong_usage "status $argument: one argument too many"
    status
    ;;
  *) wrong_usage "expected start, stop, kill or status${command:+, not $command}" ;;
esac
