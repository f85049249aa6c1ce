#!/bin/sh
# Creates the secrets of docker-compose.yml. Keeps existing files. The optional argument is a folder in place of
# deploy/secrets.
set -eu

folder=${1:-$(dirname "$0")/secrets}
# The folder denies access to other users of the host. The files are readable, as the users of containers do not exist
# on the host.
mkdir -p "$folder"
chmod 700 "$folder"

secret() {
  path="$folder/$1"
  [ -e "$path" ] || printf '%s' "$2" >"$path"
  chmod 444 "$path"
}
random() { openssl rand -hex 32; }

secret auth-secret "$(random)"
secret postgres-password "$(random)"
secret database-url "postgres://anb:$(cat "$folder/postgres-password")@postgres:5432/anb"
# A part of the Redis configuration.
secret redis-password "requirepass $(random)
"
secret redis-url "redis://:$(sed 's/^requirepass //' "$folder/redis-password")@redis:6379"
