#include "report/trial_table.h"

#include "profile/sentences.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

TrialTable::Row row_of(const Profile::Attempt& attempt, Verdict verdict, std::string_view purpose) {
  return {attempt.trial, std::string(purpose), attempt.grant, attempt.without,
          verdict,       attempt.times,        attempt.ending};
}

TrialTable::Group proof_of(const Profile& profile) {
  TrialTable::Group group{"Proof", {}};
  for (const Profile::Attempt& attempt : profile.passed) {
    group.rows.push_back(row_of(attempt, Verdict::kPassed, "the set"));
  }
  for (const Profile::Attempt& attempt : profile.failed) {
    group.rows.push_back(row_of(attempt, Verdict::kFailed, name_of(Purpose::kProve)));
  }
  return group;
}

bool is_told(const std::vector<TrialTable::Row>& rows, CapabilitySet grant, Verdict verdict) {
  return std::ranges::any_of(rows, [=](const TrialTable::Row& row) {
    return row.grant == grant && row.verdict == verdict;
  });
}

TrialTable::Group steps_of(const Profile& profile, const TrialTable::Group& proof,
                           bool conditions) {
  TrialTable::Group group{conditions ? "Under the engine's own settings" : "Search", {}};
  for (const Profile::Step& step : profile.search) {
    if ((step.purpose == Purpose::kCondition) != conditions) continue;
    if (!conditions && is_told(proof.rows, step.grant, step.verdict)) continue;
    group.rows.push_back({step.trial,
                          std::string(name_of(step.purpose)),
                          step.grant,
                          {},
                          step.verdict,
                          step.times,
                          {}});
  }
  return group;
}

/// What a profile that is silent about the search still tells beside the proof.
TrialTable::Group others_of(const Profile& profile, const TrialTable::Group& proof) {
  TrialTable::Group group{"Other trials", {}};
  const auto add = [&](const std::vector<Profile::Attempt>& attempts, Verdict verdict) {
    for (const Profile::Attempt& attempt : attempts) {
      if (is_told(proof.rows, attempt.grant, verdict)) continue;
      if (is_told(group.rows, attempt.grant, verdict)) continue;
      group.rows.push_back(row_of(attempt, verdict, name_of(Purpose::kExplore)));
    }
  };
  add(profile.essential, Verdict::kFailed);
  add(profile.cuts, Verdict::kFailed);
  add(profile.alternatives, Verdict::kPassed);
  if (profile.other_pass) add({*profile.other_pass}, Verdict::kPassed);
  std::ranges::stable_sort(group.rows, {}, &TrialTable::Row::trial);
  return group;
}

void add_columns(CapabilitySet set, std::vector<Capability>& columns) {
  for (const std::string_view name : set.names()) {
    columns.push_back(*capability_named(name));
  }
}

std::string caption_of(const Profile& profile, const TrialTable& table) {
  int shown = 0;
  for (const TrialTable::Group& group : table.groups) {
    for (const TrialTable::Row& row : group.rows) {
      shown += row.times;
    }
  }
  if (profile.search.empty()) {
    return "The " + counted(shown, "trial") + " that the profile tells of; it does not tell the " +
           "whole search, for which " + counted(profile.run.trials, "container") + " ran.";
  }
  std::string text = "Every trial that came to an end: " + std::to_string(shown) + ".";
  if (profile.run.trials > shown) {
    text += " " + counted(profile.run.trials - shown, "more container") +
            (profile.run.trials - shown == 1 ? " was" : " were") +
            " started and stopped again before the probe had decided.";
  }
  return text;
}

}  // namespace

TrialTable trial_table(const Profile& profile) {
  TrialTable table;
  table.needed = profile.add | conditional_set(profile);
  const TrialTable::Group proof = proof_of(profile);
  const TrialTable::Group search =
      profile.search.empty() ? others_of(profile, proof) : steps_of(profile, proof, false);
  for (const TrialTable::Group& group : {search, proof, steps_of(profile, proof, true)}) {
    if (!group.rows.empty()) table.groups.push_back(group);
    for (const TrialTable::Row& row : group.rows) {
      table.widest |= row.grant;
    }
  }
  add_columns(profile.add, table.columns);
  add_columns(conditional_set(profile) - profile.add, table.columns);
  add_columns(table.widest - table.needed, table.columns);
  table.caption = caption_of(profile, table);
  return table;
}

