#include "diagnosis/pattern.h"
#include "diagnosis/rule.h"
#include "yaml/yaml_error.h"
#include "yaml/yaml_reader.h"

#include <algorithm>
#include <set>

namespace capmin {
namespace {

constexpr std::size_t kMaximumRules = 1000;
constexpr std::size_t kMaximumPatterns = 4000;

class RuleReader {
 public:
  explicit RuleReader(std::string_view source) : source_(source) {}

  RuleFile read(const YamlNode& root) {
    const YamlMapReader map(root, source_, {"translations", "rules"});
    RuleFile file;
    if (const YamlNode* node = map.find("translations")) {
      for (const YamlNode& item : read_sequence(*node, source_)) {
        file.translations.push_back(translation(item));
      }
      check_forms(file.translations, *node);
    }
    for (const YamlNode& item : read_sequence(map.require("rules"), source_)) {
      file.rules.push_back(rule(item));
      if (file.rules.size() > kMaximumRules) {
        throw_yaml_error(source_, item.at, "more than " + std::to_string(kMaximumRules) + " rules");
      }
    }
    return file;
  }

 private:
  Translation translation(const YamlNode& node) const {
    const YamlMapReader map(node, source_, {"english", "forms"});
    const YamlNode& english = map.require("english");
    Translation translation{text(english), {}};
    if (translation.english.find('\\') != std::string::npos) {
      throw_yaml_error(source_, english.at, "a translation has no backslash");
    }
    for (const YamlNode& form : nonempty_sequence(map.require("forms"))) {
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
    if (const std::string error = pattern_error(literal_pattern(forms));
        !forms.empty() && !error.empty()) {
      throw_yaml_error(source_, node.at, "the translations are not valid: " + error);
    }
  }

  Rule rule(const YamlNode& node) {
    const YamlMapReader map(node, source_,
                            {"id", "patterns", "when", "suspects", "innocent", "vague", "reason",
                             "check", "alternative", "references"});
    Rule rule;
    rule.id = id(map.require("id"));
    for (const YamlNode& item : nonempty_sequence(map.require("patterns"))) {
      rule.patterns.push_back(pattern(item));
    }
    if (const YamlNode* when = map.find("when")) {
      rule.when = condition(*when);
    }
    rule.reason = text(map.require("reason"));
    const YamlNode* innocent = map.find("innocent");
    if (innocent != nullptr && read_bool(*innocent, source_)) {
      for (const char* key : {"suspects", "vague", "check", "alternative"}) {
        if (const YamlNode* extra = map.find(key)) {
          throw_yaml_error(source_, extra->key_at,
                           "an innocent rule has no \"" + std::string(key) + "\"");
        }
      }
    } else {
      for (const YamlNode& item : nonempty_sequence(map.require("suspects"))) {
        rule.suspects.push_back(suspect(item));
      }
      rule.check = text(map.require("check"));
    }
    if (const YamlNode* vague = map.find("vague")) {
      rule.vague = read_bool(*vague, source_);
    }
    if (const YamlNode* alternative = map.find("alternative")) {
      rule.alternative = text(*alternative);
    }
    if (const YamlNode* references = map.find("references")) {
      rule.references = read_strings(*references, source_);
    }
    return rule;
  }

  std::string id(const YamlNode& node) {
    std::string id = text(node);
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (id.find_first_not_of(kAllowed) != std::string::npos) {
      throw_yaml_error(source_, node.at,
                       "the id \"" + id + "\" is not made of lower case letters, digits and \"-\"");
    }
    if (!ids_.insert(id).second) {
      throw_yaml_error(source_, node.at, "the id \"" + id + "\" stands twice");
    }
    return id;
  }

  std::string pattern(const YamlNode& node) {
    if (++patterns_ > kMaximumPatterns) {
      throw_yaml_error(source_, node.at,
                       "more than " + std::to_string(kMaximumPatterns) + " patterns");
    }
    std::string pattern = text(node);
    if (const std::string error = pattern_error(pattern); !error.empty()) {
      throw_yaml_error(source_, node.at, "the pattern is not valid: " + error,
                       "see https://github.com/google/re2/wiki/Syntax");
    }
    return pattern;
  }

  RuleCondition condition(const YamlNode& node) {
    const YamlMapReader map(node, source_, {"port_below", "path_under", "exit_status", "near"});
    RuleCondition when;
    if (const YamlNode* port = map.find("port_below")) {
      when.port_below = static_cast<int>(read_integer(*port, source_, 1, 65536));
    }
    if (const YamlNode* path = map.find("path_under")) {
      when.path_under = read_strings(*path, source_);
    }
    if (const YamlNode* status = map.find("exit_status")) {
      for (const YamlNode& item : nonempty_sequence(*status)) {
        when.exit_status.push_back(static_cast<int>(read_integer(item, source_, 0, 255)));
      }
    }
    if (const YamlNode* near = map.find("near")) {
      when.near = pattern(*near);
    }
    return when;
  }

  CapabilitySet suspect(const YamlNode& node) const {
    CapabilitySet set;
    if (node.kind == YamlNode::Kind::kSequence) {
      for (const YamlNode& item : nonempty_sequence(node)) {
        set = set.with(capability(item));
      }
      return set;
    }
    // The empty set stands for what the group "capability" captures.
    return node.text == "captured" ? set : set.with(capability(node));
  }

  Capability capability(const YamlNode& node) const {
    const std::string name = text(node);
    const std::optional<Capability> found = capability_named(name);
    if (!found) {
      throw_yaml_error(source_, node.at, "unknown capability \"" + name + "\"",
                       "names are those of capabilities(7), for example NET_BIND_SERVICE");
    }
    return *found;
  }

  std::string text(const YamlNode& node) const {
    std::string text = read_string(node, source_);
    if (text.empty()) {
      throw_yaml_error(source_, node.at, "an empty text");
    }
    return text;
  }

  const std::vector<YamlNode>& nonempty_sequence(const YamlNode& node) const {
    const std::vector<YamlNode>& items = read_sequence(node, source_);
    if (items.empty()) {
      throw_yaml_error(source_, node.at, "an empty list");
    }
    return items;
  }

  std::string_view source_;
  std::set<std::string> ids_;
  std::size_t patterns_ = 0;
};

}  // namespace

RuleFile read_rules(std::string_view yaml, std::string_view source) {
  return RuleReader(source).read(parse_strict_yaml(yaml, source));
}

}  // namespace capmin
