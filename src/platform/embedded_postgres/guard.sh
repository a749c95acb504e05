# Runs PostgreSQL for the forum: sh postgres_guard.sh OWNER_FILE PATIENCE postgres ...
# Descriptor 3 is a pipe that ends when the forum has gone, killed or not. A forum that starts again within PATIENCE
# seconds finds the server warm and puts its own process id into OWNER_FILE; otherwise the server is shut down cleanly.
owner=$1
patience=$2
shift 2

lives() {
  if [ -d /proc/self ]; then grep -qs '^State:[^Z]*$' "/proc/$1/status"; else kill -0 "$1" 2>/dev/null; fi
}

"$@" 3<&- &
server=$!
(
  read -r _ <&3
  alone=0
  while [ "$alone" -lt "$patience" ]; do
    sleep 1
    pid=
    read -r pid _ 2>/dev/null <"$owner"
    if lives "${pid:-none}"; then alone=0; else alone=$((alone + 1)); fi
  done
  kill -INT "$server"
) &
watcher=$!
exec 3<&-
wait "$server"
kill "$watcher" 2>/dev/null
