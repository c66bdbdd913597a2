#include "export/client_options.h"
#include "export/unit_text.h"
#include "export/writers.h"

#include <algorithm>

namespace capmin {
namespace {

/// A .container file. Its keys are those of podman 4.4; what has none there is an argument of
/// podman's, under PodmanArgs.
class ContainerFile {
 public:
  explicit ContainerFile(ExportContent& content) : content_(content) {
    const std::string& image = content.profile.image.reference;
    const bool has_name = is_plain_in_unit(image);
    text_ = has_name ? "[Container]\nImage=" + image + '\n' : "[Container]\n# Image=\n";
    if (!has_name) {
      content.warnings.emplace_back(
          "the line Image= is left out: the profile's image has a name that no image has");
    }
    for (const std::string& name : content.change.dropped()) {
      line("DropCapability", name == "ALL" ? "all" : "CAP_" + name);
    }
    for (const std::string& name : content.change.added()) {
      line("AddCapability", "CAP_" + name);
    }
    for (const ClientOption& option : client_options(Client::kPodman, content)) {
      place(option);
    }
    for (const Setting& setting : content.settings) {
      if (setting.kind == SettingKind::kCommand) place_command(setting);
    }
  }

  const std::string& text() const { return text_; }

 private:
  void line(const std::string& key, const std::string& value) {
    text_.append(key).append("=").append(value).append("\n");
  }

  void place(const ClientOption& option) {
    if (option.name == "--read-only") return line("ReadOnly", "yes");
    if (option.name == "--init") return line("RunInit", "yes");
    if (option.name == "--user" && place_user(option.value)) return;
    if (option.name == "--security-opt" && place_security(option.value)) return;
    if (is_plain_in_unit(option.value)) {
      if (option.name == "--publish") return line("PublishPort", option.value);
      if (option.name == "--volume") return line("Volume", option.value);
      if (option.name == "--device") return line("AddDevice", option.value);
      if (option.name == "--network") return line("Network", option.value);
    }
    const auto argument =
        unit_word(option.has_value ? option.name + '=' + option.value : option.name);
    if (argument) return line("PodmanArgs", *argument);
    content_.leave_out(option.name + ' ' + option.value, "a unit cannot hold such text");
  }

  /// User= and Group= take numbers.
  bool place_user(const std::string& value) {
    const UserSetting user = parse_user(value);
    if (!user.uid || (!user.gid && !user.group.empty())) return false;
    line("User", std::to_string(*user.uid));
    if (user.gid) line("Group", std::to_string(*user.gid));
    return true;
  }

  bool place_security(const std::string& value) {
    constexpr std::string_view kSeccomp = "seccomp=";
    if (value == "no-new-privileges") {
      line("NoNewPrivileges", "yes");
      return true;
    }
    if (!value.starts_with(kSeccomp) || !is_plain_in_unit(value)) return false;
    line("SeccompProfile", value.substr(kSeccomp.size()));
    return true;
  }

  void place_command(const Setting& setting) {
    std::string words;
    for (const std::string& each : setting.words) {
      const auto word = unit_word(each);
      if (!word) return content_.leave_out(setting.option, "a unit cannot hold such text");
      words += (words.empty() ? "" : " ") + *word;
    }
    line("Exec", words);
  }

  ExportContent& content_;
  std::string text_;
};

}  // namespace

std::string write_quadlet(ExportContent& content) {
  return ContainerFile(content).text();
}

}  // namespace capmin
