#include "export/writers.h"

#include <algorithm>
#include <string_view>

namespace capmin {
namespace {

/// Units give a meaning to blanks, quotes, backslashes and percent signs; image names have none.
bool fits_unit(std::string_view reference) {
  return !reference.empty() && std::ranges::all_of(reference, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("._-/:@").find(letter) != std::string_view::npos;
  });
}

}  // namespace

std::string write_quadlet(const ExportContent& content) {
  std::string text = comments(content) + "[Container]\n";
  const std::string& image = content.profile.image.reference;
  text += fits_unit(image) ? "Image=" + image + '\n' : "# Image=\n";
  const auto add = [&text](const char* key, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      text += key;
      text += name == "ALL" ? "all\n" : "CAP_" + name + '\n';
    }
  };
  add("DropCapability=", content.change.dropped());
  add("AddCapability=", content.change.added());
  return text;
}

void add_quadlet_remarks(ExportContent& content) {
  if (fits_unit(content.profile.image.reference)) return;
  content.warnings.emplace_back(
      "the line Image= is left out: the profile's image has a name that no image has");
}

}  // namespace capmin
