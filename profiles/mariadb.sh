#!/bin/sh
# Runs inside the container. Passes when the server keeps a row.
mariadb -N <<'SQL' | grep -qx hello
create database if not exists test;
create table if not exists test.greeting (word text);
insert into test.greeting values ('hello');
select distinct word from test.greeting;
SQL
