// SPDX-License-Identifier: Apache-2.0
// The rules against the results of restic's own test suite. (conformance/retention/README.md)
#include <gtest/gtest.h>

#include <map>

#include "daemon/core/policy/keep_rules.h"
#include "tests/core/policy/conformance.h"
#include "tests/core/policy/retention_story.h"

namespace rollout {
namespace {

using Json = nlohmann::json;

/// Where a month is `m`.
Duration restic_duration(std::string text) {
  if (const auto m = text.find('m'); m != std::string::npos) text.insert(m + 1, "o");
  // Years, days, months in any order.
  Duration duration;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t unit = text.find_first_not_of("0123456789", at);
    const std::size_t end = std::min(text.find_first_of("0123456789", unit), text.size());
    const Duration part = parse_duration(text.substr(at, end - at)).value();
    duration.years += part.years;
    duration.months += part.months;
    duration.exact += part.exact;
    at = end;
  }
  return duration;
}

constexpr std::pair<const char*, RuleKind> kKinds[] = {
    {"last", RuleKind::last},     {"hourly", RuleKind::hourly},   {"daily", RuleKind::daily},
    {"weekly", RuleKind::weekly}, {"monthly", RuleKind::monthly}, {"yearly", RuleKind::yearly}};

/// The rules of a case in restic's order of reasons: tags, windows, counts.
std::vector<KeepRule> rules_of(const Json& policy) {
  std::vector<KeepRule> rules;
  for (const Json& tags : policy.value("keep_tags", Json::array())) {
    std::string expression = "re:.*";
    for (const Json& tag : tags) expression += "," + tag.get<std::string>() + ",.*";
    rules.push_back({RuleKind::tagged, {}, {pattern(expression)}});
  }
  if (policy.contains("keep_within")) {
    rules.push_back({RuleKind::within, {restic_duration(policy["keep_within"])}, {}});
  }
  for (const auto& [name, kind] : kKinds) {
    const std::string key = std::string("keep_within_") + name;
    if (policy.contains(key)) rules.push_back({kind, {restic_duration(policy[key])}, {}});
  }
  for (const auto& [name, kind] : kKinds) {
    const std::string key = std::string("keep_") + name;
    if (!policy.contains(key)) continue;
    const int count = policy[key];
    const Extent extent = count < 0 ? Extent(Every{}) : Count{static_cast<std::uint32_t>(count)};
    rules.push_back({kind, {extent}, {}});
  }
  return rules;
}

/// `daily snapshot`, `daily within 7d`; of tags the kind alone.
std::vector<std::string> kinds_of(const std::vector<Reason>& reasons) {
  std::vector<std::string> out;
  for (const Reason& reason : reasons) {
    if (reason.rule == "tagged") {
      out.emplace_back("tags");
    } else if (reason.rule == "within") {
      out.emplace_back("within");
    } else {
      out.push_back((reason.bucket == "oldest" ? "oldest " : "") + reason.rule +
                    (reason.ordinal ? " snapshot" : " within"));
    }
  }
  return out;
}

std::vector<std::string> kinds_of(const Json& reasons) {
  std::vector<std::string> out;
  for (const std::string text : reasons) {
    const auto within = text.find(" within");
    out.push_back(text.starts_with("has tags")  ? "tags"
                  : text.starts_with("within")  ? "within"
                  : within != std::string::npos ? text.substr(0, within + 7)
                                                : text);
  }
  return out;
}

/// All snapshots as versions: the newest has the highest number, and of equal times the first.
struct Snapshots {
  std::map<std::uint64_t, std::string> ids;
  std::vector<Verdict> verdicts;  ///< In rank.

  Snapshots() {
    auto list = conformance("restic_snapshots.json").at("snapshots").get<std::vector<Json>>();
    std::vector<std::pair<Instant, Json>> dated;
    for (Json& each : list) {
      dated.emplace_back(parse_rfc3339(each.at("time").get<std::string>()).value(), each);
    }
    std::vector<std::size_t> order(dated.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return dated[a].first != dated[b].first ? dated[a].first > dated[b].first : a < b;
    });
    std::uint64_t number = order.size();
    for (const std::size_t index : order) {
      Verdict& verdict = verdicts.emplace_back(
          Verdict{version_id(number), number, ",", dated[index].first, "all", true, {}});
      for (const Json& tag : dated[index].second.at("tags")) {
        verdict.tag += "," + tag.get<std::string>() + ",,";
      }
      ids[number--] = dated[index].second.at("id");
    }
  }

  void apply(const Json& policy, Dialect dialect) {
    Group group{"all", {}, rules_of(policy), "", Anchor::newest, 0};
    std::vector<Member> members;
    for (Verdict& verdict : verdicts) members.push_back({&verdict, nullptr});
    apply_rules({group, group.name, members}, verdicts.front().created_on.value(), Zone(), dialect);
  }

  std::vector<std::string> kept_ids() const {
    std::vector<std::string> out;
    for (const Verdict& verdict : verdicts) {
      if (verdict.kept()) out.push_back(ids.at(verdict.number));
    }
    return out;
  }
};

std::vector<std::string> expected_ids(const Json& item) {
  std::vector<std::string> out;
  for (const Json& row : item.at("expected_keep")) out.push_back(row.at("id"));
  return out;
}

Json all_cases() {
  Json cases = conformance("restic_cases.json").at("cases");
  EXPECT_EQ(cases.size(), 40U);
  return cases;
}

TEST(Restic, AllCasesAreExactWithBothSwitches) {
  for (const Json& item : all_cases()) {
    SCOPED_TRACE(item.at("case").dump() + " " + item.at("policy").dump());
    Snapshots snapshots;
    snapshots.apply(item.at("policy"), Dialect::exact);
    ASSERT_EQ(snapshots.kept_ids(), expected_ids(item));
    std::map<std::string, int> left;
    for (const auto& [name, kind] : kKinds) {
      left[name] = item.at("policy").value(std::string("keep_") + name, 0);
    }
    std::size_t row = 0;
    for (const Verdict& verdict : snapshots.verdicts) {
      if (!verdict.kept()) continue;
      const Json& expected = item.at("expected_keep").at(row++);
      EXPECT_EQ(kinds_of(verdict.reasons), kinds_of(expected.at("reasons")));
      for (const Reason& reason : verdict.reasons) {
        if (reason.ordinal && reason.limit != "all") {
          left[reason.rule] = std::stoi(reason.limit) - static_cast<int>(*reason.ordinal);
        }
      }
      for (const auto& [name, count] : left) {
        EXPECT_EQ(count, expected.at("counters_after").value(name, 0)) << name;
      }
    }
  }
}

TEST(Restic, AllButOneOfTheKeptSetsAreOursWithTheFiller) {
  std::vector<Json> other;
  for (const Json& item : all_cases()) {
    Snapshots snapshots;
    snapshots.apply(item.at("policy"), Dialect::filler);
    if (snapshots.kept_ids() != expected_ids(item)) other.push_back(item.at("case"));
  }
  EXPECT_EQ(other.size(), 1U) << Json(other);
}

}  // namespace
}  // namespace rollout
