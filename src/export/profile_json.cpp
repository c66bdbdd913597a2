#include "export/writers.h"
#include "profile/profile_yaml.h"

namespace capmin {

std::string write_json(const ExportContent& content) {
  return to_json(content.profile);
}

}  // namespace capmin
