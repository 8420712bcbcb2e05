# Sourced by quickstart.sh and cluster.sh: starts and stops servers of this checkout or tarball. The caller sets $work, the
# folder of their files, and -euo pipefail. Each server has NAME.log, NAME.previous.log of the run before, and NAME.pid
# while it runs.
# shellcheck shell=bash disable=SC2154 # the caller sets work

home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
tailrace=$home/scripts/tailrace

say() { echo "$(date +%T) $*" >&2; }

# wrong_usage MESSAGE: prints the message and the usage, and exits with 2.
wrong_usage() {
  echo "$(basename "$0"): $1" >&2
  usage >&2
  exit 2
}

# build MODULE...: builds a checkout if a module has no jars yet. A tarball has them in lib.
build() {
  local module
  for module in "$@"; do
    if [ ! -d "$home/lib" ] && [ ! -d "$home/$module/target/lib" ]; then
      say "building (only this once)"
      (cd "$home" && mvn -q -DskipTests -Dassembly.skipAssembly package) >&2
    fi
  done
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FIRST: the first free port from FIRST on.
free_port() {
  local port=$1
  while listens "$port"; do port=$((port + 1)); done
  echo "$port"
}

# start_server NAME ARGUMENTS...: runs 'tailrace ARGUMENTS' in the background; it outlives this script.
start_server() {
  local name=$1
  shift
  [ ! -f "$work/$name.log" ] || mv -f "$work/$name.log" "$work/$name.previous.log"
  nohup "$tailrace" "$@" </dev/null >"$work/$name.log" 2>&1 &
  echo $! >"$work/$name.pid"
}

# is_running NAME: whether the process in its pid file runs and is ours, not another one that reuses the id.
is_running() { [ -f "$work/$1.pid" ] && grep -qsa "tailrace.home=" "/proc/$(<"$work/$1.pid")/cmdline"; }

# await_server NAME TEST...: waits until the test succeeds. Fails if the server ends, or after five minutes.
await_server() {
  local name=$1 deadline=$((SECONDS + 300)) pid
  pid=$(<"$work/$name.pid")
  shift
  until "$@"; do
    if ! kill -0 "$pid" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
      say "$name did not start; the end of $work/$name.log:"
      tail -n 20 "$work/$name.log" >&2
      return 1
    fi
    sleep 0.2
  done
}

# says_ready NAME: whether its log says that it is ready.
says_ready() { grep -q "is ready on port" "$work/$1.log"; }

# stop_server NAME: sends SIGTERM, and SIGKILL if the server has not stopped after a minute.
stop_server() {
  local name=$1 deadline=$((SECONDS + 60)) pid
  if is_running "$name"; then
    pid=$(<"$work/$name.pid")
    kill -TERM "$pid"
    while is_running "$name"; do
      if [ $SECONDS -ge $deadline ]; then
        say "killing $name, which did not stop within a minute; see $work/$name.log"
        kill -KILL "$pid"
        deadline=$((SECONDS + 60))
      fi
      sleep 0.1
    done
  fi
  rm -f "$work/$name.pid"
}
