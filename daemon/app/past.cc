// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/past.h"

#include <fmt/format.h>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/app/account_access.h"
#include "daemon/app/journal_access.h"
#include "daemon/app/recorded_list.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"

namespace rollout {
namespace {

void add_gone(RecordedList& list, const std::vector<LedgerEntry>& ledger, Console& console) {
  const std::size_t before = list.listing.versions.size();
  const std::size_t left_out = add_deleted(list, ledger);
  console.detail(fmt::format("gone, and told of by the journal: {}",
                             counted(list.listing.versions.size() - before, "version")));
  if (left_out != 0)
    console.say(
        fmt::format("gone and left out, for the journal does not tell when they were made: "
                    "{}",
                    counted(left_out, "version")));
}

/// What the journal knows and Cloudflare does not.
Result<void> add_journal(const WorkerAccess& access, Reach reach, RecordedList& list,
                         Console& console) {
  TRY_ASSIGN(const auto journal, copy_journal(*access.config, access.worker->account));
  TRY_ASSIGN(const Memory memory, journal->memory(access.worker->id));
  for (const auto& [version, pin] : memory.pins) list.pins.insert(version);
  if (reach == Reach::present) return {};
  TRY_ASSIGN(const auto ledger, journal->ledger(access.worker->id));
  add_gone(list, ledger, console);
  return {};
}

OrExit<Past> read_worker(const std::string& name, Reach reach, Session& session) {
  SystemClock clock;
  TRY_ASSIGN(const WorkerAccess access, open_worker(name, Writes::dry_run, clock, session));
  session.console().progress(fmt::format("reading {}", access.worker->id.text()));
  Past past;
  TRY_ASSIGN(past.list.listing, session.check(access.api->list(access.worker->id)));
  TRY_ASSIGN(past.list.history, session.check(access.api->deployments(access.worker->id)));
  past.until = past.list.listing.server_time.value_or(clock.now());
  if (const auto added = add_journal(access, reach, past.list, session.console()); !added)
    session.console().say(
        fmt::format("versions that are gone, and pins by command, are not known here: {}",
                    added.error().sentence()));
  return past;
}

}  // namespace

OrExit<Past> read_past(const PastSource& source, Reach reach, Session& session) {
  Past past;
  if (source.versions.empty()) {
    TRY_ASSIGN(past, read_worker(source.worker, reach, session));
  } else {
    TRY_ASSIGN(past.list, read_recorded_list(source.versions, session));
    past.until = SystemClock().now();
  }
  if (source.at) past.until = *source.at;
  return past;
}

Instant beginning(const std::string& since, const RetentionPolicy& policy, Instant until) {
  if (const auto instant = parse_rfc3339(since)) return *instant;
  const auto duration = parse_duration(since);
  return duration ? minus(until, *duration, policy.timezone) : Instant();
}

OrExit<RetentionPolicy> read_retention_policy(const std::string& path, Session& session) {
  auto policy = load_retention_file(path);
  if (policy) return *std::move(policy);
  session.console().errors(policy.error());
  return std::unexpected(kExitConfig);
}

}  // namespace rollout
