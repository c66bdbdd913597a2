#include "cli/program.h"

#include <malloc.h>

int main(int argc, char** argv) {
  // The many threads only wait: memory of its own for each of them would be a megabyte and a half.
  ::mallopt(M_ARENA_MAX, 1);
  return capmin::run_program({argv + 1, argv + argc});
}
