// SPDX-License-Identifier: Apache-2.0
// Verdicts and their reasons, one by one and counted.
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "daemon/app/render.h"
#include "daemon/app/text.h"

namespace rollout {
namespace {

/// What a reason is counted under: the rule, or the protection.
std::string kind_of_reason(const Json& reason) {
  const std::string rule = text_member(reason, "rule");
  return rule.empty() ? text_member(reason, "code") : rule;
}

/// `last 14/20 (group releases)`
std::string words_of(const Json& reason) {
  std::string text = kind_of_reason(reason);
  const std::string limit = text_member(reason, "limit");
  const std::uint64_t ordinal = count_member(reason, "ordinal");
  if (ordinal != 0) text += fmt::format(" {}/{}", ordinal, limit);
  if (ordinal == 0 && !limit.empty()) text += ' ' + limit;
  const std::string bucket = text_member(reason, "bucket");
  if (!bucket.empty()) text += ' ' + bucket;
  const std::string group = text_member(reason, "group");
  if (!group.empty() && group != "all") text += fmt::format(" (group {})", group);
  return text;
}

/// The date or the event that ends it; empty where nothing does.
std::string end_of(const Json& reason) {
  const std::string until = text_member(reason, "until");
  return until.empty() ? text_member(reason, "ends_when") : until;
}

std::string label_of(const Json& version) {
  return version_label(count_member(version, "number"), text_member(version, "tag"));
}

/// The smaller, the sooner: dates first, then counts by the places that are left, then the rest.
std::tuple<int, std::string, std::uint64_t> soonness(const Json& reason) {
  const std::string until = text_member(reason, "until");
  if (!until.empty()) return {0, until, 0};
  const std::uint64_t ordinal = count_member(reason, "ordinal");
  const std::string limit = text_member(reason, "limit");
  std::uint64_t most = 0;
  const char* end = limit.data() + limit.size();
  if (ordinal == 0 || std::from_chars(limit.data(), end, most).ptr != end)
    return {2, "", std::numeric_limits<std::uint64_t>::max()};
  return {1, "", most - std::min(most, ordinal)};
}

struct Ending {
  const Json* version = nullptr;
  const Json* reason = nullptr;
};

/// Of each kind the reason that ends first; of those that are equal, that of the oldest version.
std::map<std::string, Ending> first_endings(const Json& verdicts) {
  std::map<std::string, Ending> endings;
  for (const Json& verdict : verdicts) {
    for (const Json& reason : list_member(verdict, "reasons")) {
      if (end_of(reason).empty()) continue;
      Ending& first = endings[kind_of_reason(reason)];
      if (first.reason == nullptr || soonness(reason) <= soonness(*first.reason))
        first = {&verdict, &reason};
    }
  }
  return endings;
}

}  // namespace

std::string render_reason(const Json& reason) {
  const std::string until = text_member(reason, "until");
  return words_of(reason) + (until.empty() ? "" : " until " + until);
}

std::string render_counts(const Json& verdicts) {
  std::map<std::string, std::size_t> kept_by;
  std::size_t kept = 0;
  for (const Json& verdict : verdicts) {
    std::map<std::string, std::size_t> once;
    for (const Json& reason : list_member(verdict, "reasons")) once[kind_of_reason(reason)] = 1;
    for (const auto& [kind, one] : once) kept_by[kind] += one;
    if (text_member(verdict, "verdict") == "keep") ++kept;
  }
  std::string by;
  for (const auto& [kind, count] : kept_by)
    by += fmt::format("{}{} {}", by.empty() ? ": " : ", ", count, kind);
  return fmt::format("keep {} of {}{}", kept, verdicts.size(), by);
}

std::string render_first_endings(const Json& verdicts) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [kind, ending] : first_endings(verdicts))
    rows.push_back(
        {label_of(*ending.version), words_of(*ending.reason), "until " + end_of(*ending.reason)});
  return align(rows);
}

std::string render_verdicts(const Json& data, const Console& console) {
  std::vector<std::vector<std::string>> rows = {
      {"VERSION", "CREATED", "VERDICT", "REASON", "UNTIL"}};
  const Json& verdicts = list_member(data, "versions");
  for (const Json& verdict : verdicts) {
    std::vector<std::string> row = {label_of(verdict), text_member(verdict, "created_on"),
                                    text_member(verdict, "verdict")};
    const Json& reasons = list_member(verdict, "reasons");
    if (reasons.empty()) rows.push_back(row);
    for (const Json& reason : reasons) {
      const std::string end = end_of(reason);
      row.push_back(words_of(reason));
      row.push_back(end.empty() ? "for good" : end);
      rows.push_back(std::exchange(row, {"", "", ""}));
    }
  }
  std::string text = align(rows) + '\n' + render_counts(verdicts);
  const std::string stops = render_stops(list_member(data, "stops"), console);
  return stops.empty() ? text : text + '\n' + stops;
}

}  // namespace rollout
