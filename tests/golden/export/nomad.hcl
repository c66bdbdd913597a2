# Written by capmin export from a capability profile.
# image: nginx:1.27
# digest: sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac
# id: sha256:39286ab8a5e14aeaf5fdd6e2fac76e0c8d31a0c07224f0ee5e6be502f12e93f3
# user: 0:0
# guarantee: unique
# capmin: 1.0.0
# at: 2026-11-23T02:14:09Z
# profile: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
# warning: the profile holds 2 warnings: read it first
# warning: left out: --env TZ: its value is in no profile; give it in the task's env block
# warning: left out: --publish 80: ports are labels of the group's network block
# note: NET_BIND_SERVICE is needed only where ports below 1024 are privileged: leave it out where
#   that is not so
config {
  image = "nginx:1.27"
  cap_drop = ["all"]
  cap_add = ["chown", "dac_override", "net_bind_service", "setgid", "setuid"]
  command = "nginx"
  args = ["-g", "daemon off;"]
}
