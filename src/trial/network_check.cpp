#include "trial/network_check.h"

#include "core/error.h"
#include "system/http.h"
#include "system/tcp.h"
#include "text/sanitize.h"

#include <boost/url/parse.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

namespace capmin {
namespace {

using Result = ProbeAttempt::Result;
using Scheme = NetworkCheck::Scheme;

constexpr std::size_t kMostSearched = 4U << 20U;
constexpr std::size_t kMostShown = 2U << 10U;

constexpr std::array kSchemes{
    std::pair{std::string_view("http"), Scheme::kHttp},
    std::pair{std::string_view("https"), Scheme::kHttps},
    std::pair{std::string_view("tcp"), Scheme::kTcp},
};

std::string_view name_of(Scheme scheme) {
  for (const auto& [name, known] : kSchemes) {
    if (known == scheme) return name;
  }
  return {};
}

[[noreturn]] void refuse(const std::string& text, const std::string& reason,
                         const std::string& hint) {
  throw Error(ExitCode::kUsage, "the probe " + sanitize(text) + ' ' + reason, hint);
}

unsigned short default_port(const std::string& text, Scheme scheme) {
  if (scheme == Scheme::kHttp) return 80;
  if (scheme == Scheme::kHttps) return 443;
  refuse(text, "names no port", "write tcp://:PORT, for instance tcp://:5432");
}

bool is_this_host(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

}  // namespace

bool is_network_check(const std::string& text) {
  const std::size_t end = text.find("://");
  if (end == std::string::npos) return false;
  const std::string_view name(text.data(), end);
  for (const auto& [known, scheme] : kSchemes) {
    if (known == name) return true;
  }
  return false;
}

NetworkCheck parse_network_check(const std::string& text) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed || parsed->has_userinfo() || parsed->has_fragment()) {
    refuse(text, "is no address that can be asked",
           "write http://:PORT/PATH or tcp://:PORT, with what is not ASCII percent-encoded");
  }
  NetworkCheck check;
  for (const auto& [name, scheme] : kSchemes) {
    if (std::string_view(parsed->scheme()) == name) check.scheme = scheme;
  }
  const std::string host(parsed->encoded_host());
  if (!host.empty() && !is_this_host(host)) {
    refuse(text, "names another host, and a probe asks the trial's container",
           "leave the host out: " + std::string(name_of(check.scheme)) + "://:PORT");
  }
  check.is_of_host = !host.empty();
  check.port = parsed->has_port() ? parsed->port_number() : default_port(text, check.scheme);
  if (check.port == 0) refuse(text, "names a port that is none", "ports are 1 to 65535");
  check.target = std::string(parsed->encoded_target());
  if (check.scheme == Scheme::kTcp && !check.target.empty() && check.target != "/") {
    refuse(text, "asks for a path, which TCP does not have", "write tcp://:PORT");
  }
  if (check.target.empty() || check.target.front() != '/') check.target.insert(0, "/");
  return check;
}

CheckPlace place_of(const NetworkCheck& check, const ProbeTarget& target) {
  const std::string loopback = "127.0.0.1";
  const auto published = [&](const std::string& port) -> std::optional<unsigned short> {
    const auto found = target.ports.find(port);
    if (found == target.ports.end()) return std::nullopt;
    // What the engine says is no number of ours until it was read as one.
    const std::string& text = found->second;
    unsigned short number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() ? std::optional(number) : std::nullopt;
  };
  if (check.is_of_host && check.published_as.empty()) return {loopback, check.port, {}};
  if (!check.is_of_host && !target.ip.empty()) return {target.ip, check.port, {}};
  const std::string wanted =
      check.is_of_host ? check.published_as : std::to_string(check.port) + "/tcp";
  const std::optional<unsigned short> port = published(wanted);
  if (!port) {
    return {{}, 0, "the container has no address, and does not publish its port " + wanted};
  }
  if (check.scheme == Scheme::kTcp) {
    return {{},
            0,
            "port " + wanted +
                " can be reached as a published one only, and there the engine itself accepts "
                "connections, whether the program does or not"};
  }
  return {loopback, *port, {}};
}

