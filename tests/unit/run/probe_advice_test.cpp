#include "run/probe_advice.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace capmin {
namespace {

using Texts = std::vector<std::string>;

ImageFacts exposing(const Texts& ports) {
  ImageFacts image;
  image.exposed_ports = ports;
  return image;
}

TEST_CASE("what an image exposes is asked by the protocol that is spoken there by habit") {
  CHECK(fitting_probes(exposing({"80/tcp"})) == Texts{"--probe http://:80/"});
  CHECK(fitting_probes(exposing({"8443/tcp"})) == Texts{"--probe https://:8443/ --insecure"});
  CHECK(fitting_probes(exposing({"5432"})) == Texts{"--probe tcp://:5432"});
}

TEST_CASE("the image's own check comes first, a port that only accepts connections last") {
  ImageFacts image = exposing({"5432/tcp", "8080/tcp"});
  image.healthcheck.program = {"/bin/check"};
  CHECK(fitting_probes(image) ==
        Texts{"--probe healthcheck", "--probe http://:8080/", "--probe tcp://:5432"});
}

TEST_CASE("ports that are none, or are not of TCP, lead to no probe") {
  CHECK(fitting_probes(exposing({"53/udp", "x/tcp", "0/tcp", "70000/tcp"})).empty());
}

TEST_CASE(
    "the beginning of a probe asks what the image exposes, and no text of it leaves its comment") {
  ImageFacts image = exposing({"80/tcp", "53/udp", "9\nrm -rf /\n/tcp"});
  image.healthcheck.program = {"curl\nreboot"};
  const std::string script = probe_skeleton("shop:1", image);
  CHECK(script.starts_with("#!/bin/sh\n"));
  CHECK(script.find("curl -fsS -m 5 \"http://$CAPMIN_IP:80/\"") != std::string::npos);
  CHECK(script.find("\nrm") == std::string::npos);
  CHECK(script.find("\nreboot") == std::string::npos);
}

TEST_CASE("the beginning of a probe of an image that exposes nothing does not judge yet") {
  CHECK(probe_skeleton("job:1", {}).find("\nexit 77\n") != std::string::npos);
}

}  // namespace
}  // namespace capmin
