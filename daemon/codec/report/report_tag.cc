// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/report/report_tag.h"

#include <nlohmann/json.hpp>

#include "daemon/codec/report/report_version.h"
#include "daemon/core/model/ensure.h"
#include "daemon/core/policy/facts.h"

namespace rollout {
namespace {

/// Marks `fact` as used by `use`, once.
void add_use(Json& facts, const std::string& fact, std::string_view use) {
  Json& entry = facts[fact];
  if (entry.is_null()) entry["looked_for"] = fact_source(fact).value_or("");
  Json& uses = entry["used"];
  if (uses.empty() || uses.back() != use) uses.push_back(use);
}

void add_uses(Json& facts, const Template& text, std::string_view use) {
  for (const Template::Piece& piece : text.pieces()) {
    if (!piece.fact.empty()) add_use(facts, piece.fact, use);
  }
}

Json used_facts(const TaggingPolicy& policy, const TaggingRule& rule, const Facts& facts) {
  Json json = facts_to_json(facts);
  for (const std::string& fact : policy.require) add_use(json, fact, "require");
  for (const Condition& condition : rule.when) add_use(json, condition.fact, "when");
  add_uses(json, rule.tag, "tag");
  add_uses(json, rule.message, "message");
  return json;
}

/// `room` is what a trailer leaves of `limit`.
Json budget(const Rendered& text, std::size_t bytes, std::size_t limit) {
  Json json = {{"bytes", bytes}, {"limit", limit}};
  if (limit != text.budget) json["trailer"] = limit - text.budget;
  if (text.whole > text.budget) json["cut_from"] = text.whole;
  return json;
}

}  // namespace

Json facts_to_json(const Facts& facts) {
  Json json = Json::object();
  for (const auto& [name, fact] : facts) {
    // What stands for facts that could not be read is no fact.
    if (fact_source(name)) json[name] = {{"value", fact.value}, {"where", fact.where}};
  }
  return json;
}

Json tag_to_json(const TaggingPolicy& policy, const Build& build, const Facts& facts,
                 const Rendering& made) {
  ENSURE(made.rule >= 1 && made.rule <= policy.rules.size(), "the rule that held is the policy's");
  const std::string message =
      with_trailer(made.message.text, {build.digest, policy.name, build.confidence});
  Json json = report_frame();
  json["policy"] = policy.name.text();
  json["digest"] = build.digest.hex();
  json["rule"] = made.rule;
  json["rules"] = policy.rules.size();
  json["tag"] = made.tag.text;
  json["message"] = message;
  json["budgets"] = {{"tag", budget(made.tag, made.tag.text.size(), kTagBytes)},
                     {"message", budget(made.message, message.size(), kMessageBytes)}};
  json["facts"] = used_facts(policy, policy.rules[made.rule - 1], facts);
  if (const auto refusal = facts.find("git.refusal"); refusal != facts.end()) {
    json["notes"] = Json::array({refusal->second.value});
  }
  return json;
}

}  // namespace rollout
