#!/bin/sh
# Passes when the server keeps a row for a client with a password.
# shellcheck disable=SC2016  # variables of the container's shell
"$CAPMIN_ENGINE" exec -i "$CAPMIN_CONTAINER" sh -c '
  PGPASSWORD=$POSTGRES_PASSWORD psql -qAt -h 127.0.0.1 -U "$POSTGRES_USER" -v ON_ERROR_STOP=1 postgres' <<'SQL' |
create table if not exists probe (word text);
insert into probe values ('hello');
select distinct word from probe;
SQL
  grep -qx hello
