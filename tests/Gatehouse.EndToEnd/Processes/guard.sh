#!/bin/sh
# guard.sh INPUT COMMAND…: runs a command in a session of its own, with the file INPUT as its standard input.
# A line on the guard's own standard input names a signal for the command. When that input closes, and it closes
# when the test run dies too, whatever is left of the command's process group is killed.
input=$1
shift
exec 3<&0
setsid "$@" <"$input" 3<&- &
child=$!
(
  while read -r signal; do kill -s "$signal" "$child"; done
  kill -s KILL -- "-$child" || kill -s KILL "$child"
) <&3 2>/dev/null &
watch=$!
exec 3<&-
wait "$child"
status=$?
kill -s KILL -- "-$child" 2>/dev/null
kill "$watch" 2>/dev/null
exit "$status"
