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

/// How reports in HTML look: src/report/style.css.
std::string_view embedded_style();

/// A page of the manual, src/manual/TOPIC.md.
struct ManualPage {
  std::string_view topic;
  std::string_view text;
};

/// All pages, by their topics.
std::vector<ManualPage> manual();

}  // namespace capmin
