#pragma once

#include "trial/probe.h"

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace capmin {

/// Reads the address of a probe of kind kHttp or kTcp: http://:8080/healthz, https://:8443/,
/// tcp://:5432. Without a host it is the container's; the one host that may be named is this one
/// (localhost, 127.0.0.1, [::1]), whose ports are those that the container publishes. Throws Error
/// kUsage, with what to write in its place.
NetworkCheck parse_network_check(const std::string& text);

/// Whether a text is such an address, by its beginning.
bool is_network_check(const std::string& text);

/// Where a check of this trial connects to; or why it cannot be told.
struct CheckPlace {
  std::string address;      ///< of IP; empty where there is none
  unsigned short port = 0;  ///< at that address
  std::string fault;        ///< why there is none
};

/// The container's own address where it has one that this host reaches, else its published port.
CheckPlace place_of(const NetworkCheck& check, const ProbeTarget& target);

/// Asks once, over a connection of its own. Passed: connected, where it is TCP; a whole reply of
/// the expected status, with the expected text in the first 4 MiB of its body, where it is HTTP. A
/// server that does not answer in time has failed: here is no program of the user's that might hang
/// for reasons of its own. What was answered stands in the attempt's output: the status, then up to
/// 2 KiB of the body.
ProbeAttempt ask(const NetworkCheck& check, const ProbeTarget& target,
                 std::chrono::milliseconds deadline, const std::stop_token& stop);

}  // namespace capmin
