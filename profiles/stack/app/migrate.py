"""Makes the schema that app.py expects, on a database that may have it already."""

import psycopg2

with psycopg2.connect(connect_timeout=3) as connection, connection.cursor() as cursor:
    cursor.execute("create table if not exists note (id serial primary key, body text not null)")
