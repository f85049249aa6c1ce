#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its containers, once: what is there stays as it is. Another folder
# than deploy/secrets may be given.
set -eu

folder=${1:-$(dirname "$0")/secrets}
# The folder keeps others on the host out; the files are read in containers, whose users are none of the host's.
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
# In the form that Redis reads as a part of its configuration.
secret redis-password "requirepass $(random)
"
secret redis-url "redis://:$(sed 's/^requirepass //' "$folder/redis-password")@redis:6379"
