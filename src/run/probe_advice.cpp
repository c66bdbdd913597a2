#include "run/probe_advice.h"

#include "engine/engine.h"
#include "text/quote.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

namespace capmin {
namespace {

/// Where web servers listen by habit.
constexpr std::array kHttpPorts{80, 3000, 5000, 8000, 8008, 8080, 8081, 8888, 9090};
constexpr std::array kHttpsPorts{443, 8443};

/// The number of a port that is spoken to over TCP; nothing for others.
std::optional<int> tcp_port(const std::string& exposed) {
  int number = 0;
  const char* const end = exposed.data() + exposed.size();
  const auto [rest, error] = std::from_chars(exposed.data(), end, number);
  if (error != std::errc() || number < 1 || number > 65535) return std::nullopt;
  const std::string_view protocol(rest, static_cast<std::size_t>(end - rest));
  return protocol.empty() || protocol == "/tcp" ? std::optional(number) : std::nullopt;
}

template <std::size_t N>
bool is_one_of(const std::array<int, N>& ports, int port) {
  return std::ranges::find(ports, port) != ports.end();
}

std::string probe_of_port(int port) {
  const std::string number = std::to_string(port);
  if (is_one_of(kHttpPorts, port)) return "--probe http://:" + number + '/';
  if (is_one_of(kHttpsPorts, port)) return "--probe https://:" + number + "/ --insecure";
  return "--probe tcp://:" + number;
}

}  // namespace

std::vector<std::string> fitting_probes(const ImageFacts& image) {
  std::vector<std::string> probes;
  if (!image.healthcheck.program.empty()) probes.emplace_back("--probe healthcheck");
  std::vector<std::string> connects;
  for (const std::string& exposed : image.exposed_ports) {
    const std::optional<int> port = tcp_port(exposed);
    if (!port) continue;
    std::string probe = probe_of_port(*port);
    // A port that only accepts connections tells least.
    const bool is_http = probe.find("http") != std::string::npos;
    (is_http ? probes : connects).push_back(std::move(probe));
  }
  probes.insert(probes.end(), connects.begin(), connects.end());
  return probes;
}

namespace {

/// What is known of the image where that costs little.
std::optional<ImageFacts> known_image(const std::string& reference, EngineRequest request) {
  constexpr std::chrono::milliseconds kPatience{5'000};
  request.timeout = std::min(request.timeout, kPatience);
  try {
    ProcessRunner runner;
    Engine engine(runner, choose_engine(request, runner).command, request.timeout);
    return engine.find_image(reference);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

Error missing_probe(const std::string& reference, const EngineRequest& request) {
  const std::string problem =
      "no probe is given, and nothing else can tell whether the image works";
  const std::string general =
      "give --probe FILE, --probe http://:PORT/, --probe healthcheck, or --probe exit for a job";
  const std::optional<ImageFacts> image = known_image(reference, request);
  if (!image) return {ExitCode::kUsage, problem, general};
  const std::vector<std::string> probes = fitting_probes(*image);
  std::string hint;
  if (!image->exposed_ports.empty()) {
    hint = "the image exposes " + sanitize(joined(image->exposed_ports, ", ")) +
           (image->healthcheck.program.empty() ? "" : " and has a HEALTHCHECK");
  } else if (!image->healthcheck.program.empty()) {
    hint = "the image has a HEALTHCHECK";
  }
  if (probes.empty()) {
    return {ExitCode::kUsage, problem, (hint.empty() ? "" : hint + ": ") + general};
  }
  return {ExitCode::kUsage, problem,
          hint + ": try " + joined(probes, " or ") +
              "; better is a script that uses the program, " + "begun by: capmin probe " +
              shell_quoted(reference) + " -o health.sh"};
}

namespace {

/// How a shell script asks a port.
std::string lines_for(const std::string& exposed) {
  const std::optional<int> port = tcp_port(exposed);
  const std::string name = "# " + sanitize(exposed);
  if (!port) return name + ": nothing is known of how it is asked.\n";
  const std::string number = std::to_string(*port);
  if (is_one_of(kHttpPorts, *port)) {
    return name +
           ": grep for words that only the real page has.\ncurl -fsS -m 5 \"http://$CAPMIN_IP:" +
           number + "/\" >/dev/null\n";
  }
  if (is_one_of(kHttpsPorts, *port)) {
    return name +
           ": grep for words that only the real page has.\ncurl -fsSk -m 5 \"https://$CAPMIN_IP:" +
           number + "/\" >/dev/null\n";
  }
  return name +
         ": that it accepts connections; better, use its own client: log in, write, read back.\n" +
         "timeout 5 bash -c 'exec 3<>\"/dev/tcp/$CAPMIN_IP/" + number + "\"'\n";
}

}  // namespace

std::string probe_skeleton(const std::string& reference, const ImageFacts& image) {
  const std::string name = sanitize(reference);
  std::string text =
      "#!/bin/sh\n# Ends with status 0 when a container of " + name +
      " works. It is asked again until then,\n"
      "# or until the time is over; 77 says that it cannot judge. Try it:\n"
      "#   capmin run " +
      shell_quoted(name) +
      " --probe ./health.sh\n"
      "# It runs on this host and is told where to look: CAPMIN_IP, CAPMIN_CONTAINER,\n"
      "# CAPMIN_PORT_<N> for each published port. What it does not use is not in the\n"
      "# answer: exercise what the image is there for.\nset -eu\n\n";
  if (!image.healthcheck.program.empty()) {
    text += "# The image's own HEALTHCHECK is: " +
            sanitize(joined(image.healthcheck.program, " "), 500) + "\n\n";
  }
  for (const std::string& exposed : image.exposed_ports) {
    text += lines_for(exposed) + '\n';
  }
  if (image.exposed_ports.empty()) {
    text +=
        "# The image exposes no port. For a job, whose container ends by itself, take\n"
        "# --probe exit, or --oneshot with this script, which then sees CAPMIN_EXIT_STATUS.\n"
        "echo 'this probe asks nothing yet' >&2\nexit 77\n";
  }
  return text;
}

}  // namespace capmin