namespace {

ProbeAttempt answered(Result result, std::string output) {
  ProbeAttempt attempt;
  attempt.result = result;
  attempt.output = std::move(output) + '\n';
  return attempt;
}

std::string url_of(const NetworkCheck& check, const CheckPlace& place) {
  const bool is_ipv6 = place.address.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? '[' + place.address + ']' : place.address;
  const std::string path = check.scheme == Scheme::kTcp ? "" : check.target;
  return std::string(name_of(check.scheme)) + "://" + host + ':' + std::to_string(place.port) +
         path;
}

ProbeAttempt ask_tcp(const NetworkCheck& check, const CheckPlace& place,
                     std::chrono::milliseconds deadline, const std::stop_token& stop) {
  const TcpReply reply = connect_tcp(place.address, place.port, deadline, stop);
  const std::string url = url_of(check, place);
  switch (reply.ending) {
    case TcpReply::Ending::kConnected:
      return answered(Result::kPassed, url + " accepts connections");
    case TcpReply::Ending::kRefused:
      return answered(Result::kFailed, "cannot connect to " + url + ": " + reply.failure);
    case TcpReply::Ending::kDeadline:
      return answered(Result::kFailed, url + " does not answer");
    case TcpReply::Ending::kStopped:
      break;
  }
  return answered(Result::kStopped, {});
}

ProbeAttempt judged(const NetworkCheck& check, const std::string& url, unsigned status,
                    const std::string& body) {
  std::string output = url + ": HTTP status " + std::to_string(status);
  const bool has_status =
      check.expect_status ? status == *check.expect_status : status >= 200 && status < 300;
  const bool has_text = body.find(check.expect) != std::string::npos;
  if (!has_status && check.expect_status) {
    output += ", not " + std::to_string(*check.expect_status);
  }
  if (has_status && !has_text) output += ", but the body lacks what --expect names";
  if (!body.empty()) output += '\n' + body.substr(0, kMostShown);
  return answered(has_status && has_text ? Result::kPassed : Result::kFailed, std::move(output));
}

ProbeAttempt ask_http(const NetworkCheck& check, const CheckPlace& place,
                      std::chrono::milliseconds deadline, const std::stop_token& stop) {
  HttpAddress server{.host = place.address, .port = std::to_string(place.port)};
  if (check.scheme == Scheme::kHttps) {
    server.tls = HttpTls{.verifies = !check.insecure, .name = place.address};
  }
  std::string body;
  HttpRequest request{.target = check.target, .deadline = deadline};
  request.reader = [&body](std::string_view piece) {
    body += piece.substr(0, kMostSearched - body.size());
  };
  const HttpReply reply = HttpClient(std::move(server)).send(std::move(request), stop);
  const std::string url = url_of(check, place);
  switch (reply.ending) {
    case HttpReply::Ending::kAnswered:
      return judged(check, url, reply.status, body + reply.body);
    case HttpReply::Ending::kBroken:
      return answered(Result::kFailed, "cannot ask " + url + ": " + reply.failure);
    case HttpReply::Ending::kDeadline:
      return answered(Result::kFailed, url + " does not answer");
    case HttpReply::Ending::kStopped:
      break;
  }
  return answered(Result::kStopped, {});
}

}  // namespace

ProbeAttempt ask(const NetworkCheck& check, const ProbeTarget& target,
                 std::chrono::milliseconds deadline, const std::stop_token& stop) {
  const CheckPlace place = place_of(check, target);
  // One that has ended has no address any more: its end is what counts then.
  if (!place.fault.empty()) return answered(Result::kFailed, place.fault);
  return check.scheme == Scheme::kTcp ? ask_tcp(check, place, deadline, stop)
                                      : ask_http(check, place, deadline, stop);
}

}  // namespace capmin
