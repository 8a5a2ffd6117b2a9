// SPDX-License-Identifier: Apache-2.0
// Retention policies; tagging_loader.cc has the others.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "daemon/adapters/yaml/check.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/proof.h"
#include "daemon/codec/sha256.h"
#include "daemon/core/policy/retention_tests.h"

namespace rollout {
namespace {

struct RuleRow {
  std::string_view key;
  RuleKind kind;
};
constexpr RuleRow kRules[] = {
    {"last", RuleKind::last},           {"within", RuleKind::within},
    {"hourly", RuleKind::hourly},       {"daily", RuleKind::daily},
    {"weekly", RuleKind::weekly},       {"monthly", RuleKind::monthly},
    {"quarterly", RuleKind::quarterly}, {"yearly", RuleKind::yearly},
    {"deployed", RuleKind::deployed},   {"stable", RuleKind::stable},
    {"tagged", RuleKind::tagged},
};

/// `owner` is the section that holds `keep`.
std::vector<KeepRule> build_keep(const View& owner) {
  std::vector<KeepRule> out;
  const Node* node = owner.node("keep");
  if (node != nullptr && node->kind == Node::Kind::text && node->text == "all") {
    out.push_back({.kind = RuleKind::last, .extents = {Every{}}, .patterns = {}});
  }
  const View keep = owner.section("keep");
  for (const RuleRow& row : kRules) {
    if (!keep.has(row.key)) continue;
    KeepRule rule{.kind = row.kind, .extents = {}, .patterns = {}};
    if (row.kind == RuleKind::tagged) {
      rule.patterns = keep.patterns(row.key);
    } else {
      rule.extents = keep.extents(row.key);
    }
    out.push_back(std::move(rule));
  }
  return out;
}

void check_keep(const View& owner, std::string_view what, Problems& problems) {
  const Node* keep = owner.node("keep");
  if (keep != nullptr && keep->kind == Node::Kind::map && keep->members.empty()) {
    problems.add(
        keep->place, Mistake::empty_policy,
        fmt::format("{} would keep nothing; write at least one rule, such as last: 20", what));
  }
}

Group build_group(const View& view, Problems& problems) {
  const std::string name = view.text("name");
  check_keep(view, fmt::format("group \"{}\"", name), problems);
  return {.name = name,
          .match = view.section("match").patterns("tag"),
          .keep = build_keep(view),
          .per = view.text("per"),
          .anchor = view.text("anchor") == "now" ? Anchor::now : Anchor::newest,
          .min_keep = static_cast<std::uint32_t>(view.count("min_keep"))};
}

std::vector<Group> build_groups(const View& policy, Problems& problems) {
  std::vector<Group> out;
  std::map<std::string, std::size_t> lines;
  std::optional<std::string> takes_all;
  for (const View& view : policy.sections("groups")) {
    const Place place = view.has("name") ? view.node("name")->place : view.whole()->place;
    out.push_back(build_group(view, problems));
    const std::string& name = out.back().name;
    const auto [first, fresh] = lines.emplace(name, place.line);
    if (!fresh && !name.empty()) {
      problems.add(
          place, Mistake::duplicate_name,
          fmt::format("two groups are named \"{}\"; the first is at line {}", name, first->second));
    }
    if (takes_all) {
      problems.add(place, Mistake::unreachable,
                   fmt::format("group \"{}\" gets no version: \"{}\" before it has no match and "
                               "takes all",
                               name, *takes_all));
    } else if (!view.has("match")) {
      takes_all = name;
    }
  }
  return out;
}

/// Protections, limits and their time zone.
void build_bounds(const View& view, RetentionPolicy& out) {
  const View protect = view.section("protect");
  out.protect = {.min_age = protect.span("min_age"),
                 .rollback = static_cast<std::uint32_t>(protect.count("rollback")),
                 .soak = protect.span("soak"),
                 .pin = protect.patterns("pin")};
  const View limits = view.section("limits");
  out.limits = {.max_deletes = static_cast<std::uint32_t>(limits.count("max_deletes")),
                .max_percent = limits.percent("max_percent"),
                .grace = limits.span("grace")};
  if (limits.has("approve_over")) {
    out.limits.approve_over = static_cast<std::uint32_t>(limits.count("approve_over"));
  }
  if (auto window = Window::parse(limits.text("window"))) out.limits.window = std::move(*window);
  if (auto zone = Zone::find(view.text("timezone"))) out.timezone = std::move(*zone);
}

std::vector<TestVersion> build_versions(const View& test, Problems& problems) {
  std::vector<TestVersion> out;
  std::set<std::uint64_t> numbers;
  for (const View& view : test.sections("versions")) {
    out.push_back({.number = view.count("number"),
                   .created_on = view.instant("created_on"),
                   .tag = view.text("tag"),
                   .live = view.stretches("live"),
                   .pinned = view.flag("pinned"),
                   .foreign = view.flag("foreign")});
    if (out.back().number != 0 && !numbers.insert(out.back().number).second) {
      problems.add(view.node("number")->place, Mistake::duplicate_name,
                   fmt::format("two versions of this test have the number {}", out.back().number));
    }
  }
  return out;
}

/// Each number that is expected is one of a version, and expected once.
void check_expectations(const View& view, const RetentionTest& test, Problems& problems) {
  if (test.keep.empty() && test.remove.empty()) {
    problems.add(view.whole()->place, Mistake::unclear_test,
                 "the test expects nothing; write `keep`, `delete` or both");
  }
  std::set<std::uint64_t> expected;
  for (const char* key : {"keep", "delete"}) {
    for (const std::uint64_t number : view.counts(key)) {
      const bool known = std::any_of(test.versions.begin(), test.versions.end(),
                                     [&](const TestVersion& v) { return v.number == number; });
      if (!known) {
        problems.add(view.node(key)->place, Mistake::unclear_test,
                     fmt::format("{}: no version of this test has the number {}", key, number));
      } else if (!expected.insert(number).second) {
        problems.add(view.node(key)->place, Mistake::unclear_test,
                     fmt::format("{}: {} is expected twice", key, number));
      }
    }
  }
}

std::vector<RetentionTest> build_tests(const View& policy, Problems& problems) {
  check_test_names(policy, problems);
  std::vector<RetentionTest> out;
  for (const View& view : policy.sections("tests")) {
    out.push_back({.name = view.text("name"),
                   .now = view.instant("now").value_or(Instant()),
                   .versions = build_versions(view, problems),
                   .keep = view.counts("keep"),
                   .remove = view.counts("delete")});
    check_expectations(view, out.back(), problems);
  }
  return out;
}

/// One group for all, or groups.
void check_form(const Node& root, const View& view, Problems& problems) {
  if (view.has("keep") && view.has("groups")) {
    const auto later = std::find_if(root.members.rbegin(), root.members.rend(), [](const auto& m) {
      return m.key == "keep" || m.key == "groups";
    });
    problems.add(later->place, Mistake::keep_or_groups, "`keep` and `groups` exclude each other");
  } else if (!view.has("keep") && !view.has("groups")) {
    problems.add(root.members.front().place, Mistake::empty_policy,
                 "the policy would keep nothing; write `keep` or `groups`");
  }
  check_keep(view, "the policy", problems);
}

}  // namespace

std::shared_ptr<const RetentionPolicy> build_retention(Document& document, Tests tests) {
  Problems& problems = document.problems();
  check_document(*document.root(), retention_table(), problems);
  const View view(document.root(), retention_table());
  RetentionPolicy out;
  out.name = PolicyName(view.text("retention"));
  out.text = document.text();
  out.hash = sha256(out.text).hex();
  check_form(*document.root(), view, problems);
  if (view.has("keep")) {
    out.groups.push_back({.name = "all", .match = {}, .keep = build_keep(view)});
  } else {
    out.groups = build_groups(view, problems);
  }
  build_bounds(view, out);
  out.scope = view.text("scope") == "all" ? Scope::all : Scope::managed;
  out.tests = build_tests(view, problems);
  return proven(std::move(out), view, document, tests);
}

}  // namespace rollout
