// Asks for capabilities, by number, and ends in silence with status 1 where it does not get them.
//   exactly NUMBER...  to hold these and no others, as daemons do that keep a list
//   ambient NUMBER...  to hand these on to the programs that it might execute, each in turn
//   without NUMBER...  to hold all that it holds but these, as daemons do that give something up
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

struct Sets {
  __user_cap_data_struct word[2] = {};
  std::uint64_t permitted() const {
    return word[0].permitted | std::uint64_t{word[1].permitted} << 32;
  }
};

Sets own() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  Sets sets;
  syscall(SYS_capget, &header, sets.word);
  return sets;
}

bool hold(std::uint64_t permitted, std::uint64_t inheritable = 0) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  Sets sets;
  for (unsigned half = 0; half < 2; ++half) {
    sets.word[half].permitted = sets.word[half].effective =
        static_cast<std::uint32_t>(permitted >> 32 * half);
    sets.word[half].inheritable = static_cast<std::uint32_t>(inheritable >> 32 * half);
  }
  return syscall(SYS_capset, &header, sets.word) == 0;
}

bool hand_on(std::uint64_t named) {
  const std::uint64_t permitted = own().permitted();
  // What is not held cannot be made inheritable either.
  if (!hold(permitted, named & permitted)) return false;
  for (unsigned long number = 0; number < 64; ++number) {
    if ((named >> number & 1) == 0) continue;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t named = 0;
  for (int i = 2; i < argc; ++i)
    named |= std::uint64_t{1} << std::atoi(argv[i]);
  const char* const mode = argc < 2 ? "" : argv[1];
  bool done = false;
  if (std::strcmp(mode, "exactly") == 0) done = hold(named);
  if (std::strcmp(mode, "ambient") == 0) done = hand_on(named);
  if (std::strcmp(mode, "without") == 0) done = hold(own().permitted() & ~named);
  return done ? 0 : 1;
}
