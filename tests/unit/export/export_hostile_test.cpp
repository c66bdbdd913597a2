#include "document/strict_yaml.h"
#include "export/export.h"
#include "hostile_text.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace capmin {
namespace {

/// The text in every field that an image, a log or a forged profile could fill.
Profile hostile_profile(const std::string& text) {
  Profile profile = sample_profile();
  profile.image.reference = text;
  profile.image.digest = text;
  profile.image.user = text;
  profile.image.platform = text;
  profile.conditional = {{Capability::kNetRaw, text}};
  profile.environment.options = {text, "--user " + text};
  profile.environment.command = {text};
  profile.environment.network = text;
  profile.warnings = {text};
  profile.probe.path = text;
  profile.run.capmin = text;
  profile.run.at = text;
  for (Profile::Attempt& attempt : profile.failed) {
    attempt.ending = text;
  }
  return profile;
}

std::string text_of(const Profile& profile, const Target& target) {
  return export_profile(profile, target, {}).text;
}

/// Lines as a CI system, an editor and a terminal see them.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// The lines that are no comments.
std::vector<std::string> active_lines(const std::string& text) {
  std::vector<std::string> lines = lines_of(text);
  std::erase_if(lines, [](const std::string& line) { return line.starts_with('#'); });
  return lines;
}

TEST_CASE("H10: no control character of a profile reaches an export") {
  for (const std::string& hostile : hostile_texts()) {
    for (const Target& target : targets()) {
      CAPTURE(target.format);
      CAPTURE(hostile);
      const std::string text = text_of(hostile_profile(hostile), target);
      CHECK(std::ranges::none_of(text, [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return letter != '\n' && (byte < 0x20 || byte == 0x7f);
      }));
      // Characters beyond U+FFFF stand for themselves in JSON: they start with F0 to F4.
      const bool json = !target.comments;
      CHECK(std::ranges::none_of(text, [json](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return json ? byte >= 0xc2 && byte <= 0xef : byte >= 0x80;
      }));
    }
  }
}

TEST_CASE("H11: no line of an export is a command to a CI system") {
  for (const char* const part : {"::error::x", "##vso[x]", "##teamcity[x]", "##[error]x", "###"}) {
    for (const std::string& hostile : {std::string(part), "\n" + std::string(part),
                                       "word " + std::string(part), " " + std::string(part)}) {
      for (const Target& target : targets()) {
        CAPTURE(target.format);
        CAPTURE(hostile);
        const std::string text = text_of(hostile_profile(hostile), target);
        CHECK(text.find("##") == std::string::npos);
        for (const std::string& line : lines_of(text)) {
          const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
          CHECK_FALSE(line.substr(start).starts_with("::"));
        }
      }
    }
  }
}

TEST_CASE("H15: every text of a Compose file and of a pod reads back equal") {
  for (const std::string& hostile : hostile_texts()) {
    CAPTURE(hostile);
    const Profile profile = hostile_profile(hostile);
    const YamlNode compose = parse_strict_yaml(text_of(profile, *target_named("compose")), "x");
    const YamlNode& service = compose.entries.front().value.entries.front().value;
    REQUIRE(service.entries.front().key == "image");
    std::string doubled;
    for (const char letter : hostile) {
      doubled += letter == '$' ? "$$" : std::string(1, letter);
    }
    CHECK(service.entries.front().value.text == doubled);
    const YamlNode pod = parse_strict_yaml(text_of(profile, *target_named("kubernetes")), "x");
    const YamlNode& spec = pod.entries.back().value;
    const YamlNode& container = spec.entries.front().value.items.front();
    REQUIRE(container.entries[1].key == "image");
    CHECK(container.entries[1].value.text == hostile);
    for (const char* const format : {"oci", "ecs", "intoto", "json"}) {
      CHECK_NOTHROW(parse_strict_yaml(text_of(profile, *target_named(format)), "x"));
    }
  }
}

TEST_CASE("H16: nothing of a profile is active in a unit, a job or an argument") {
  const std::vector<std::string> unit =
      active_lines(text_of(sample_profile(), *target_named("systemd")));
  for (const std::string& hostile : hostile_texts()) {
    CAPTURE(hostile);
    Profile profile = hostile_profile(hostile);
    profile.conditional = sample_profile().conditional;
    for (const std::string& line : active_lines(text_of(profile, *target_named("systemd")))) {
      const bool known = std::ranges::find(unit, line) != unit.end() || line.starts_with("User=") ||
                         line.starts_with("Group=") || line == "PrivateNetwork=yes";
      CHECK_MESSAGE(known, line);
      // Specifiers, quotes and continued lines have a meaning there.
      CHECK_MESSAGE((line.find_first_of("%\\\"'") == std::string::npos), line);
    }
    for (const char* const format : {"docker-args", "podman-args"}) {
      const std::string line = text_of(profile, *target_named(format));
      // No letter that a shell reads anything into, and no option but those of the settings.
      CHECK(line.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "@%_+=:,./- \n") == std::string::npos);
      std::istringstream words(line);
      for (std::string word; words >> word;) {
        if (!word.starts_with("--")) continue;
        const std::string name = word.substr(0, word.find('='));
        CHECK_MESSAGE((name == "--cap-drop" || name == "--cap-add" || name == "--user" ||
                       name == "--network"),
                      word);
      }
    }
    CHECK(text_of(profile, *target_named("label")) ==
          text_of(sample_profile(), *target_named("label")));
    for (const std::string& line : active_lines(text_of(profile, *target_named("quadlet")))) {
      const bool known = line == "[Container]" || line.starts_with("DropCapability=") ||
                         line.starts_with("AddCapability=CAP_") || line == "Image=" + hostile ||
                         line.starts_with("User=") || line.starts_with("Group=") ||
                         line.starts_with("Network=") || line.starts_with("PodmanArgs=") ||
                         line.starts_with("Exec=");
      CHECK_MESSAGE(known, line);
      if (line.starts_with("Image=")) CHECK(line.find_first_of("%\\\"' ") == std::string::npos);
      // Specifiers and variables are doubled, and no line goes on in the next one.
      std::size_t signs = 0;
      for (const char letter : line) {
        signs += letter == '%' || letter == '$' ? 1U : 0U;
      }
      CHECK_MESSAGE(signs % 2 == 0, line);
      CHECK_FALSE(line.ends_with('\\'));
    }
    const std::string job = text_of(profile, *target_named("nomad"));
    CHECK(job.find("${") == std::string::npos);
    CHECK(job.find("%{") == std::string::npos);
    for (const std::string& line : active_lines(job)) {
      const std::string start = line.substr(0, line.find('='));
      const bool known = line == "config {" || line == "}" || start == "user " ||
                         start == "  image " || start == "  cap_drop " || start == "  cap_add " ||
                         start == "  network_mode " || start == "  command ";
      CHECK_MESSAGE(known, line);
    }
  }
}

TEST_CASE("H16: a template in an image's name stays text in a Nomad job") {
  Profile profile = sample_profile();
  profile.image.reference = "a${env.SECRET}%{if true}$${b";
  const std::string job = text_of(profile, *target_named("nomad"));
  CHECK(job.find(R"("a\u0024{env.SECRET}\u0025{if true}$\u0024{b")") != std::string::npos);
}

TEST_CASE("H11, H15: a profile's texts are harmless in somebody else's file") {
  const MergeFile file{"services:\n  web:\n    image: nginx:1.27\n", "compose.yaml"};
  for (const std::string& hostile : hostile_texts()) {
    CAPTURE(hostile);
    Profile profile = hostile_profile(hostile);
    profile.conditional.clear();
    const std::string text = merge_profile(profile, *target_named("compose"), {}, file).text;
    CHECK(lines_of(text).size() == 5);
    CHECK(text.find("##") == std::string::npos);
    CHECK(std::ranges::all_of(
        text, [](char letter) { return letter == '\n' || (letter >= ' ' && letter <= '~'); }));
    const YamlNode service =
        parse_strict_yaml(text, "x").entries.front().value.entries.front().value;
    CHECK(service.entries.size() == 3);
  }
}

}  // namespace
}  // namespace capmin
