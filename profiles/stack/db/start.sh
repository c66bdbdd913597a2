#!/bin/sh
# Makes the cluster in /data on the first start, gives it to postgres and becomes that user.
set -e
as_postgres() {
  setpriv --reuid=postgres --regid=postgres --init-groups env PATH="/usr/lib/postgresql/15/bin:$PATH" "$@"
}

mkdir -p /data /run/postgresql
chown -R postgres:postgres /data /run/postgresql
chmod 700 /data
if [ ! -s /data/PG_VERSION ]; then
  # shellcheck disable=SC2016  # the variable of the inner shell
  as_postgres sh -ec '
    umask 077
    printf "%s\n" "$POSTGRES_PASSWORD" >/run/postgresql/password
    initdb -D /data -U "$POSTGRES_USER" --auth=scram-sha-256 --pwfile=/run/postgresql/password >/dev/null
    rm /run/postgresql/password'
  echo 'host all all all scram-sha-256' >>/data/pg_hba.conf
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups \
  /usr/lib/postgresql/15/bin/postgres -D /data -c listen_addresses='*'
