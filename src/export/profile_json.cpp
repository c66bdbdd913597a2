#include "export/writers.h"
#include "profile/profile_yaml.h"

namespace capmin {

std::string write_json(ExportContent& content) {
  return to_json(content.profile);
}

}  // namespace capmin
