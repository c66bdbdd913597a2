#!/bin/sh
# The same question, asked inside the container.
wget -q -O - http://127.0.0.1:80/ | grep -q '^hello$'
