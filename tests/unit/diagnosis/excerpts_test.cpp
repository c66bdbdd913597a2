// Reads the excerpts of real logs under tests/diagnosis and measures how well the embedded rules
// understand them. tests/diagnosis/README.md describes the files.
#include "diagnosis/log_lines.h"
#include "diagnosis/pattern.h"
#include "diagnosis/rule_table.h"
#include "text/embedded.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {
namespace {

constexpr std::size_t kNotSuspected = 999;
constexpr std::size_t kNoClue = 1000;

struct Line {
  std::string text;
  std::vector<CapabilitySet> needs;  ///< each of these made the line disappear; empty: context
};

struct Excerpt {
  std::string file;
  std::string program;
  CapabilitySet granted;
  Evidence evidence;
  std::vector<Line> lines;
};

CapabilitySet set_of(std::string_view names) {
  CapabilitySet set;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('+'), names.size());
    const auto capability = capability_named(names.substr(0, end));
    REQUIRE_MESSAGE(capability, names);
    set = set.with(*capability);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return set;
}

std::vector<CapabilitySet> alternatives_of(std::string_view names) {
  std::vector<CapabilitySet> sets;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('|'), names.size());
    sets.push_back(set_of(names.substr(0, end)));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return sets;
}

Excerpt read(const std::filesystem::path& path) {
  Excerpt excerpt{path.filename(), {}, {}, {}, {}};
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# program: ")) {
      excerpt.program = line.substr(11);
    } else if (line.starts_with("# granted: ") && line[11] != '(') {
      std::string names = line.substr(11);
      std::ranges::replace(names, ' ', '+');
      excerpt.granted = set_of(names);
    } else if (line.starts_with("# ended: exit ")) {
      excerpt.evidence.exited = true;
      excerpt.evidence.exit_code = std::stoi(line.substr(14));
    }
    const std::size_t mark = line.find("> ");
    if (line.starts_with("#") || mark == std::string::npos) {
      continue;
    }
    excerpt.lines.push_back({line.substr(mark + 2), alternatives_of(line.substr(0, mark))});
    excerpt.evidence.log += excerpt.lines.back().text + '\n';
  }
  return excerpt;
}

std::vector<Excerpt> read_all(const char* directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CAPMIN_TEST_DATA) / directory)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<Excerpt> excerpts;
  std::ranges::transform(paths, std::back_inserter(excerpts), read);
  return excerpts;
}

/// A line that somebody reported, or remembers, with the capabilities of which one is the right
/// first suspect; none where no capability is the remedy.
struct KnownLine {
  std::string text;
  CapabilitySet right;
};

/// The lines of a file of tests/diagnosis/lines.
std::vector<KnownLine> read_lines(const char* file) {
  std::vector<KnownLine> lines;
  std::ifstream in(std::filesystem::path(CAPMIN_TEST_DATA) / "diagnosis/lines" / file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) continue;
    const std::size_t tab = line.find('\t');
    const std::size_t end = line.find('\t', tab + 1);
    REQUIRE_MESSAGE(end != std::string::npos, line);
    KnownLine known{line.substr(0, tab), {}};
    const std::string right = line.substr(tab + 1, end - tab - 1);
    if (right != "NONE") {
      for (const CapabilitySet set : alternatives_of(right))
        known.right |= set;
    }
    lines.push_back(std::move(known));
  }
  return lines;
}

const RuleTable& table() {
  static const RuleTable embedded = RuleTable::parse(embedded_rules(), "rules.yaml");
  return embedded;
}

/// The place of the first suspect of `line`'s clue that is needed; none: beyond the end.
std::size_t place_of_truth(const Excerpt& excerpt, const Line& line) {
  // The other lines stay, because some rules look at what stands nearby.
  const std::vector<Clue> clues = table().clues(excerpt.evidence);
  const auto shown = [](const std::string& text) {
    return normalized(steady_line(text)).substr(0, 100);
  };
  for (const Clue& clue : clues) {
    if (!normalized(clue.line).starts_with(shown(line.text)) &&
        !shown(line.text).starts_with(normalized(clue.line))) {
      continue;
    }
    for (std::size_t i = 0; i < clue.suspects.size(); ++i) {
      const CapabilitySet missing = clue.suspects[i] - excerpt.granted;
      if (std::ranges::find(line.needs, missing) != line.needs.end()) {
        return i;
      }
    }
    return kNotSuspected;
  }
  return kNoClue;
}

TEST_CASE("the rules name the right capability for the lines of real programs") {
  std::set<std::string> programs;
  int lines = 0;
  int first = 0;
  int within_three = 0;
  for (const Excerpt& excerpt : read_all("diagnosis/observed")) {
    for (const Line& line : excerpt.lines) {
      if (line.needs.empty()) {
        continue;
      }
      const std::size_t place = place_of_truth(excerpt, line);
      programs.insert(excerpt.program);
      ++lines;
      first += place == 0 ? 1 : 0;
      within_three += place < 3 ? 1 : 0;
      if (place != 0) {
        const std::string what = place == kNoClue ? "no clue" : "not the first suspect";
        MESSAGE(excerpt.file << ": " << what << ": " << line.text);
      }
    }
  }
  MESSAGE(lines << " lines of " << programs.size() << " programs: first suspect right for "
                << 100.0 * first / lines << " %, within three for " << 100.0 * within_three / lines
                << " %");
  CHECK(lines >= 60);
  CHECK(programs.size() >= 25);
  CHECK(100 * first >= 85 * lines);
  CHECK(100 * within_three >= 95 * lines);
}

