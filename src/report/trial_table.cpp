#include "report/trial_table.h"

#include "profile/sentences.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

TrialTable::Row row_of(const Profile::Attempt& attempt, Verdict verdict, std::string purpose) {
  return {attempt.trial, std::move(purpose), attempt.grant, attempt.without,
          verdict,       attempt.times,      attempt.ending};
}

TrialTable::Group proof_of(const Profile& profile) {
  TrialTable::Group group{"Proof", {}};
  for (const Profile::Attempt& attempt : profile.passed) {
    group.rows.push_back(row_of(attempt, Verdict::kPassed, "the set"));
  }
  for (const Profile::Attempt& attempt : profile.failed) {
    group.rows.push_back(row_of(attempt, Verdict::kFailed, "prove"));
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
    if ((step.purpose == "condition") != conditions) continue;
    if (!conditions && is_told(proof.rows, step.grant, step.verdict)) continue;
    group.rows.push_back({step.trial, step.purpose, step.grant, {}, step.verdict, step.times, {}});
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
      group.rows.push_back(row_of(attempt, verdict, "explore"));
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

}  // namespace capmin
