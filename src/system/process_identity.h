#pragma once

#include <string>

namespace capmin {

/// Names this process for as long as the machine runs: "PID:START:BOOT", its number, its start in
/// clock ticks since boot (field 22 of /proc/self/stat, proc(5)) and the machine's boot id
/// (/proc/sys/kernel/random/boot_id). A number alone is used again for other processes.
std::string process_identity();

/// Eight random hexadecimal digits.
std::string random_id();

}  // namespace capmin
