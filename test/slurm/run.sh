#!/bin/bash
# Sixteen runs on a real Slurm, four at a time: a task is killed, the node dies, one run diverges, and the CSV has to be that
# of --executor local. Run by hand as root on a Debian that may be thrown away, after npm run build:
#
#   apt-get install slurm-wlm munge && test/slurm/run.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
isoflop() { node "$here/../../dist/cli/main.js" "$@"; }
say() { echo "== $(date +%T) $*"; }
fail() { say "FAILED: $*"; exit 1; }
for program in slurmctld slurmd munged sbatch; do
  command -v "$program" > /dev/null || fail "there is no $program: apt-get install slurm-wlm munge"
done

work=$(mktemp -d /tmp/isoflop-slurm.XXXXXX)
export SLURM_CONF=$work/slurm.conf
host=$(hostname -s)
controller= node=
stop() {
  for pid in $node $controller; do kill "$pid" 2> /dev/null || true; done
  say "logs are in $work"
}
trap stop EXIT

# One node of four CPUs, however many there are. Nothing of cgroups or systemd, so that a container will do.
mkdir "$work/state" "$work/spool"
cat > "$SLURM_CONF" << CONF
ClusterName=isoflop
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=cred_expire=10
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SlurmdTimeout=10
ReturnToService=2
MinJobAge=3600
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF

if ! munge -n > /dev/null 2>&1; then
  install -d -o munge -g munge /run/munge /var/log/munge /var/lib/munge
  runuser -u munge -- /usr/sbin/munged
fi
slurmctld -D > "$work/slurmctld.out" 2>&1 &
controller=$!
start_node() {
  slurmd -D > "$work/slurmd.out" 2>&1 &
  node=$!
}
start_node
for _ in $(seq 60); do sinfo --noheader --format=%T 2> /dev/null | grep -q idle && break; sleep 1; done
sinfo
sinfo --noheader --format=%T | grep -q idle || fail "the node does not come up"

status() { isoflop sweep status "$work/slurm" --json; }
# How many runs are of these states, separated by |.
count() { status | node -e 'const {runs} = JSON.parse(require("fs").readFileSync(0)); const of = process.argv[1].split("|"); console.log(runs.filter(({status}) => of.includes(status)).length)' "$1"; }
# Processes that train, by the command that a task starts.
tasks() { pgrep -f "main.js sweep run $work/slurm" || true; }

say "submit"
isoflop sweep "$here/sweep.yaml" --executor slurm --jobs 4 --out "$work/slurm"
isoflop sweep "$here/sweep.yaml" --executor slurm --jobs 4 --out "$work/slurm" --resume && fail "handed over twice"
isoflop sweep "$here/sweep.yaml" --jobs 1 --out "$work/slurm" --resume && fail "trained here and there"

for _ in $(seq 120); do [ "$(tasks | wc -l)" -ge 4 ] && break; sleep 0.5; done
most=$(tasks | wc -l)
[ "$most" -eq 4 ] || fail "$most tasks at once"
squeue
until ls "$work"/slurm/*/checkpoint.safetensors > /dev/null 2>&1; do sleep 0.2; done
victim=$(tasks | head -1)
say "kill -9 one of $most tasks: $(tr '\0' ' ' < "/proc/$victim/cmdline" | grep -o -- '--index [0-9]*')"
kill -9 "$victim"
sleep 8
isoflop sweep status "$work/slurm"

say "the node dies, with all that it runs"
running=$(tasks)
kill -9 "$node" $(pgrep slurmstepd || true) $running
node=
for _ in $(seq 60); do sinfo --noheader --format=%T | grep -q down && break; sleep 1; done
sinfo
isoflop sweep status "$work/slurm"
say "and comes back"
start_node
while :; do
  most=$(tasks | wc -l)
  [ "$most" -le 4 ] || fail "$most tasks at once"
  [ "$(squeue --noheader --states=all --array --format=%T | grep -cE 'PENDING|RUNNING|CONFIGURING|COMPLETING')" -gt 0 ] || break
  sleep 2
done
isoflop sweep status "$work/slurm"
[ "$(count 'done|diverged|failed')" -eq 16 ] || fail "not every run is accounted for"
[ "$(count failed)" -ge 1 ] || fail "the killed run is not told of"

say "resume"
isoflop sweep "$here/sweep.yaml" --executor slurm --jobs 4 --out "$work/slurm" --resume
while [ -n "$(squeue --noheader)" ]; do sleep 1; done
isoflop sweep status "$work/slurm"
[ "$(count done)" -eq 15 ] && [ "$(count diverged)" -eq 1 ] || fail "15 done and 1 diverged were expected"
isoflop sweep "$here/sweep.yaml" --executor slurm --jobs 4 --out "$work/slurm" --resume | head -1

say "the same by --executor local"
isoflop sweep "$here/sweep.yaml" --jobs 2 --out "$work/local" 2> /dev/null
essence() { node -e '
  const [head, ...rows] = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((line) => line.split(","));
  const kept = head.map((name) => !["tokens_per_second", "memory_mb"].includes(name));
  for (const row of [head, ...rows]) console.log(row.filter((_, k) => kept[k]).join(","));' "$1"; }
essence "$work/slurm/runs.csv" > "$work/slurm.csv"
essence "$work/local/runs.csv" > "$work/local.csv"
cmp "$work/slurm.csv" "$work/local.csv" || fail "the CSVs differ"
say "equal: $(wc -l < "$work/local.csv") lines"

say "cancel"
isoflop sweep "$here/sweep.yaml" --executor slurm --jobs 4 --out "$work/cancelled"
for _ in $(seq 120); do ls "$work"/cancelled/*/metrics.csv > /dev/null 2>&1 && break; sleep 0.5; done
isoflop sweep cancel "$work/cancelled"
while [ -n "$(squeue --noheader)" ]; do sleep 1; done
isoflop sweep status "$work/cancelled" | head -8
ls "$work"/cancelled/*/checkpoint.safetensors
say "PASSED"
