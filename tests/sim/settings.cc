// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/settings.h"

#include <fmt/format.h>

#include <sstream>

namespace rollout {
namespace {

Duration exactly(Millis span) {
  return {.years = 0, .months = 0, .exact = span};
}

KeepRule keep(RuleKind kind, std::vector<Extent> extents) {
  return {.kind = kind, .extents = std::move(extents), .patterns = {}};
}

Group group(std::string name, const char* match, std::vector<KeepRule> rules) {
  return {.name = std::move(name), .match = {*Pattern::parse(match)}, .keep = std::move(rules)};
}

std::vector<Group> groups_of(const Setup& setup, std::uint32_t keep_last) {
  const Count last{keep_last};
  const KeepRule tagged{
      .kind = RuleKind::tagged, .extents = {}, .patterns = {*Pattern::parse("*0")}};
  if (!setup.grouped) {
    return {{.name = "all",
             .match = {},
             .keep = {keep(RuleKind::last, {last}),
                      keep(RuleKind::within, {exactly(std::chrono::hours(20))}),
                      keep(RuleKind::deployed, {Count{1}}), tagged}}};
  }
  return {
      group("release", "v*", {keep(RuleKind::last, {last}), tagged}),
      group("preview", "p*", {keep(RuleKind::last, {last}), keep(RuleKind::deployed, {Count{2}})})};
}

std::shared_ptr<const TaggingPolicy> tagging() {
  auto policy = std::make_shared<TaggingPolicy>();
  policy->name = PolicyName("release");
  policy->hash = "t";
  policy->rules = {{.when = {},
                    .tag = *Template::parse("{git.tag}"),
                    .message = *Template::parse("{build.name} on {host.name}")}};
  return policy;
}

/// Zero half of the time, else so rare.
std::uint32_t draw(Tape& tape, std::uint32_t one_in) {
  return tape.coin() ? one_in : 0;
}

std::string text_of(const PolicyEdition& edition) {
  return fmt::format("edition {} keeps {}", edition.number, edition.keep_last);
}

}  // namespace

std::string hash_of(const PolicyEdition& edition) {
  return fmt::format("h{}", edition.number);
}

PolicyEdition edition_of(const std::string& text) {
  PolicyEdition edition;
  std::istringstream in(text);
  std::string word;
  in >> word >> edition.number >> word >> edition.keep_last;
  return edition;
}

std::shared_ptr<const RetentionPolicy> make_policy(const Setup& setup, const std::string& text) {
  const PolicyEdition edition = edition_of(text);
  auto policy = std::make_shared<RetentionPolicy>();
  policy->name = PolicyName("standard");
  policy->hash = hash_of(edition);
  policy->text = text;
  policy->groups = groups_of(setup, edition.keep_last);
  policy->protect.min_age = exactly(kMinAge);
  policy->protect.pin = {*Pattern::parse("*7")};
  policy->limits = {.max_deletes = kMaxDeletes,
                    .max_percent = kMaxPercent,
                    .approve_over = setup.approve_over,
                    .grace = exactly(kGrace)};
  if (setup.windowed) policy->limits.window = *Window::parse("Mon-Sat 05:00-21:00");
  return policy;
}

Faults draw_faults(Tape& tape) {
  Faults faults;
  faults.read_fails = draw(tape, 40);
  faults.read_malformed = draw(tape, 300);
  faults.read_stale = draw(tape, 3);
  faults.throttled = draw(tape, 100);
  faults.create_not_sent = draw(tape, 10);
  faults.create_dropped = draw(tape, 6);
  faults.create_lost = draw(tape, 6);
  faults.create_late = draw(tape, 6);
  faults.create_refused = draw(tape, 25);
  faults.identity_lost = tape.one_in(4) ? 40 : 0;
  faults.remove_lost = draw(tape, 8);
  faults.remove_dropped = draw(tape, 8);
  faults.remove_refused = draw(tape, 15);
  faults.deployed_meanwhile = draw(tape, 15);
  faults.undated = draw(tape, 20);
  faults.policy_unreadable = draw(tape, 20);
  faults.crash = draw(tape, 500);
  faults.journal_lost = draw(tape, 6);
  faults.event_lost = draw(tape, 3);
  faults.outages = tape.coin();
  faults.token_refused = tape.coin();
  faults.disk_full = tape.coin();
  faults.clock_steps = tape.coin();
  return faults;
}

Setup draw_setup(Tape& tape) {
  Setup setup;
  setup.faults = draw_faults(tape);
  setup.truth.t_max = tape.between(std::chrono::seconds(20), std::chrono::seconds(90));
  setup.truth.list_lag = tape.between(std::chrono::seconds(20), std::chrono::seconds(180));
  setup.grouped = tape.coin();
  setup.keep_last = 2 + tape.choose(5);
  setup.delete_deployed_allowed = tape.coin();
  setup.windowed = tape.coin();
  if (const std::uint32_t over = tape.choose(3); over > 0) setup.approve_over = over;
  setup.duplicates = tape.coin() ? Duplicates::remove : Duplicates::report;
  return setup;
}

std::shared_ptr<Config> make_config(const Setup& setup, const Edition& edition) {
  auto config = std::make_shared<Config>();
  config->generation = edition.generation;
  config->digest = fmt::format("c{}", edition.generation);
  config->host_name = "host-1";
  config->mode = edition.mode;
  AccountConfig account;
  account.name = kAccount;
  account.id = AccountId("0123456789abcdef0123456789abcdef");
  account.timing = {.t_max = setup.truth.t_max,
                    .list_lag = setup.truth.list_lag,
                    .rescan = std::chrono::minutes(20),
                    .relist = std::chrono::seconds(30)};
  config->accounts = {account};
  for (const WorkerId& id : {kBlog, kShop}) {
    WorkerConfig worker;
    worker.id = id;
    worker.account = kAccount;
    worker.build = BuildConfig{};
    worker.build->path = "/srv/" + id.text();
    worker.build->layout = id == kShop ? Layout::in_place : Layout::per_build;
    worker.tagging = tagging();
    worker.retention = make_policy(setup, text_of(edition.policy));
    worker.duplicates = setup.duplicates;
    worker.interval = std::chrono::hours(2);
    config->workers.push_back(std::move(worker));
  }
  return config;
}

}  // namespace rollout
