#pragma once

#include "core/program_privileges.h"
#include "diagnosis/clue.h"

namespace capmin {

/// Sharpens a clue by what the file of the program that its line names gives: the words of a
/// refused execution name no capability, and those of a vague line don't either.
///  - A program that may not be executed is suspected to lack what its file carries.
///  - One that complains of EPERM without saying more is suspected to lack the file capabilities
///    that it relies on; if it is setuid root, what a change of identity takes, which is what most
///    such programs are for (su, sudo, mount).
void heed_program(const ProgramPrivileges& program, Clue& clue);

}  // namespace capmin
