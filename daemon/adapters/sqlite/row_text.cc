// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/row_text.h"

#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "daemon/codec/json.h"

namespace rollout {
namespace {

// Names are part of the file's format, so they are fixed here and not where they are printed.
template <class Value, std::size_t n>
using Names = std::array<std::pair<Value, std::string_view>, n>;
constexpr Names<GenerationState, 4> kStates{{{GenerationState::seen, "seen"},
                                             {GenerationState::done, "done"},
                                             {GenerationState::refused, "refused"},
                                             {GenerationState::gone, "gone"}}};
constexpr Names<IntentKind, 2> kIntents{
    {{IntentKind::create, "create"}, {IntentKind::prune, "prune"}}};
constexpr Names<OutcomeKind, 5> kOutcomes{{{OutcomeKind::done, "done"},
                                           {OutcomeKind::adopted, "adopted"},
                                           {OutcomeKind::failed, "failed"},
                                           {OutcomeKind::refused, "refused"},
                                           {OutcomeKind::abandoned, "abandoned"}}};

template <class Value, std::size_t n>
std::string_view name_of(const Names<Value, n>& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  std::unreachable();
}

/// Fields of a body; those that have nothing to say are left out.
class Writer {
 public:
  void text(const char* name, std::string_view value) {
    if (!value.empty()) json_[name] = std::string(value);
  }
  void number(const char* name, std::int64_t value) {
    if (value != 0) json_[name] = value;
  }
  void count(const char* name, std::uint64_t value) {
    number(name, static_cast<std::int64_t>(value));
  }
  void flag(const char* name, bool value) {
    if (value) json_[name] = true;
  }
  void instant(const char* name, Instant value) { number(name, value.time_since_epoch().count()); }
  // An absent time and the epoch are two things, so what is optional is written even if it is 0.
  void instant(const char* name, const std::optional<Instant>& value) {
    if (value) json_[name] = value->time_since_epoch().count();
  }
  void span(const char* name, const std::optional<Millis>& value) {
    if (value) json_[name] = value->count();
  }
  void version(const char* name, const std::optional<VersionId>& value) {
    if (value) text(name, value->text());
  }
  void versions(const char* name, const std::set<VersionId>& values) {
    Json& list = json_[name] = Json::array();
    for (const VersionId& value : values) list.push_back(std::string(value.text()));
  }
  void builds(const char* name, const std::map<std::string, BundleDigest>& values) {
    if (values.empty()) return;
    Json& object = json_[name] = Json::object();
    for (const auto& [root, digest] : values) object[root] = digest.hex();
  }
  std::string done() const { return dump_json(json_); }

 private:
  Json json_ = Json::object();
};

/// The other way. After the last field, `good()` says whether all were what they must be.
class Reader {
 public:
  explicit Reader(std::string_view body) {
    auto parsed = parse_json(body);
    good_ = parsed.has_value() && parsed->is_object();
    if (good_) json_ = std::move(*parsed);
  }
  std::string text(std::string_view name) { return take(string_member(json_, name)).value_or(""); }
  std::optional<std::int64_t> optional_number(std::string_view name) {
    return take(integer_member(json_, name));
  }
  std::int64_t number(std::string_view name) { return optional_number(name).value_or(0); }
  std::uint64_t count(std::string_view name) {
    const std::int64_t value = number(name);
    good_ = good_ && value >= 0;
    return static_cast<std::uint64_t>(value);
  }
  bool flag(std::string_view name) { return take(bool_member(json_, name)).value_or(false); }
  Instant instant(std::string_view name) { return Instant(Millis(number(name))); }
  std::optional<Instant> optional_instant(std::string_view name) {
    const auto value = optional_number(name);
    return value ? std::optional(Instant(Millis(*value))) : std::nullopt;
  }
  std::optional<Millis> span(std::string_view name) {
    const auto value = optional_number(name);
    return value ? std::optional(Millis(*value)) : std::nullopt;
  }
  std::optional<VersionId> version(std::string_view name) {
    return parsed<VersionId>(name, [](std::string_view text) { return VersionId::parse(text); });
  }
  std::set<VersionId> versions(const char* name) {
    std::set<VersionId> values;
    const Json* list = find_member(json_, name);
    good_ = good_ && (list == nullptr || list->is_array());
    if (!good_ || list == nullptr) return values;
    for (const Json& text : *list) {
      const auto value =
          text.is_string() ? VersionId::parse(text.get<std::string>()) : std::nullopt;
      good_ = good_ && value.has_value();
      if (value) values.insert(*value);
    }
    return values;
  }
  std::map<std::string, BundleDigest> builds(const char* name) {
    std::map<std::string, BundleDigest> values;
    const Json* object = find_member(json_, name);
    good_ = good_ && (object == nullptr || object->is_object());
    if (!good_ || object == nullptr) return values;
    for (const auto& [root, text] : object->items()) {
      const auto hash = text.is_string() ? Sha256::from_hex(text.get<std::string>()) : std::nullopt;
      good_ = good_ && hash.has_value();
      if (hash) values.emplace(root, BundleDigest{*hash});
    }
    return values;
  }
  std::optional<Sha256> hash(std::string_view name) {
    return parsed<Sha256>(name, [](std::string_view text) { return Sha256::from_hex(text); });
  }
  template <class Value, std::size_t n>
  Value one_of(std::string_view name, const Names<Value, n>& names) {
    const std::string found = text(name);
    for (const auto& [value, known] : names) {
      if (known == found) return value;
    }
    good_ = false;
    return names.front().first;
  }
  bool good() const { return good_; }

