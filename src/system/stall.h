#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace capmin {

/// For how long processes of this machine have waited for a processor or a disk since it was
/// started, and its processors for a hypervisor, as one sum: it grows as time does, or faster, on a
/// machine that is busy. Nothing where the kernel does not say (Linux before 4.20, or without
/// CONFIG_PSI).
std::optional<std::chrono::milliseconds> machine_stall();

/// Reads it off the first lines of /proc/pressure/cpu and /proc/pressure/io, "some avg10=...
/// total=MICROSECONDS" (Documentation/accounting/psi.rst of the kernel), and of /proc/stat, "cpu
/// USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ..." in ticks, of which a second has
/// `ticks_per_second` (proc_stat(5)). Nothing where the first says nothing; others may.
std::optional<std::chrono::milliseconds> stall_of(const std::string& cpu, const std::string& io,
                                                  const std::string& stat, long ticks_per_second);

}  // namespace capmin
