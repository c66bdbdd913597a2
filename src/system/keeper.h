#pragma once

namespace capmin {

/// For a process that was just forked and is about to execute a program: forks once more and
/// returns in the new process, which executes the program in a process group of its own; false
/// where it cannot fork. The other one stays as the program's keeper and never returns: all
/// descendants of the program stay its own (PR_SET_CHILD_SUBREAPER, prctl(2)), also those that left
/// the group or whose parents have ended, and it kills them when the program has ended. It ends as
/// the program did. SIGTERM, and the end of the thread that started it, let it send SIGTERM to the
/// program's group and kill everything a second later. Calls only what a signal handler may call,
/// signal-safety(7), as other threads of the process that was forked may hold any lock.
bool continue_under_keeper();

}  // namespace capmin
