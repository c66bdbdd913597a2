#include "core/seccomp.h"
#include "diagnosis/clue.h"
#include "diagnosis/pattern.h"
#include "diagnosis/rule.h"
#include "document/strict_yaml.h"
#include "text/embedded.h"
#include "text/sanitize.h"
#include "text/spelling.h"

#include <algorithm>
#include <set>

namespace capmin {
namespace {

constexpr std::size_t kMaximumRules = 1000;
constexpr std::size_t kMaximumPatterns = 4000;
constexpr std::size_t kLongestSentence = 1000;

class RuleReader {
 public:
  RuleReader(std::string_view source, const std::set<std::string>& taken, bool tries_patterns)
      : reader_(source), taken_(taken), tries_patterns_(tries_patterns) {}

  RuleFile read(const YamlNode& root) {
    const YamlNode& map = reader_.map(root, {"replace", "translations", "rules"});
    RuleFile file;
    if (const YamlNode* replace = reader_.find(map, "replace")) {
      file.replace = reader_.truth(*replace);
    }
    extends_ = !file.replace;
    if (const YamlNode* node = reader_.find(map, "translations")) {
      for (const YamlNode& item : reader_.items(*node)) {
        file.translations.push_back(translation(item));
      }
      check_forms(file.translations, *node);
    }
    for (const YamlNode& item : reader_.items(reader_.at(map, "rules"))) {
      file.rules.push_back(rule(item));
      if (file.rules.size() > kMaximumRules) {
        reader_.fail(item, "more than " + std::to_string(kMaximumRules) + " rules");
      }
    }
    return file;
  }

 private:
  Translation translation(const YamlNode& node) const {
    const YamlNode& map = reader_.map(node, {"english", "forms"});
    const YamlNode& english = reader_.at(map, "english");
    Translation translation{text(english), {}};
    if (translation.english.find('\\') != std::string::npos) {
      reader_.fail(english, "a translation has no backslash");
    }
    for (const YamlNode& form : nonempty_sequence(reader_.at(map, "forms"))) {
      translation.forms.push_back(text(form));
    }
    return translation;
  }

  /// All forms are searched for at once, so together they must be one pattern.
  void check_forms(const std::vector<Translation>& translations, const YamlNode& node) const {
    std::vector<std::string> forms;
    for (const Translation& translation : translations) {
      forms.insert(forms.end(), translation.forms.begin(), translation.forms.end());
    }
    if (forms.empty()) return;
    if (const std::string error = tried(literal_pattern(forms)); !error.empty()) {
      reader_.fail(node, "the translations are not valid: " + error);
    }
  }

  std::string tried(const std::string& pattern) const {
    return tries_patterns_ ? pattern_error(pattern) : std::string();
  }

  Rule rule(const YamlNode& node) {
    const YamlNode& map =
        reader_.map(node, {"id", "patterns", "when", "suspects", "programs", "innocent", "vague",
                           "optional", "reason", "check", "alternative", "seccomp", "references"});
    Rule rule;
    rule.id = id(reader_.at(map, "id"));
    for (const YamlNode& item : nonempty_sequence(reader_.at(map, "patterns"))) {
      rule.patterns.push_back(pattern(item));
    }
    if (const YamlNode* when = reader_.find(map, "when")) {
      rule.when = condition(*when);
    }
    rule.reason = sentence(reader_.at(map, "reason"));
    const YamlNode* innocent = reader_.find(map, "innocent");
    rule.innocent = innocent != nullptr && reader_.truth(*innocent);
    if (rule.innocent) {
      for (const char* key :
           {"suspects", "programs", "vague", "optional", "check", "alternative", "seccomp"}) {
        if (const YamlNode* extra = reader_.find(map, key)) {
          reader_.fail(*extra, "an innocent rule has no \"" + std::string(key) + "\"");
        }
      }
    } else {
      if (const YamlNode* calls = reader_.find(map, "seccomp")) {
        for (const YamlNode& item : nonempty_sequence(*calls)) {
          rule.seccomp.push_back(refused_call(item));
        }
      }
      // What no grant opens speaks for no capability.
      const YamlNode* suspects = reader_.find(map, "suspects");
      const bool no_grant_helps = suspects != nullptr && suspects->text == "none";
      if (!no_grant_helps && (suspects != nullptr || rule.seccomp.empty())) {
        for (const YamlNode& item : nonempty_sequence(reader_.at(map, "suspects"))) {
          rule.suspects.push_back(suspect(item));
        }
      }
      if (const YamlNode* programs = reader_.find(map, "programs")) {
        for (const YamlNode& item : nonempty_sequence(*programs)) {
          rule.programs.push_back(family(item));
        }
      }
      rule.check = sentence(reader_.at(map, "check"));
    }
    if (const YamlNode* vague = reader_.find(map, "vague")) {
      rule.vague = reader_.truth(*vague);
    }
    if (const YamlNode* optional = reader_.find(map, "optional")) {
      rule.optional = reader_.truth(*optional);
    }
    if (const YamlNode* alternative = reader_.find(map, "alternative")) {
      rule.alternative = sentence(*alternative);
    }
    if (const YamlNode* references = reader_.find(map, "references")) {
      rule.references = reader_.texts(*references);
    }
    return rule;
  }