std::string grant_text(CapabilitySet grant, CapabilitySet widest) {
  constexpr int kFewLeftOut = 3;
  if (grant.empty()) return "nothing";
  const CapabilitySet left_out = widest - grant;
  std::string all = "all " + std::to_string(widest.size());
  if (left_out.empty()) return all;
  if (left_out.size() <= kFewLeftOut && grant.size() > 2 * kFewLeftOut) {
    return all + " but " + to_string(left_out);
  }
  return to_string(grant);
}

namespace {

constexpr int kCell = 14;
constexpr int kStep = 19;
constexpr int kLeft = 30;
constexpr int kBetween = 10;  ///< between the columns of the set and all others
constexpr int kMark = 26;     ///< what the mark takes before the word
constexpr int kGroup = 34;
constexpr int kLetter = 7;  ///< the advance of a letter of the heads, rounded up

using Attributes = Markup::Attributes;

std::string number(int value) {
  return std::to_string(value);
}

/// On a wide page the picture is larger than on a phone.
int enlarged(int length) {
  return length * 4 / 3;
}

Markup svg_text(int x, int y, const char* kind, std::string_view text) {
  return Markup::element("text", {{"x", number(x)}, {"y", number(y)}, {"class", kind}},
                         Markup::text(text));
}

Markup rectangle(int x, int y, int width, int height, const std::string& kind, int radius) {
  return Markup::element("rect",
                         {{"x", number(x)},
                          {"y", number(y)},
                          {"width", number(width)},
                          {"height", number(height)},
                          {"rx", number(radius)},
                          {"class", kind}},
                         {});
}

Markup path(const std::string& drawn, const std::string& kind) {
  return Markup::element("path", {{"d", drawn}, {"class", kind}}, {});
}

std::string description(const TrialTable::Row& row, CapabilitySet widest) {
  std::string text =
      "trial " + number(row.trial) + ", " + row.purpose + ": " + grant_text(row.grant, widest);
  if (row.without) text += ", without " + std::string(name_of(*row.without));
  return text + ": " + std::string(name_of(row.verdict));
}

std::string word_of(const TrialTable::Row& row) {
  const std::string word(name_of(row.verdict));
  return row.times == 1 ? word : word + " \xc3\x97" + number(row.times);
}

class Picture {
 public:
  Picture(const TrialTable& table, const std::string& id) : table_(table), id_(id) {
    std::size_t longest = 0;
    for (const Capability column : table.columns) {
      longest = std::max(longest, name_of(column).size());
    }
    head_ = static_cast<int>(longest) * kLetter + 8;
    std::size_t widest = 0;
    for (const TrialTable::Group& group : table.groups) {
      for (const TrialTable::Row& row : group.rows) {
        widest = std::max(widest, word_of(row).size());
      }
    }
    width_ = left_of(table.columns.size()) + kMark + static_cast<int>(widest) * kLetter;
  }

  Markup draw() {
    y_ = head_;
    for (const TrialTable::Group& group : table_.groups) {
      draw_group(group);
    }
    const int height = y_ + 6;
    Markup content = Markup::element("title", {{"id", id_ + "-title"}},
                                     Markup::text("The search as a picture")) +
                     Markup::element("desc", {{"id", id_ + "-desc"}}, describe());
    content += Markup::own("\n") + band(height) + heads() + body_;
    return Markup::element("svg",
                           {{"class", "trials"},
                            {"role", "img"},
                            {"aria-labelledby", id_ + "-title " + id_ + "-desc"},
                            {"width", number(enlarged(width_))},
                            {"height", number(enlarged(height))},
                            {"viewBox", "0 0 " + number(width_) + ' ' + number(height)}},
                           content);
  }

