// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/tagging.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/model/ensure.h"
#include "daemon/core/policy/facts.h"
#include "daemon/core/policy/filters.h"
#include "daemon/core/policy/rendering.h"
#include "daemon/core/policy/utf8.h"

namespace rollout {
namespace {

/// Why there is no text: the detail of a failure.
using Text = std::expected<std::string, std::string>;

/// Names the fact and where it was looked for.
std::string missing(const std::string& fact, const Facts& facts, const Tagged& tagged) {
  const auto source = fact_source(fact);
  ENSURE(source.has_value(), "a policy names a fact that does not exist");
  std::string text = fmt::format("the fact {} of {} is missing; it was looked for in {}", fact,
                                 tagged.called, *source);
  const auto refusal = facts.find("git.refusal");
  if (fact.starts_with("git.") && refusal != facts.end()) text += "; " + refusal->second.value;
  return text;
}

Text render_field(const Template::Piece& piece, const Facts& facts, const Tagged& tagged) {
  std::optional<std::string> value;
  if (const auto found = facts.find(piece.fact); found != facts.end()) value = found->second.value;
  for (const Template::Filter& filter : piece.filters) {
    if (filter.kind == Template::Filter::Kind::fallback && !value) value = filter.argument;
    if (!value) continue;
    auto changed = apply_filter(filter, *value);
    if (!changed) {
      return std::unexpected(fmt::format("the fact {}: {}", piece.fact, changed.error()));
    }
    value = *std::move(changed);
  }
  if (!value) {
    return std::unexpected(fmt::format("{}; write {{{}|default:\"text\"}} for builds without it",
                                       missing(piece.fact, facts, tagged), piece.fact));
  }
  return *std::move(value);
}

Text render_template(const Template& source, const Facts& facts, const Tagged& tagged) {
  std::string text;
  for (const Template::Piece& piece : source.pieces()) {
    if (piece.fact.empty()) {
      text += piece.literal;
      continue;
    }
    auto field = render_field(piece, facts, tagged);
    if (!field) return field;
    text += *field;
  }
  return text;
}

enum class Newlines { refused, allowed };

/// What a terminal or a JSON reader could trip over.
std::optional<std::string> unprintable(std::string_view text, Newlines newlines) {
  for (std::string_view rest = text; !rest.empty(); rest = after_character(rest)) {
    const auto lead = static_cast<unsigned char>(rest[0]);
    const auto at = text.size() - rest.size() + 1;
    if (character_bytes(rest) == 0) return fmt::format("is no UTF-8 at byte {}", at);
    const bool second = lead == 0xC2 && static_cast<unsigned char>(rest[1]) < 0xA0;
    if (second || lead == 0x7F ||
        (lead < 0x20 && (lead != '\n' || newlines == Newlines::refused))) {
      const unsigned code = second ? static_cast<unsigned char>(rest[1]) : lead;
      return fmt::format("holds the control character U+{:04X} at byte {}", code, at);
    }
  }
  return std::nullopt;
}

struct Field {
  std::string_view name;
  std::size_t budget;
  Newlines newlines;
};

std::expected<Rendered, std::string> render_within(const Field& field, const Template& source,
                                                   const TaggingPolicy& policy, const Facts& facts,
                                                   const Tagged& tagged) {
  auto text = render_template(source, facts, tagged);
  if (!text) return std::unexpected(std::move(text).error());
  if (const auto what = unprintable(*text, field.newlines)) {
    return std::unexpected(fmt::format("the {} {}", field.name, *what));
  }
  const std::size_t whole = text->size();
  if (whole <= field.budget) return Rendered{*std::move(text), field.budget, whole};
  if (policy.on_overflow == Overflow::truncate) {
    return Rendered{truncate_utf8(*text, field.budget), field.budget, whole};
  }
  return std::unexpected(fmt::format(
      "the {} has {} bytes and may have {}; shorten it with |truncate:N or set on_overflow: "
      "truncate",
      field.name, whole, field.budget));
}

bool holds(const TaggingRule& rule, const Facts& facts) {
  return std::all_of(rule.when.begin(), rule.when.end(), [&](const Condition& condition) {
    const auto fact = facts.find(condition.fact);
    return fact != facts.end() &&
           std::any_of(condition.patterns.begin(), condition.patterns.end(),
                       [&](const Pattern& p) { return p.matches(fact->second.value); });
  });
}

}  // namespace

std::expected<Rendering, std::string> render_texts(const TaggingPolicy& policy, const Facts& facts,
                                                   const Tagged& tagged) {
  for (const std::string& fact : policy.require) {
    if (!facts.contains(fact)) {
      return std::unexpected(missing(fact, facts, tagged) + "; the policy requires it");
    }
  }
  const auto rule = std::find_if(policy.rules.begin(), policy.rules.end(),
                                 [&](const TaggingRule& r) { return holds(r, facts); });
  if (rule == policy.rules.end()) {
    return std::unexpected(
        "no rule holds for its facts; a last rule without `when` holds for every build");
  }
  const std::size_t message_budget = kMessageBytes - format_trailer(tagged.trailer).size() - 1;
  Rendering made{static_cast<std::size_t>(rule - policy.rules.begin()) + 1, {}, {}};
  TRY_ASSIGN(made.tag, render_within({"tag", kTagBytes, Newlines::refused}, rule->tag, policy,
                                     facts, tagged));
  if (made.tag.text.empty()) {
    return std::unexpected(fmt::format("the tag {} is empty", rule->tag.text()));
  }
  TRY_ASSIGN(made.message, render_within({"message", message_budget, Newlines::allowed},
                                         rule->message, policy, facts, tagged));
  return made;
}

Result<Rendering> render_in_detail(const TaggingPolicy& policy, const Build& build,
                                   const Facts& facts) {
  auto made = render_texts(
      policy, facts, {"the build " + build.root, {build.digest, policy.name, build.confidence}});
  if (made) return *std::move(made);
  Failure failure;
  failure.kind = FailureKind::refused;
  failure.during =
      fmt::format("tag build {} by the policy {}", build.digest.brief(), policy.name.text());
  failure.detail = std::move(made).error();
  return std::unexpected(std::move(failure));
}

Result<Annotations> render(const TaggingPolicy& policy, const Build& build, const Facts& facts) {
  TRY_ASSIGN(Rendering made, render_in_detail(policy, build, facts));
  Annotations annotations;
  annotations.tag = std::move(made.tag.text);
  annotations.message =
      with_trailer(made.message.text, {build.digest, policy.name, build.confidence});
  return annotations;
}

}  // namespace rollout
