#pragma once

namespace capmin {

/// For a process that was just forked and is about to execute a program: forks twice more and
/// returns in the new process, which executes the program in a process group of its own; false
/// where it cannot fork. The other two stay and never return. The nearer one, the program's parent,
/// is its keeper: all descendants of the program stay its own (PR_SET_CHILD_SUBREAPER, prctl(2)),
/// also those that left the group or whose parents have ended, and it kills them when the program
/// has ended. It ends as the program did, and the farther one ends as it did. Where the keeper is
/// killed or stopped before, by the program for instance, that one has its children and keeps them
/// in its place; where the farther one is killed, the keeper ends everything. SIGTERM, and the end
/// of the thread that started them, let them send SIGTERM to the program's group and kill
/// everything a second later. Calls only what a signal handler may call, signal-safety(7), as other
/// threads of the process that was forked may hold any lock.
bool continue_under_keeper();

}  // namespace capmin
