#!/bin/sh
# Runs inside the container. Passes when the server keeps a row.
psql -qAt -h 127.0.0.1 -U postgres -v ON_ERROR_STOP=1 <<'SQL' | grep -qx hello
create table if not exists greeting (word text);
insert into greeting values ('hello');
select distinct word from greeting;
SQL
