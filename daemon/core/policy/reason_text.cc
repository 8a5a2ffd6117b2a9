// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/reason_text.h"

#include <fmt/format.h>

#include <charconv>

namespace rollout {
namespace {

/// How many more must come before the one with this ordinal is out; 0 where none can.
std::uint32_t places_left(const Reason& reason) {
  std::uint32_t limit = 0;
  const char* end = reason.limit.data() + reason.limit.size();
  if (!reason.ordinal || std::from_chars(reason.limit.data(), end, limit).ptr != end) return 0;
  return limit + 1 - *reason.ordinal;
}

std::string more(std::uint32_t count, std::string_view one, std::string_view many) {
  return count == 1 ? fmt::format("one {}", one) : fmt::format("{} {}", count, many);
}

std::string end_of_count(const Reason& reason) {
  const std::uint32_t left = places_left(reason);
  if (left == 0) return "";
  if (reason.rule == "last") {
    return more(left, "newer version comes into its group", "newer versions come into its group");
  }
  if (reason.rule == "deployed") {
    return more(left, "other version of its group serves after it",
                "other versions of its group serve after it");
  }
  if (reason.rule == "stable") {
    return more(left, "other version of its group is stable after it",
                "other versions of its group are stable after it");
  }
  return more(left, "newer period has a version", "newer periods have a version") +
         ", or a newer version comes into " + reason.bucket;
}

std::string end_of_rule(const Reason& reason) {
  if (reason.ordinal && reason.limit != "all") return end_of_count(reason);
  if (!reason.bucket.empty()) {
    return reason.limit == "all"
               ? "a newer version comes into " + reason.bucket
               : fmt::format("newer versions leave {} more than {} behind, or one comes into it",
                             reason.bucket, reason.limit);
  }
  if (reason.rule == "within") {
    return fmt::format("a version more than {} newer comes into its group", reason.limit);
  }
  if (reason.rule == "deployed" && reason.limit != "all") return "it serves no longer";
  if (reason.rule == "stable" && reason.limit != "all") return "it serves all traffic no longer";
  return "";  // A tag stays, and so does what once happened.
}

}  // namespace

std::string reason_text(const Reason& reason) {
  std::string text(reason.code == ReasonCode::rule ? reason.rule : to_string(reason.code));
  if (reason.ordinal) text += fmt::format(" {}/{}", *reason.ordinal, reason.limit);
  if (!reason.ordinal && !reason.limit.empty()) text += " " + reason.limit;
  if (!reason.bucket.empty()) text += " " + reason.bucket;
  if (reason.until) text += " until " + format_rfc3339(*reason.until);
  return text;
}

std::string end_text(const Reason& reason) {
  if (reason.until) return "";
  switch (reason.code) {
    case ReasonCode::rule:
      return end_of_rule(reason);
    case ReasonCode::floor:
      return reason.ordinal ? more(places_left(reason), "newer version comes into its group",
                                   "newer versions come into its group")
                            : "a newer version comes into its group";
    case ReasonCode::in_deployment:
      return "it is deployed no longer";
    case ReasonCode::pinned:
      return reason.limit.empty() ? "it is unpinned" : "";
    case ReasonCode::rollback:
      return more(places_left(reason), "other version is stable after it and served before",
                  "other versions are stable after it and served before");
    case ReasonCode::on_disk:
      return "its build leaves the disk";
    case ReasonCode::no_group:
      return "the policy gets a group that matches it";
    case ReasonCode::foreign:
      return "the policy's scope becomes all";
    case ReasonCode::refused:
      return "a day has passed since, or the Worker is resumed";
    case ReasonCode::min_age:
    case ReasonCode::bad_timestamp:
      return "";
  }
  return "";
}

}  // namespace rollout
