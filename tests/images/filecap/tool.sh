#!/bin/sh
# A job of the program in PATH.
busybox-tool true || exit 1
