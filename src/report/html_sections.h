#pragma once

#include "core/capability.h"
#include "report/report.h"
#include "text/markup.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What nobody vouches for, as text that is shown and never read as markup.
Markup text(std::string_view untrusted);

/// The element `name`, of the class `kind` where one is given.
Markup el(std::string_view name, const Markup& content);
Markup el(std::string_view name, const std::string& kind, const Markup& content);

/// Text as a program has it.
Markup code(std::string_view untrusted);

/// An end of a line in the document, which no reader sees.
Markup line_break();

/// A fact of a report's head: its name, its value and what is said beside that.
Markup fact(const char* name, const std::string& value, const std::string& more);

/// A name and what is said of it, in a list of such.
Markup row(const char* name, const Markup& content);

/// The texts as a list.
Markup list(const std::vector<std::string>& texts);

/// The head of a table with a column for each name.
Markup table_head(const std::vector<const char*>& names);

/// The cell that names a row of a table.
Markup row_head(const Markup& content);

/// The set in a cell of a table; a dash for none.
Markup names_or_dash(CapabilitySet set);

/// The capabilities as a list of names; says "(none)" where there is none.
Markup capability_chips(CapabilitySet set);

/// A risk as a coloured word.
Markup risk_badge(Risk risk);

/// The sections of a report's HTML, in the order in which a reviewer reads them: its head, what
/// changed, the capabilities, the search, what else works, and where and how it was found. `level`
/// is that of the report's own heading; ids of elements begin with `id`.
Markup report_sections(const Report& report, const std::string& id, int level);

}  // namespace capmin
