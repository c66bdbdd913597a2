#pragma once

#include <chrono>
#include <stop_token>
#include <string>

namespace capmin {

/// What became of an attempt to connect.
struct TcpReply {
  enum class Ending {
    kConnected,
    kRefused,   ///< there is no connection; `failure` says why
    kDeadline,  ///< the deadline passed
    kStopped,   ///< a stop was requested
  };
  Ending ending = Ending::kRefused;
  std::string failure = {};  ///< of the system, in words
};

/// Connects to a TCP port and closes the connection at once. `address` is an IP address; one that
/// is none is refused. Never throws for what the other side does.
TcpReply connect_tcp(const std::string& address, unsigned short port,
                     std::chrono::milliseconds deadline, const std::stop_token& stop);

}  // namespace capmin
