#!/usr/bin/env bash
# Takes a web server's access log all the way to a query in Hive, on this machine.
set -euo pipefail

# shellcheck source=servers.sh
source "$(dirname "$(readlink -f "$0")")/servers.sh"

usage() {
  cat <<'TEXT'
Usage: quickstart.sh [--brokers N] [--keep] [--output table|json] [LOGFILE]

Starts ZooKeeper, a broker, the schema registry and a Hive with its HDFS. Sends the lines of LOGFILE through an agent,
loads them into Parquet, and queries Hive for requests by status and by hour. Then stops everything and removes its files.

  LOGFILE           an access log in the combined format; default: the sample in conf/sample
  --brokers N       starts N brokers. With three or more, kills (kill -9) the one that leads the topic when half of the
                    lines are sent
  --keep            leaves everything running, and shows how to continue
  --output json     prints one line of JSON: lines, records, rows, rejected, byStatus
TEXT
}

brokers=1 keep=no output=table logfile=$home/conf/sample/access.log
while [ $# -gt 0 ]; do
  case "$1" in
    --keep) keep=yes ;;
    --brokers | --output)
      [ $# -ge 2 ] || wrong_usage "$1: expected a value"
      if [ "$1" = --brokers ]; then brokers=$2; else output=$2; fi
      shift
      ;;
    --brokers=*) brokers=${1#*=} ;;
    --output=*) output=${1#*=} ;;
    -h | --help)
      usage
      exit
      ;;
    -*) wrong_usage "unknown option $1" ;;
    *) logfile=$1 ;;
  esac
  shift
done
case "$output" in table | json) ;; *) wrong_usage "--output $output: expected table or json" ;; esac
[[ $brokers =~ ^[1-9][0-9]?$ ]] || wrong_usage "--brokers $brokers: expected a number from 1 to 99"
[ -r "$logfile" ] || wrong_usage "$logfile: no such file, or not readable"
logfile=$(readlink -f "$logfile")
kills=$([ "$brokers" -ge 3 ] && echo yes || echo no)

work=$(mktemp -d "${TMPDIR:-/tmp}/tailrace-quickstart.XXXXXX")
cluster() { "$home/scripts/cluster.sh" "$@" --dir "$work/cluster"; }

