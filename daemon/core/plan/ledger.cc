// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/ledger.h"

namespace rollout {
namespace {

/// Fills in what an event says of a version, and answers whether the ledger keeps the event.
struct Fill {
  LedgerEntry& entry;

  bool about(const Version& version) {
    entry.version = version.id;
    entry.number = version.number;
    entry.tag = version.annotations.tag;
    return true;
  }
  bool about(const Version& version, const BundleDigest& digest) {
    entry.digest = digest.hex();
    return about(version);
  }
  bool operator()(const VersionCreated& e) { return about(e.version, e.digest); }
  bool operator()(const VersionDeduplicated& e) { return about(e.version, e.digest); }
  bool operator()(const VersionAdopted& e) { return about(e.version, e.digest); }
  bool operator()(const IdentityLost& e) { return about(e.version, e.digest); }
  bool operator()(const ForeignIdentity& e) { return about(e.version, e.digest); }
  bool operator()(const VersionGone& e) {
    entry.version = e.version;
    entry.number = e.number;
    return true;
  }
  bool operator()(const VersionCreateFailed& e) {
    entry.digest = e.digest.hex();
    return true;
  }
  bool operator()(const PruneMarked& e) {
    entry.version = e.version;
    entry.number = e.number;
    entry.tag = e.tag;
    return true;
  }
  bool operator()(const PruneUnmarked& e) {
    entry.version = e.version;
    entry.number = e.number;
    return true;
  }
  bool operator()(const PruneDeleted& e) {
    entry.plan = e.plan_id;
    entry.version = e.version;
    entry.number = e.number;
    entry.tag = e.tag;
    return true;
  }
  bool operator()(const PruneRefused& e) {
    entry.version = e.version;
    return true;
  }
  bool operator()(const VersionPinned& e) {
    entry.version = e.version;
    return true;
  }
  bool operator()(const VersionUnpinned& e) {
    entry.version = e.version;
    return true;
  }
  bool operator()(const PruneApproved& e) {
    entry.plan = e.plan_id;
    return true;
  }
  bool operator()(const WorkerSuspended& /*e*/) { return true; }
  bool operator()(const WorkerResumed& /*e*/) { return true; }
  template <class Other>
  bool operator()(const Other& /*e*/) {
    return false;
  }
};

}  // namespace

bool is_delete(const LedgerEntry& entry) {
  return entry.event == "prune.deleted";
}

std::optional<LedgerEntry> ledger_entry(const Event& event, Instant at, const std::string& actor) {
  LedgerEntry entry;
  if (!std::visit(Fill{entry}, event.body)) return std::nullopt;
  const EventRecord record = describe(event);
  entry.at = at;
  entry.worker = event.worker;
  entry.event = record.name;
  entry.detail = record.message;
  entry.actor = actor;
  entry.run = event.run;
  entry.generation = event.generation;
  return entry;
}

}  // namespace rollout