TEST_CASE("what a search would try first is right for the logs of real programs") {
  int logs = 0;
  int right = 0;
  for (const Excerpt& excerpt : read_all("diagnosis/observed")) {
    const std::vector<CapabilitySet> ranked =
        ranked_suspects(table().clues(excerpt.evidence), excerpt.evidence.exited);
    REQUIRE_MESSAGE(!ranked.empty(), excerpt.file);
    const CapabilitySet missing = ranked.front() - excerpt.granted;
    const bool is_right = std::ranges::any_of(excerpt.lines, [missing](const Line& line) {
      return std::ranges::find(line.needs, missing) != line.needs.end();
    });
    ++logs;
    right += is_right ? 1 : 0;
    if (!is_right) {
      MESSAGE(excerpt.file << ": tries first: " << to_string(ranked.front()));
    }
  }
  MESSAGE(logs << " logs: the first try is right for " << 100.0 * right / logs << " %");
  CHECK(100 * right >= 90 * logs);
}

TEST_CASE("the logs of programs that lack nothing give no clue") {
  std::size_t files = 0;
  for (const Excerpt& excerpt : read_all("diagnosis/innocent")) {
    ++files;
    for (const Clue& clue : table().clues(excerpt.evidence)) {
      FAIL_CHECK(excerpt.file << ": " << clue.rule << ": " << clue.line);
    }
  }
  CHECK(files >= 10);
}

TEST_CASE("lines on their own suspect the right capability, and innocent ones mostly none") {
  for (const char* file : {"reported.tsv", "recalled.tsv", "found.tsv"}) {
    int asked = 0;
    int first = 0;
    int within_three = 0;
    int innocent = 0;
    int alarms = 0;
    for (const KnownLine& line : read_lines(file)) {
      Evidence evidence;
      evidence.log = line.text;
      const std::vector<Clue> clues = table().clues(evidence);
      const std::vector<CapabilitySet> suspects =
          clues.empty() ? std::vector<CapabilitySet>{} : clues.front().suspects;
      if (line.right.empty()) {
        ++innocent;
        alarms += suspects.empty() ? 0 : 1;
        continue;
      }
      ++asked;
      const auto found = std::ranges::find_if(
          suspects, [&line](CapabilitySet set) { return !(set & line.right).empty(); });
      const auto place = found - suspects.begin();
      first += found != suspects.end() && place == 0 ? 1 : 0;
      within_three += found != suspects.end() && place < 3 ? 1 : 0;
    }
    MESSAGE(std::string(file) << ": " << asked << " lines: first " << first << ", within three "
                              << within_three << "; " << innocent << " without a remedy: " << alarms
                              << " false alarms");
    CHECK(asked >= 100);
    CHECK(innocent >= 30);
    CHECK(100 * first >= 85 * asked);
    CHECK(100 * within_three >= 92 * asked);
    CHECK(4 * alarms <= innocent);
  }
}

TEST_CASE("no line of a real program shows a time of day or a process's number once it is steady") {
  const Pattern clock(R"(\b[0-2]?[0-9]:[0-5][0-9]:[0-6][0-9]\b|\b20[0-9]{2}[-/.][0-9]{2}[-/.])");
  const Pattern process(R"(^\W*[0-9]+(?:#|:[MCX] )|^[\w./-]*\[[0-9]+\]|\bpid [0-9])");
  for (const char* directory : {"diagnosis/observed", "diagnosis/innocent"}) {
    for (const Excerpt& excerpt : read_all(directory)) {
      for (const Line& line : excerpt.lines) {
        const std::string steady = steady_line(line.text);
        CHECK_MESSAGE(!clock.matches(steady), steady);
        CHECK_MESSAGE(!process.matches(steady), steady);
        CHECK(steady_line(steady) == steady);
      }
    }
  }
}

TEST_CASE("every rule decides about a line of the excerpts") {
  std::set<std::string> idle;
  for (const Rule& rule : table().rules()) {
    idle.insert(rule.id);
  }
  for (const char* directory : {"diagnosis/observed", "diagnosis/unverified", "diagnosis/innocent",
                                "diagnosis/not_observed"}) {
    for (const Excerpt& excerpt : read_all(directory)) {
      for (const Clue& clue : table().clues(excerpt.evidence)) {
        idle.erase(clue.rule);
      }
      for (const Line& line : excerpt.lines) {
        if (const Rule* rule = table().rule_for(line.text)) {
          idle.erase(rule->id);
        }
      }
    }
  }
  for (const char* file : {"reported.tsv", "recalled.tsv", "found.tsv"}) {
    for (const KnownLine& line : read_lines(file)) {
      if (const Rule* rule = table().rule_for(line.text)) {
        idle.erase(rule->id);
      }
    }
  }
  for (const std::string& id : idle) {
    FAIL_CHECK("no line for the rule " << id);
  }
}

TEST_CASE("lines whose need was not verified suspect what the manual pages say") {
  for (const char* directory : {"diagnosis/unverified", "diagnosis/not_observed"}) {
    for (const Excerpt& excerpt : read_all(directory)) {
      for (const Line& line : excerpt.lines) {
        if (!line.needs.empty()) {
          const std::string what = excerpt.file + ": " + line.text;
          CHECK_MESSAGE(place_of_truth(excerpt, line) < 3, what);
        }
      }
    }
  }
}

}  // namespace
}  // namespace capmin
