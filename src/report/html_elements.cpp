#include "report/html_elements.h"

namespace capmin {

Markup text(std::string_view untrusted) {
  return Markup::text(untrusted);
}

Markup el(std::string_view name, const Markup& content) {
  return Markup::element(name, content);
}

Markup el(std::string_view name, const std::string& kind, const Markup& content) {
  return Markup::element(name, {{"class", kind}}, content);
}

Markup code(std::string_view untrusted) {
  return el("code", text(untrusted));
}

Markup line_break() {
  return Markup::own("\n");
}

Markup fact(const char* name, const std::string& value, const std::string& more) {
  return el("div", el("dt", text(name)) + el("dd", text(value) + el("span", text(more)))) +
         line_break();
}

Markup row(const char* name, const Markup& content) {
  return el("dt", text(name)) + el("dd", content) + line_break();
}

Markup list(const std::vector<std::string>& texts) {
  Markup items;
  for (const std::string& item : texts) {
    items += el("li", text(item)) + line_break();
  }
  return el("ul", "list", line_break() + items);
}

Markup table_head(const std::vector<const char*>& names) {
  Markup cells;
  for (const char* const name : names) {
    cells += Markup::element("th", {{"scope", "col"}}, text(name));
  }
  return el("thead", el("tr", cells)) + line_break();
}

Markup row_head(const Markup& content) {
  return Markup::element("th", {{"scope", "row"}}, content);
}

Markup names_or_dash(CapabilitySet set) {
  return set.empty() ? el("span", "quiet", text("\xe2\x80\x93"))
                     : el("span", "cap", text(to_string(set)));
}

Markup capability_chips(CapabilitySet set) {
  if (set.empty()) return el("p", "quiet", text("(none)"));
  Markup items;
  for (const std::string_view name : set.names()) {
    items += el("li", "cap", text(name));
  }
  return el("ul", "chips", items);
}

Markup risk_badge(Risk risk) {
  return el("span", "badge " + std::string(name_of(risk)),
            text(std::string(name_of(risk)) + " risk"));
}

}  // namespace capmin
