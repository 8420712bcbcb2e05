#!/usr/bin/env bash
# From a web server's access log to Hive's answer, in one go, on this machine.
set -euo pipefail

home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
tailrace=$home/scripts/tailrace

usage() {
  cat <<'TEXT'
Usage: quickstart.sh [--keep] [--output table|json] [LOGFILE]

Starts ZooKeeper, a broker, the schema registry and a Hive with its HDFS, sends the lines of LOGFILE through an agent,
loads them into Parquet, and asks Hive for requests by status and by hour. Then it stops everything and removes what it
wrote.

  LOGFILE           an access log in the combined format; default: the sample in conf/sample
  --keep            leaves everything running, and says how to go on
  --output json     ends with one line of JSON: lines, records, rows, rejected, byStatus
TEXT
}

keep=no output=table logfile=$home/conf/sample/access.log
while [ $# -gt 0 ]; do
  case "$1" in
    --keep) keep=yes ;;
    --output)
      output=${2:-}
      shift
      ;;
    --output=*) output=${1#*=} ;;
    -h | --help)
      usage
      exit
      ;;
    -*)
      echo "quickstart.sh: unknown option $1" >&2
      usage >&2
      exit 2
      ;;
    *) logfile=$1 ;;
  esac
  shift
done
case "$output" in table | json) ;; *)
  echo "quickstart.sh: --output $output: expected table or json" >&2
  exit 2
  ;;
esac
[ -r "$logfile" ] || {
  echo "quickstart.sh: $logfile: no such file, or not readable" >&2
  exit 2
}
logfile=$(readlink -f "$logfile")

say() { echo "$(date +%T) $*" >&2; }

# What this script started, as "name:pid" in the order of the start.
started=()
work=$(mktemp -d "${TMPDIR:-/tmp}/tailrace-quickstart.XXXXXX")

# start NAME ARGUMENTS...: runs a server in the background, its log in $work/NAME.log.
start() {
  local name=$1
  shift
  "$tailrace" "$@" >"$work/$name.log" 2>&1 &
  started+=("$name:$!")
}

