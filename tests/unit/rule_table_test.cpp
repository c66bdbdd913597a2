#include "diagnosis/rule_table.h"

#include "diagnosis/embedded_rules.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("the embedded rules are a valid table") {
  CHECK(RuleTable::parse(embedded_rules(), "rules.yaml").rules().size() > 40);
}

}  // namespace
}  // namespace capmin