 private:
  template <class T>
  std::optional<T> take(Member<T> member) {
    good_ = good_ && member.has_value();
    return member.has_value() ? std::move(*member) : std::nullopt;
  }
  template <class T, class Parse>
  std::optional<T> parsed(std::string_view name, const Parse& parse) {
    const std::string found = text(name);
    if (found.empty()) return std::nullopt;
    std::optional<T> value = parse(found);
    good_ = good_ && value.has_value();
    return value;
  }

  Json json_ = Json::object();
  bool good_ = false;
};

}  // namespace

std::string encode(const Generation& generation) {
  Writer out;
  out.text("digest", generation.digest.hex());
  out.instant("finished_at", generation.finished_at);
  out.text("state", name_of(kStates, generation.state));
  out.version("version", generation.version);
  out.text("config_digest", generation.tried_with);
  return out.done();
}

std::optional<Generation> decode_generation(std::string_view body) {
  Reader in(body);
  const auto digest = in.hash("digest");
  if (!digest) return std::nullopt;
  Generation generation{.digest = {*digest},
                        .finished_at = in.instant("finished_at"),
                        .state = in.one_of("state", kStates),
                        .version = in.version("version"),
                        .tried_with = in.text("config_digest")};
  return in.good() ? std::optional(std::move(generation)) : std::nullopt;
}

std::string encode(const SeenVersion& seen) {
  Writer out;
  out.instant("first_seen", seen.first_seen);
  out.span("condemned_for", seen.condemned_for);
  out.flag("refused", seen.refused);
  out.count("number", seen.number);
  out.number("refused_for", seen.refused_for.count());
  return out.done();
}

std::optional<SeenVersion> decode_seen(std::string_view body) {
  Reader in(body);
  SeenVersion seen{.first_seen = in.instant("first_seen"),
                   .condemned_for = in.span("condemned_for"),
                   .refused = in.flag("refused"),
                   .number = in.count("number"),
                   .refused_for = Millis(in.number("refused_for"))};
  return in.good() ? std::optional(seen) : std::nullopt;
}

std::string encode(const Pin& pin) {
  Writer out;
  out.text("reason", pin.reason);
  out.text("actor", pin.actor);
  out.instant("until", pin.until);
  out.span("missing_for", pin.missing_for);
  return out.done();
}

std::optional<Pin> decode_pin(std::string_view body) {
  Reader in(body);
  Pin pin{.reason = in.text("reason"),
          .actor = in.text("actor"),
          .until = in.optional_instant("until"),
          .missing_for = in.span("missing_for")};
  return in.good() ? std::optional(std::move(pin)) : std::nullopt;
}

std::string encode_rest(const Memory& memory) {
  Writer out;
  out.count("highest_number", memory.highest_number);
  out.flag("had_deployment", memory.had_deployment);
  out.text("policy_hash", memory.policy_hash);
  out.text("agreed_policy", memory.agreed_policy);
  out.flag("prune_held", memory.prune_held);
  out.text("prune_held_because", memory.prune_held_because);
  out.instant("loss_seen", memory.loss_seen);
  out.text("builds_seen_in", memory.builds_seen_in);
  out.builds("builds_at", memory.builds_at);
  out.flag("newcomer", memory.newcomer);
  out.flag("suspended", memory.suspension.has_value());
  if (memory.suspension) {
    out.text("reason", memory.suspension->reason);
    out.text("actor", memory.suspension->actor);
    out.instant("until", memory.suspension->until);
  }
  if (memory.approval) {
    out.text("approved_plan", memory.approval->plan);
    out.versions("approved", memory.approval->versions);
    out.text("approved_by", memory.approval->actor);
    out.instant("approved_at", memory.approval->at);
    out.text("approved_policy", memory.approval->agrees_to);
  }
  return out.done();
}

bool decode_rest(std::string_view body, Memory& memory) {
  Reader in(body);
  Memory read;
  read.highest_number = in.count("highest_number");
  read.had_deployment = in.flag("had_deployment");
  read.policy_hash = in.text("policy_hash");
  read.agreed_policy = in.text("agreed_policy");
  read.prune_held = in.flag("prune_held");
  read.prune_held_because = in.text("prune_held_because");
  read.loss_seen = in.optional_instant("loss_seen");
  read.builds_seen_in = in.text("builds_seen_in");
  read.builds_at = in.builds("builds_at");
  read.newcomer = in.flag("newcomer");
  if (in.flag("suspended")) {
    read.suspension = Suspension{.reason = in.text("reason"),
                                 .actor = in.text("actor"),
                                 .until = in.optional_instant("until")};
  }
  if (std::string plan = in.text("approved_plan"); !plan.empty()) {
    read.approval = Approval{.plan = std::move(plan),
                             .versions = in.versions("approved"),
                             .actor = in.text("approved_by"),
                             .at = in.instant("approved_at"),
                             .agrees_to = in.text("approved_policy")};
  }
  if (!in.good()) return false;
  memory.highest_number = read.highest_number;
  memory.had_deployment = read.had_deployment;
  memory.policy_hash = std::move(read.policy_hash);
  memory.agreed_policy = std::move(read.agreed_policy);
  memory.prune_held = read.prune_held;
  memory.prune_held_because = std::move(read.prune_held_because);
  memory.loss_seen = read.loss_seen;
  memory.builds_seen_in = std::move(read.builds_seen_in);
  memory.builds_at = std::move(read.builds_at);
  memory.newcomer = read.newcomer;
  memory.suspension = std::move(read.suspension);
  memory.approval = std::move(read.approval);
  return true;
}

std::string encode(const AccountMemory& memory) {
  Writer out;
  out.flag("clock", memory.holds.clock);
  out.flag("bad_reads", memory.holds.bad_reads);
  out.flag("many_creates", memory.holds.many_creates);
  out.instant("lost_at", memory.lost_at);
  out.text("lost_because", memory.lost_because);
  return out.done();
}

std::optional<AccountMemory> decode_account(std::string_view body) {
  Reader in(body);
  AccountMemory memory{.holds = {.clock = in.flag("clock"),
                                 .bad_reads = in.flag("bad_reads"),
                                 .many_creates = in.flag("many_creates")},
                       .lost_at = in.optional_instant("lost_at"),
                       .lost_because = in.text("lost_because")};
  return in.good() ? std::optional(memory) : std::nullopt;
}

std::string encode(const Intent& intent) {
  Writer out;
  out.text("kind", name_of(kIntents, intent.kind));
  if (intent.digest) out.text("digest", intent.digest->hex());
  out.instant("finished_at", intent.finished_at);
  out.version("version", intent.version);
  out.count("number", intent.number);
  out.text("tag", intent.tag);
  out.text("message", intent.message);
  out.text("reason", intent.reason);
  out.text("plan", intent.plan);
  out.text("run", intent.run.text());
  out.instant("begun_at", intent.begun_at);
  return out.done();
}

std::optional<Intent> decode_intent(const std::string& worker, std::string_view body) {
  Reader in(body);
  const auto digest = in.hash("digest");
  Intent intent{.kind = in.one_of("kind", kIntents),
                .worker = WorkerId(worker),
                .digest = digest ? std::optional(BundleDigest{*digest}) : std::nullopt,
                .finished_at = in.instant("finished_at"),
                .version = in.version("version"),
                .number = in.count("number"),
                .tag = in.text("tag"),
                .message = in.text("message"),
                .reason = in.text("reason"),
                .plan = in.text("plan"),
                .run = RunId(in.text("run")),
                .begun_at = in.instant("begun_at")};
  return in.good() ? std::optional(std::move(intent)) : std::nullopt;
}

std::string encode(const Outcome& outcome) {
  Writer out;
  out.text("kind", name_of(kOutcomes, outcome.kind));
  out.version("version", outcome.version);
  out.count("number", outcome.number);
  out.text("detail", outcome.detail);
  out.instant("at", outcome.at);
  return out.done();
}

std::string encode(const LedgerEntry& entry) {
  Writer out;
  out.instant("at", entry.at);
  out.text("event", entry.event);
  out.version("version", entry.version);
  out.count("number", entry.number);
  out.text("tag", entry.tag);
  out.text("digest", entry.digest);
  out.text("detail", entry.detail);
  out.text("actor", entry.actor);
  out.text("plan", entry.plan);
  out.text("run", entry.run.text());
  out.count("generation", entry.generation);
  return out.done();
}

std::optional<LedgerEntry> decode_entry(const std::string& worker, std::string_view body) {
  Reader in(body);
  LedgerEntry entry{.at = in.instant("at"),
                    .worker = WorkerId(worker),
                    .event = in.text("event"),
                    .version = in.version("version"),
                    .number = in.count("number"),
                    .tag = in.text("tag"),
                    .digest = in.text("digest"),
                    .detail = in.text("detail"),
                    .actor = in.text("actor"),
                    .plan = in.text("plan"),
                    .run = RunId(in.text("run")),
                    .generation = in.count("generation")};
  return in.good() ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace rollout