 private:
  int left_of(std::size_t column) const {
    const auto needed = static_cast<std::size_t>(table_.needed.size());
    const bool is_other = column >= needed && needed > 0;
    return kLeft + static_cast<int>(column) * kStep + (is_other ? kBetween : 0);
  }

  Markup describe() const {
    return Markup::text("Rows are trials, columns are capabilities. A filled cell was granted. " +
                        table_.caption + " The table below tells the same.");
  }

  /// Behind the columns of the set, so that the eye finds them.
  Markup band(int height) const {
    if (table_.needed.empty()) return {};
    return rectangle(kLeft - 4, 0, table_.needed.size() * kStep + 3, height, "band", 6) +
           Markup::own("\n");
  }

  Markup heads() const {
    Markup heads;
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      const Capability column = table_.columns[i];
      const std::string place = number(left_of(i) + kCell / 2 + 4) + ' ' + number(head_ - 6);
      heads += Markup::element("text",
                               {{"transform", "translate(" + place + ") rotate(-90)"},
                                {"class", table_.needed.contains(column) ? "head" : "head other"}},
                               Markup::text(name_of(column)));
    }
    return heads + Markup::own("\n");
  }

  void draw_group(const TrialTable::Group& group) {
    body_ += path("M0 " + number(y_ + 3) + "H" + number(width_), "rule");
    body_ += svg_text(0, y_ + 22, "group", group.title) + Markup::own("\n");
    y_ += kGroup;
    for (const TrialTable::Row& row : group.rows) {
      draw_row(row);
      y_ += kStep;
    }
    y_ += 4;
  }

  void draw_row(const TrialTable::Row& row) {
    const std::string verdict(name_of(row.verdict));
    Markup content = Markup::element("title", Markup::text(description(row, table_.widest)));
    content += svg_text(0, y_ + 11, "number", number(row.trial));
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      content += cell(left_of(i), row, table_.columns[i], verdict);
    }
    const int right = left_of(table_.columns.size()) + 8;
    content += mark(right, row.verdict, verdict);
    content += svg_text(right + 18, y_ + 11, "word", word_of(row));
    body_ += Markup::element("g", content) + Markup::own("\n");
  }

  Markup cell(int x, const TrialTable::Row& row, Capability column,
              const std::string& verdict) const {
    if (row.grant.contains(column)) return rectangle(x, y_, kCell, kCell, "fill " + verdict, 3);
    if (row.without == column) {
      const auto point = [&](int dx, int dy) { return number(x + dx) + ' ' + number(y_ + dy); };
      return rectangle(x + 1, y_ + 1, kCell - 2, kCell - 2, "without", 3) +
             path("M" + point(4, 4) + "L" + point(10, 10) + "M" + point(10, 4) + "L" + point(4, 10),
                  "without");
    }
    return rectangle(x + 5, y_ + 5, 4, 4, "hollow", 2);
  }

  Markup mark(int x, Verdict verdict, const std::string& word) const {
    const auto point = [&](int dx, int dy) { return number(x + dx) + ' ' + number(y_ + dy); };
    switch (verdict) {
      case Verdict::kPassed:
        return path("M" + point(1, 8) + "L" + point(5, 12) + "L" + point(12, 3), "mark " + word);
      case Verdict::kFailed:
        return path(
            "M" + point(2, 3) + "L" + point(11, 12) + "M" + point(11, 3) + "L" + point(2, 12),
            "mark " + word);
      case Verdict::kUndecided:
        break;
    }
    return path("M" + point(1, 7) + "H" + number(x + 12), "mark " + word);
  }

  const TrialTable& table_;
  std::string id_;
  int head_ = 0;
  int width_ = 0;
  int y_ = 0;
  Markup body_;
};

}  // namespace

Markup trial_svg(const TrialTable& table, const std::string& id) {
  return Picture(table, id).draw();
}

}  // namespace capmin
