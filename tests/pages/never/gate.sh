#!/bin/sh
# Opens the gate at the hour that the file says.
set -eu
hour=$(cat /etc/gate/hour)
while [ "$(date +%H)" != "$hour" ]; do
    sleep 30
done
echo open > /dev/ttyS0