  std::string id(const YamlNode& node) {
    std::string id = text(node);
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (id.find_first_not_of(kAllowed) != std::string::npos) {
      reader_.fail(node,
                   "the id \"" + id + "\" is not made of lower case letters, digits and \"-\"");
    }
    if (id == kStraceRule || id == kKernelRule || id == kLastLineRule) {
      reader_.fail(node, "the id \"" + id + "\" stands for what was watched, not for a rule");
    }
    if (extends_ && taken_.contains(id)) {
      reader_.fail(
          node, "the id \"" + id + "\" stands in the embedded table",
          "choose another id, or say \"replace: true\" at the top to do without that table");
    }
    if (!ids_.insert(id).second) {
      reader_.fail(node, "the id \"" + id + "\" stands twice");
    }
    return id;
  }

  std::string pattern(const YamlNode& node) {
    if (++patterns_ > kMaximumPatterns) {
      reader_.fail(node, "more than " + std::to_string(kMaximumPatterns) + " patterns");
    }
    std::string pattern = text(node);
    if (const std::string error = tried(pattern); !error.empty()) {
      reader_.fail(node, "the pattern is not valid: " + error,
                   "see https://github.com/google/re2/wiki/Syntax");
    }
    return pattern;
  }

  RuleCondition condition(const YamlNode& node) {
    const YamlNode& map =
        reader_.map(node, {"port_below", "path_under", "exit_status", "without", "near"});
    RuleCondition when;
    if (const YamlNode* port = reader_.find(map, "port_below")) {
      when.port_below = reader_.whole_number(*port, 1, 65536);
    }
    if (const YamlNode* path = reader_.find(map, "path_under")) {
      when.path_under = reader_.texts(*path);
    }
    if (const YamlNode* status = reader_.find(map, "exit_status")) {
      for (const YamlNode& item : nonempty_sequence(*status)) {
        when.exit_status.push_back(reader_.whole_number(item, 0, 255));
      }
    }
    if (const YamlNode* without = reader_.find(map, "without")) {
      when.without = pattern(*without);
    }
    if (const YamlNode* near = reader_.find(map, "near")) {
      when.near = pattern(*near);
    }
    return when;
  }

  ProgramFamily family(const YamlNode& node) const {
    const YamlNode& map = reader_.map(node, {"names", "suspects"});
    ProgramFamily family;
    for (const YamlNode& item : nonempty_sequence(reader_.at(map, "names"))) {
      family.names.push_back(text(item));
    }
    for (const YamlNode& item : nonempty_sequence(reader_.at(map, "suspects"))) {
      family.suspects.push_back(suspect(item));
    }
    return family;
  }

  CapabilitySet suspect(const YamlNode& node) const {
    CapabilitySet set;
    if (node.kind == YamlNode::Kind::kList) {
      for (const YamlNode& item : nonempty_sequence(node)) {
        set = set.with(capability(item));
      }
      return set;
    }
    // The empty set stands for what the group "capability" captures.
    return node.text == "captured" ? set : set.with(capability(node));
  }

  std::string refused_call(const YamlNode& node) const {
    std::string call = text(node);
    if (!opens_in_seccomp(call)) {
      reader_.fail(node, "Docker's default seccomp filter does not refuse \"" + call + "\"");
    }
    return call;
  }

  Capability capability(const YamlNode& node) const {
    const std::string name = text(node);
    const std::optional<Capability> found = capability_named(name);
    if (!found) {
      reader_.fail(node, "unknown capability \"" + name + "\"",
                   hint_for(name, CapabilitySet::from_bits(~0ULL).names(),
                            "names are those of capabilities(7), for example NET_BIND_SERVICE"));
    }
    return *found;
  }

  std::string text(const YamlNode& node) const {
    std::string text = reader_.text(node);
    if (text.empty()) {
      reader_.fail(node, "an empty text");
    }
    return text;
  }

  /// A text that people are shown.
  std::string sentence(const YamlNode& node) const {
    std::string sentence = text(node);
    if (sanitize(sentence, kLongestSentence) != sentence) {
      reader_.fail(node, "a text with blanks at an end, control characters or more than " +
                             std::to_string(kLongestSentence) + " bytes");
    }
    return sentence;
  }

  const std::vector<YamlNode>& nonempty_sequence(const YamlNode& node) const {
    const std::vector<YamlNode>& items = reader_.items(node);
    if (items.empty()) {
      reader_.fail(node, "an empty list");
    }
    return items;
  }

  YamlReader reader_;
  const std::set<std::string>& taken_;
  bool tries_patterns_;
  bool extends_ = true;
  std::set<std::string> ids_;
  std::size_t patterns_ = 0;
};

}  // namespace

RuleFile read_rules(std::string_view yaml, std::string_view source,
                    const std::set<std::string>& taken) {
  return RuleReader(source, taken, true).read(parse_strict_yaml(yaml, source));
}

RuleFile read_embedded_rules() {
  constexpr std::string_view kSource = "embedded rules";
  return RuleReader(kSource, {}, false).read(parse_strict_yaml(embedded_rules(), kSource));
}

}  // namespace capmin