# wait_for NAME TEST...: until the test holds; a server that has ended, or two minutes, are a failure.
wait_for() {
  local name=$1 pid deadline=$((SECONDS + 120))
  shift
  for server in "${started[@]}"; do [ "${server%%:*}" != "$name" ] || pid=${server##*:}; done
  until "$@" 2>/dev/null; do
    if ! kill -0 "$pid" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
      say "$name did not start; the end of its log:"
      tail -n 20 "$work/$name.log" >&2
      exit 1
    fi
    sleep 0.2
  done
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

# free_port FIRST: the first port from FIRST on that nobody listens on.
free_port() {
  local port=$1
  while listens "$port" 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

stop_all() {
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    local pid=${started[i]##*:}
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  started=()
}

finish() {
  local status=$?
  trap - EXIT
  if [ $status -eq 0 ] && [ $keep = yes ]; then exit 0; fi
  stop_all
  if [ $status -eq 0 ]; then rm -rf "$work"; else say "failed; logs and data are in $work"; fi
  exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

# In a checkout each process has its jars in its module; a tarball brings them all in lib.
for module in broker/server schemas producer-agents hdfs-loader/loader hdfs-loader/hive-sandbox; do
  if [ ! -d "$home/lib" ] && [ ! -d "$home/$module/target/lib" ]; then
    say "building (only this once)"
    (cd "$home" && mvn -q -DskipTests -Dassembly.skipAssembly package) >&2
  fi
done

zookeeper=127.0.0.1:$(free_port 2181)
broker=127.0.0.1:$(free_port 9092)
registry=127.0.0.1:$(free_port 8081)

say "starting Hive and HDFS, ZooKeeper, a broker and the schema registry in $work"
start hive-sandbox hive-sandbox --dir "$work/hive" --hdfs-port 0 --metastore-port 0 --hive-port 0 \
  --ready-file "$work/hive.properties"
start zookeeper zookeeper --set "dataDir=$work/zookeeper" --set "clientPort=${zookeeper##*:}"
wait_for zookeeper listens "${zookeeper##*:}"
start broker broker --set broker.id=1 --set "listeners=PLAINTEXT://$broker" --set "log.dirs=$work/broker" \
  --set "zookeeper.connect=$zookeeper"
wait_for broker listens "${broker##*:}"
start schema-registry schema-registry --set "kafkastore.bootstrap.servers=$broker" --set "listeners=http://$registry"
wait_for schema-registry listens "${registry##*:}"

say "sending ${logfile#"$PWD"/}"
for topic in access-log tailrace-dead-letters; do
  "$tailrace" topics create --bootstrap-server "$broker" --topic $topic --partitions 1
done
cat >"$work/agent.properties" <<TEXT
bootstrap.servers=$broker
schema.registry.url=http://$registry
data.dir=$work/agent
source.web.paths=$logfile
source.web.format=combined
source.web.topic=access-log
TEXT
"$tailrace" agent --once --config "$work/agent.properties" >"$work/agent.log" 2>&1 || {
  tail -n 20 "$work/agent.log" >&2
  exit 1
}

say "waiting for Hive"
wait_for hive-sandbox test -e "$work/hive.properties"
address() { sed -n "s/^$1=//p" "$work/hive.properties"; }

say "loading into Parquet"
cat >"$work/loader.properties" <<TEXT
bootstrap.servers=$broker
schema.registry.url=http://$registry
zookeeper.connect=$zookeeper
topics=access-log
output.path=$(address fs.defaultFS)/tailrace
hive.metastore.uris=$(address hive.metastore.uris)
TEXT
"$tailrace" load --config "$work/loader.properties" >&2

say "asking Hive"
hive() { "$tailrace" hive --url "$(address hive.jdbc.url)" "$@" 2>>"$work/hive.log"; }
# records TOPIC: how many the topic holds.
records() {
  "$tailrace" topics describe --bootstrap-server "$broker" --topic "$1" --output csv |
    awk -F, 'NR > 1 { n += $NF } END { print n + 0 }'
}
by_status="SELECT status, count(*) AS requests FROM access_log GROUP BY status ORDER BY status"
by_hour="SELECT dt, hr, count(*) AS requests FROM access_log GROUP BY dt, hr ORDER BY dt, hr"
hive --output csv -e "$by_status" -e "$by_hour" >"$work/answers.csv"

# The answers come one after the other, each with its head.
statuses=$(awk -F, 'NR > 1 && $1 == "dt" { exit } NR > 1' "$work/answers.csv")
hours=$(awk -F, 'seen; $1 == "dt" { seen = 1 }' "$work/answers.csv")
lines=$(wc -l <"$logfile")
sent=$(records access-log)
rejected=$(records tailrace-dead-letters)
rows=$(awk -F, '{ n += $2 } END { print n + 0 }' <<<"$statuses")

if [ $output = json ]; then
  printf '{"lines":%d,"records":%d,"rows":%d,"rejected":%d,"byStatus":{%s}}\n' "$lines" "$sent" "$rows" "$rejected" \
    "$(awk -F, '{ printf "%s\"%s\":%d", (NR > 1 ? "," : ""), $1, $2 }' <<<"$statuses")"
else
  aligned() { awk -F, -v format="$1" '{ gsub(/"/, ""); printf format "\n", $1, $2, $3 }'; }
  cat <<TEXT

Requests by status
$(aligned '%8s %9s' <<<"status,requests"$'\n'"$statuses")

Requests by hour, the first ten of $(wc -l <<<"$hours")
$(head -n 10 <<<"$hours" | aligned '  %s %sh %8s')

$lines lines of ${logfile#"$PWD"/} became $sent records in the topic access-log and $rows rows in Hive;
$rejected could not be parsed and are in the topic tailrace-dead-letters, with the reason.
TEXT
fi

if [ $keep = yes ]; then
  cat >&2 <<TEXT

All of it goes on running. To look around, or to load what the log has gained since:
  scripts/tailrace topics describe --bootstrap-server $broker
  scripts/tailrace consume --bootstrap-server $broker --topic tailrace-dead-letters --from-beginning --to-end \
    --schema-registry http://$registry
  scripts/tailrace lag --bootstrap-server $broker --group tailrace-loader
  scripts/tailrace hive --url $(address hive.jdbc.url) -e 'SELECT * FROM access_log LIMIT 5'
  scripts/tailrace agent --once --config $work/agent.properties
  scripts/tailrace load --config $work/loader.properties
What ran, with logs and data in $work:
$(printf '  %s\n' "${started[@]/:/, process }")
To stop it and remove what it wrote:
  kill $(printf '%s\n' "${started[@]##*:}" | tac | paste -sd' ' -); rm -r $work
TEXT
else
  say "stopping"
fi
