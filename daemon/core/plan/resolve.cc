// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/resolve.h"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <optional>

namespace rollout {
namespace {

constexpr std::size_t kShortestPrefix = 4;
constexpr std::size_t kCandidatesShown = 5;

std::optional<std::uint64_t> number_in(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<Version> only(const std::vector<Version>& found, std::string_view text) {
  if (found.size() == 1) return found.front();
  std::string names;
  for (std::size_t i = 0; i < found.size() && i < kCandidatesShown; ++i) {
    names += fmt::format("{}v{} ({})", i == 0 ? "" : ", ", found[i].number, found[i].id.text());
  }
  if (found.size() > kCandidatesShown) names += ", ...";
  return std::unexpected(
      Failure{FailureKind::refused, "find a version",
              fmt::format("`{}` matches {} versions: {}; give a full id or a number", text,
                          found.size(), names)});
}

}  // namespace

Result<Version> resolve_version(const Listing& listing, std::string_view text) {
  const auto matching = [&](const std::function<bool(const Version&)>& matches) {
    std::vector<Version> found;
    for (const Version& version : listing.versions) {
      if (matches(version)) found.push_back(version);
    }
    return found;
  };
  // What is exact comes before what only looks like a number or a prefix.
  if (auto found = matching([&](const Version& v) {
        return v.id.text() == text || (!text.empty() && v.annotations.tag == text);
      });
      !found.empty()) {
    return only(found, text);
  }
  if (const auto number = number_in(text)) {
    if (auto found = matching([&](const Version& v) { return v.number == *number; });
        !found.empty()) {
      return only(found, text);
    }
  }
  if (text.size() >= kShortestPrefix) {
    if (auto found = matching([&](const Version& v) { return v.id.text().starts_with(text); });
        !found.empty()) {
      return only(found, text);
    }
  }
  return std::unexpected(
      Failure{FailureKind::not_found, "find a version",
              fmt::format("no version is `{}`; give a full id, at least {} digits of one, a number "
                          "like v42, or a tag",
                          text, kShortestPrefix)});
}

}  // namespace rollout
