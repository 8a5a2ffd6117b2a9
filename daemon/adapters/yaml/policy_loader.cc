// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/policy_loader.h"

#include <fmt/format.h>

#include <map>

#include "daemon/adapters/yaml/check.h"
#include "daemon/adapters/yaml/proof.h"
#include "daemon/adapters/yaml/texts.h"
#include "daemon/adapters/yaml/view.h"
#include "daemon/codec/sha256.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

struct RuleRow {
  std::string_view key;
  RuleKind kind;
};
constexpr RuleRow kRules[] = {
    {"last", RuleKind::last},
    {"within", RuleKind::within},
    {"deployed", RuleKind::deployed},
    {"tagged", RuleKind::tagged},
};

std::vector<KeepRule> build_keep(const View& keep) {
  std::vector<KeepRule> out;
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
          .keep = build_keep(view.section("keep"))};
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

template <class Policy, class Build>
std::expected<Policy, std::vector<ConfigError>> load_file(const std::string& path, PolicyKind kind,
                                                          std::string_view word, Build build) {
  Document document(path);
  std::shared_ptr<const Policy> policy;
  if (const auto label = label_of(document)) {
    if (label->kind == kind) {
      policy = build(document);
    } else {
      document.problems().add(label->place, Mistake::policy_kind,
                              fmt::format("a {} policy is wanted here", word));
    }
  }
  std::vector<ConfigError> errors;
  document.report(errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  ENSURE(policy != nullptr, "a policy file without errors is a policy");
  return *policy;
}

}  // namespace

std::optional<PolicyLabel> label_of(Document& document) {
  const Node* root = document.root();
  if (root == nullptr) return std::nullopt;
  const KeyValue* first = root->members.empty() ? nullptr : &root->members.front();
  const bool retention = first != nullptr && first->key == "retention";
  if (first == nullptr || (!retention && first->key != "tagging")) {
    document.problems().add(first == nullptr ? root->place : first->place, Mistake::policy_kind,
                            "a policy begins with `retention: NAME` or `tagging: NAME`");
    return std::nullopt;
  }
  return PolicyLabel{.kind = retention ? PolicyKind::retention : PolicyKind::tagging,
                     .name = first->value.text,
                     .place = first->value.place};
}

std::shared_ptr<const RetentionPolicy> build_retention(Document& document) {
  Problems& problems = document.problems();
  check_document(*document.root(), retention_table(), problems);
  const View view(document.root(), retention_table());
  RetentionPolicy out;
  out.name = PolicyName(view.text("retention"));
  out.hash = sha256(document.text()).hex();
  if (view.has("keep") == view.has("groups")) {
    problems.add(document.root()->members.front().place,
                 view.has("keep") ? Mistake::keep_or_groups : Mistake::empty_policy,
                 view.has("keep") ? "`keep` and `groups` exclude each other"
                                  : "the policy would keep nothing; write `keep` or `groups`");
  }
  check_keep(view, "the policy", problems);
  if (view.has("keep")) {
    out.groups.push_back({.name = "all", .match = {}, .keep = build_keep(view.section("keep"))});
  } else {
    out.groups = build_groups(view, problems);
  }
  const View protect = view.section("protect");
  out.protect = {.min_age = protect.span("min_age"),
                 .rollback = static_cast<std::uint32_t>(protect.count("rollback")),
                 .soak = protect.span("soak"),
                 .pin = protect.patterns("pin")};
  const View limits = view.section("limits");
  out.limits = {.max_deletes = static_cast<std::uint32_t>(limits.count("max_deletes")),
                .max_percent = limits.percent("max_percent"),
                .grace = limits.span("grace")};
  out.scope = view.text("scope") == "all" ? Scope::all : Scope::managed;
  return sound(std::move(out), document);
}

std::expected<RetentionPolicy, std::vector<ConfigError>> load_retention_file(
    const std::string& path) {
  return load_file<RetentionPolicy>(path, PolicyKind::retention, "retention", build_retention);
}

std::expected<TaggingPolicy, std::vector<ConfigError>> load_tagging_file(const std::string& path,
                                                                         Tests tests) {
  return load_file<TaggingPolicy>(
      path, PolicyKind::tagging, "tagging",
      [tests](Document& document) { return build_tagging(document, tests); });
}

}  // namespace rollout
