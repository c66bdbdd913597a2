#include "engine/proc_text.h"

#include <fstream>
#include <sstream>

namespace capmin {

std::string proc_text(int pid, const char* file) {
  std::ifstream stream("/proc/" + std::to_string(pid) + '/' + file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

bool is_in_container(const std::string& id, int pid) {
  return pid > 0 && !id.empty() && proc_text(pid, "cgroup").find(id) != std::string::npos;
}

}  // namespace capmin
