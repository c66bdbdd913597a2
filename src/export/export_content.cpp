#include "export/export_content.h"

#include "text/quote.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

std::vector<std::string> texts(CapabilitySet set) {
  std::vector<std::string> result;
  for (const std::string_view name : set.names()) {
    result.emplace_back(name);
  }
  return result;
}

}  // namespace

std::vector<std::string> CapabilityChange::dropped() const {
  return drops_all ? std::vector<std::string>{"ALL"} : texts(drop);
}

std::vector<std::string> CapabilityChange::added() const {
  return texts(add);
}

CapabilityChange change_to(CapabilitySet needed, ExportStyle style, CapabilitySet granted,
                           CapabilitySet sure) {
  if (style == ExportStyle::kDropAll) return {true, {}, needed};
  return {false, granted - needed, needed - sure};
}

namespace {

constexpr std::size_t kWidth = 98;

void add_fact(std::vector<ProvenanceFact>& facts, const char* key, const std::string& value) {
  if (!value.empty()) facts.push_back({key, value});
}

std::string comment(const std::string& text) {
  std::string lines;
  for (const std::string& line : wrap(text, kWidth)) {
    lines += (lines.empty() ? "# " : "#   ") + line + '\n';
  }
  return lines;
}

bool is_name_character(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}

}  // namespace

std::vector<ProvenanceFact> provenance(const ExportContent& content) {
  const Profile& profile = content.profile;
  std::vector<ProvenanceFact> facts;
  add_fact(facts, "image", profile.image.reference);
  add_fact(facts, "digest", profile.image.digest);
  add_fact(facts, "id", profile.image.id);
  add_fact(facts, "user", profile.image.user);
  add_fact(facts, "guarantee", guarantee_word(profile));
  add_fact(facts, "capmin", profile.run.capmin);
  add_fact(facts, "at", profile.run.at);
  if (!content.profile_sha256.empty()) {
    add_fact(facts, "profile", "sha256:" + content.profile_sha256);
  }
  return facts;
}

std::string comments(const ExportContent& content) {
  std::string text = "# Written by capmin export from a capability profile.\n";
  for (const ProvenanceFact& fact : provenance(content)) {
    text += comment(fact.key + ": " + shown(fact.value));
  }
  for (const std::string& warning : content.warnings) {
    text += comment("warning: " + shown(warning));
  }
  for (const std::string& note : content.notes) {
    text += comment("note: " + shown(note));
  }
  return text;
}

std::string short_comment(const ExportContent& content) {
  constexpr std::size_t kLongest = 60;
  constexpr std::size_t kDigits = 19;  // "sha256:" and 12 more, as engines show ids
  const Profile::Image& image = content.profile.image;
  const std::string reference =
      image.reference.size() > kLongest ? excerpt(image.reference) : shown(image.reference);
  return "# capmin " + shown(content.profile.run.capmin.substr(0, kDigits)) + ": " + reference +
         ' ' + shown(image.id.substr(0, kDigits)) + ", " + guarantee_word(content.profile);
}

void ExportContent::leave_out(const std::string& what, const std::string& why) {
  warnings.push_back("left out: " + what + ": " + why);
}

std::string resource_name(const std::string& reference) {
  constexpr std::size_t kLongest = 63;
  std::string name = reference.substr(0, reference.find('@'));
  name.erase(0, name.rfind('/') + 1);
  name.erase(std::min(name.find(':'), name.size()));
  std::string result;
  for (const char letter : name) {
    const char lower = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter | 0x20) : letter;
    const bool fits = is_name_character(lower);
    if (!fits && (result.empty() || result.back() == '-')) continue;
    if (result.size() < kLongest) result += fits ? lower : '-';
  }
  while (result.ends_with('-')) {
    result.pop_back();
  }
  return result.empty() ? "app" : result;
}

}  // namespace capmin