stop_all() {
  stop_server agent
  stop_server schema-registry
  stop_server hive-sandbox
  cluster stop
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

build broker/server schemas/registry producer-agents hdfs-loader/loader hdfs-loader/hive-sandbox

say "starting Hive and HDFS, ZooKeeper, $([ "$brokers" = 1 ] && echo a broker || echo "$brokers brokers") and the schema registry in $work"
start_server hive-sandbox hive-sandbox --dir "$work/hive" --hdfs-port 0 --metastore-port 0 --hive-port 0 \
  --ready-file "$work/hive.properties"
cluster start "$brokers" >"$work/cluster.properties"
clustered() { sed -n "s/^$1=//p" "$work/cluster.properties"; }
bootstrap=$(clustered bootstrap.servers)
registry=127.0.0.1:$(free_port 8081)
start_server schema-registry schema-registry --set "kafkastore.bootstrap.servers=$bootstrap" \
  --set "kafkastore.topic.replication.factor=$((brokers < 3 ? brokers : 3))" --set "listeners=http://$registry"
await_server schema-registry listens "${registry##*:}"

say "sending ${logfile#"$PWD"/}"
for topic in access-log tailrace-dead-letters tailrace-audit; do
  "$tailrace" topics create --bootstrap-server "$bootstrap" --topic $topic --partitions 1
done
# The loader would create it, but not with three replicas while a broker is down.
"$tailrace" topics create --bootstrap-server "$bootstrap" --topic tailrace-hours --partitions 1 \
  --config cleanup.policy=compact
# described TOPIC FIELD: a field of the topic's partition in 'topics describe'; fails while it is unknown.
described() {
  "$tailrace" topics describe --bootstrap-server "$bootstrap" --topic "$1" --output json 2>>"$work/topics.log" |
    grep -o "\"$2\":[0-9]*" | sed 's/.*://'
}
records() { described "$1" logEndOffset; }
# have_arrived LINES: whether this many lines are in the topics.
have_arrived() {
  local sent rejected
  sent=$(records access-log) && rejected=$(records tailrace-dead-letters) && [ $((sent + rejected)) -ge "$1" ]
}
cat >"$work/agent.properties" <<TEXT
bootstrap.servers=$bootstrap
schema.registry.url=http://$registry
data.dir=$work/agent
source.web.paths=$([ "$kills" = yes ] && echo "$work/access.log" || echo "$logfile")
source.web.format=combined
source.web.topic=access-log
TEXT
lines=$(wc -l <"$logfile")
if [ "$kills" = yes ]; then
  # The agent follows a copy that grows meanwhile.
  head -n $((lines / 2)) "$logfile" >"$work/access.log"
  start_server agent agent --config "$work/agent.properties"
  await_server agent have_arrived $((lines / 2))
  victim=$(described access-log leader)
  tail -n +$((lines / 2 + 1)) "$logfile" >>"$work/access.log"
  cluster kill "$victim"
  say "killed broker $victim (kill -9), which led access-log, with $((lines / 2)) of $lines lines sent"
  await_server agent have_arrived "$lines"
  say "broker $(described access-log leader) leads access-log; all lines are sent"
  stop_server agent
else
  "$tailrace" agent --once --config "$work/agent.properties" >"$work/agent.log" 2>&1 || {
    tail -n 20 "$work/agent.log" >&2
    exit 1
  }
fi

say "waiting for Hive"
await_server hive-sandbox test -e "$work/hive.properties"
address() { sed -n "s/^$1=//p" "$work/hive.properties"; }

say "loading into Parquet"
cat >"$work/loader.properties" <<TEXT
bootstrap.servers=$bootstrap
schema.registry.url=http://$registry
zookeeper.connect=$(clustered zookeeper.connect)
topics=access-log
output.path=$(address fs.defaultFS)/tailrace
hive.metastore.uris=$(address hive.metastore.uris)
TEXT
"$tailrace" load --config "$work/loader.properties" >&2

say "asking Hive"
hive() { "$tailrace" hive --url "$(address hive.jdbc.url)" "$@" 2>>"$work/hive.log"; }
by_status="SELECT status, count(*) AS requests FROM access_log GROUP BY status ORDER BY status"
by_hour="SELECT dt, hr, count(*) AS requests FROM access_log GROUP BY dt, hr ORDER BY dt, hr"
hive --output csv -e "$by_status" -e "$by_hour" >"$work/answers.csv"

# The two results follow each other, each with a header.
statuses=$(awk -F, 'NR > 1 && $1 == "dt" { exit } NR > 1' "$work/answers.csv")
hours=$(awk -F, 'seen; $1 == "dt" { seen = 1 }' "$work/answers.csv")
sent=$(records access-log)
rejected=$(records tailrace-dead-letters)
rows=$(awk -F, '{ n += $2 } END { print n + 0 }' <<<"$statuses")

if [ "$output" = json ]; then
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

Everything keeps running. To look around, or to load new lines of the log:
  scripts/tailrace topics describe --bootstrap-server $bootstrap
  scripts/tailrace consume --bootstrap-server $bootstrap --topic tailrace-dead-letters --from-beginning --to-end \
    --schema-registry http://$registry
  scripts/tailrace lag --bootstrap-server $bootstrap --group tailrace-loader
  scripts/tailrace hive --url $(address hive.jdbc.url) -e 'SELECT * FROM access_log LIMIT 5'
  scripts/tailrace agent --once --config $work/agent.properties
  scripts/tailrace load --config $work/loader.properties
To stop it and remove its logs and data in $work:
  kill $(cat "$work"/*.pid | paste -sd' ' -)
  scripts/cluster.sh stop --dir $work/cluster
  rm -r $work
TEXT
else
  say "stopping"
fi
