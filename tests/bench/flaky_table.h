#pragma once

namespace capmin {

/// Prints how often searches end with a wrong set, and how often without an answer, where the probe
/// fails for no reason: by how often it does, and by the trials that must agree.
void print_flaky_table();

}  // namespace capmin
