#pragma once

#include <string_view>
#include <vector>

namespace capmin {

/// The rule table that capmin brings along: src/diagnosis/rules.yaml.
std::string_view embedded_rules();

/// The compiled BPF programs of src/trace/checks.bpf.c, an ELF file; only where capmin is built
/// with evidence from the kernel.
std::string_view embedded_checks();

/// The gate, src/trace/gate_program.c, a static ELF program; empty on machines that have none.
std::string_view embedded_gate();

/// Which capabilities a denied system call speaks for: src/trace/strace_calls.txt.
std::string_view embedded_strace_calls();

/// How reports in HTML look: src/report/style.css.
std::string_view embedded_style();

/// A text for people, src/manual/NAME.md or src/help/NAME.txt.
struct EmbeddedPage {
  std::string_view name;
  std::string_view text;
};

/// The pages of the manual, by their topics.
std::vector<EmbeddedPage> embedded_manual();

/// What commands say of themselves: "{options}" stands for the table of options,
/// "{others}" for what is said of those that are not in it; capmin.txt is the
/// overview of all.
std::vector<EmbeddedPage> embedded_help();

}  // namespace capmin
