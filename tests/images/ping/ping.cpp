// Opens a socket for pings as ping programs do: the kernel's ping socket, which
// net.ipv4.ping_group_range opens for users, else a raw one, which takes NET_RAW.
#include <cstdio>
#include <netinet/in.h>
#include <sys/socket.h>

int main() {
  if (socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) >= 0) return 0;
  if (socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0) return 0;
  std::perror("ping: socktype: SOCK_RAW");
  return 1;
}
