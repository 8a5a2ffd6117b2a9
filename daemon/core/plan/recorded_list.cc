// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/recorded_list.h"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/core/model/trailer.h"

namespace rollout {
namespace {

/// What the ledger says of one version.
struct Told {
  std::uint64_t number = 0;
  std::string tag;
  std::string digest;
  std::optional<Instant> made;
};

std::map<VersionId, Told> told_by(std::span<const LedgerEntry> entries) {
  std::map<VersionId, Told> all;
  for (const LedgerEntry& entry : entries) {
    if (!entry.version) continue;
    Told& told = all[*entry.version];
    if (entry.number != 0) told.number = entry.number;
    if (told.tag.empty()) told.tag = entry.tag;
    if (told.digest.empty()) told.digest = entry.digest;
    if (entry.event == "version.created" || entry.event == "version.adopted") told.made = entry.at;
  }
  return all;
}

Version version_of(const VersionId& id, const Told& told) {
  Version version{id, told.number, told.made, {}, {}, {}, {}};
  version.annotations.tag = told.tag;
  if (const auto hash = Sha256::from_hex(told.digest)) {
    version.annotations.message = with_trailer("", {BundleDigest{*hash}, PolicyName("gone")});
  }
  return version;
}

}  // namespace

std::size_t add_deleted(RecordedList& list, std::span<const LedgerEntry> entries) {
  std::size_t left_out = 0;
  std::set<VersionId> listed;
  for (const Version& version : list.listing.versions) listed.insert(version.id);
  for (const auto& [id, told] : told_by(entries)) {
    if (listed.contains(id)) continue;
    if (told.made && told.number != 0) {
      list.listing.versions.push_back(version_of(id, told));
    } else {
      ++left_out;
    }
  }
  std::sort(list.listing.versions.begin(), list.listing.versions.end(),
            [](const Version& a, const Version& b) {
              return std::tie(b.number, b.id) < std::tie(a.number, a.id);
            });
  return left_out;
}

Plan preview(const RecordedList& list, RetentionPolicy policy, Instant now) {
  policy.limits.grace = {};
  policy.limits.window.reset();
  policy.limits.approve_over.reset();
  WorkerConfig worker;
  worker.id = WorkerId("preview");
  AccountConfig account;
  account.timing.t_max = Millis(0);
  Observed observed;
  observed.memory.policy_hash = policy.hash;
  worker.retention = std::make_shared<const RetentionPolicy>(std::move(policy));
  observed.worker = &worker;
  observed.account = &account;
  observed.mode = Mode::enforce;
  observed.listing = list.listing;
  observed.deployments = list.history;
  // Seen long ago, all of them.
  for (const Version& version : list.listing.versions) {
    observed.memory.versions.try_emplace(version.id);
  }
  for (const VersionId& pin : list.pins) observed.memory.pins[pin] = {"in the list", "", {}};
  observed.now = observed.host_now = now;
  return plan(observed);
}

}  // namespace rollout
