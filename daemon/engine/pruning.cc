// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/pruning.h"

#include <fmt/format.h>

#include <set>

namespace rollout {
namespace {

/// A read of the deployments is worth a delete for this long.
constexpr Millis kFresh = std::chrono::seconds(5);
constexpr int kTries = 3;

std::set<VersionId> ids(const Listing& listing) {
  std::set<VersionId> out;
  for (const Version& version : listing.versions) out.insert(version.id);
  return out;
}

std::vector<std::string> ids(const DeploymentHistory& history) {
  std::vector<std::string> out;
  for (const Deployment& deployment : history.deployments) out.push_back(deployment.id.text());
  return out;
}

class PruneRun {
 public:
  PruneRun(Acting& acting, const Observed& observed) : acting_(acting), observed_(observed) {}

  std::optional<Failure> run(const std::vector<PruneVersion>& prunes) {
    if (!listing_still_agrees()) return failure_;
    for (const PruneVersion& prune : prunes) {
      // A person may say just now that it is to stay.
      if (acting_.ports.triggers.stopping() || acting_.ports.triggers.word_waits()) return failure_;
      if (!remove(prune)) return failure_;
    }
    return std::nullopt;
  }

 private:
  const WorkerId& worker() const { return acting_.assignment.worker->id; }

  bool refuse(const char* code, std::string detail,
              const std::optional<VersionId>& version = std::nullopt) {
    acting_.teller.tell(PruneRefused{code, std::move(detail), version});
    return false;
  }

  bool give_up(const char* code, Failure failure) {
    refuse(code, failure.sentence());
    failure_ = std::move(failure);
    return false;
  }

  bool bad_read(Failure failure) {
    // A lane that ends must not look like a broken service.
    if (!acting_.ports.triggers.stopping()) {
      acting_.caution.bad_read(acting_.ports.clock.tick());
    }
    return give_up("BadRead", std::move(failure));
  }

  bool listing_still_agrees() {
    auto second = acting_.ports.api.list(worker());
    if (!second) return bad_read(std::move(second).error());
    if (ids(*second) == ids(observed_.listing)) return true;
    return refuse("ListingsDiffer",
                  "two listings, one just before the first delete, show different versions; the "
                  "next pass looks again");
  }

  /// False ends the run.
  bool remove(const PruneVersion& prune) {
    const auto id = begin(prune);
    if (!id) return give_up("JournalDegraded", id.error());
    for (int attempt = 1;; ++attempt) {
      const Tick read_at = acting_.ports.clock.tick();
      const auto deployments = acting_.ports.api.deployments(worker());
      if (!deployments) {
        finish(*id, OutcomeKind::failed, prune, deployments.error().sentence());
        return bad_read(deployments.error());
      }
      if (!deployments_still_agree(*deployments, prune)) {
        finish(*id, OutcomeKind::failed, prune, "the deployments changed");
        return false;
      }
      if (prune.twin_of && !exists(*prune.twin_of)) {
        finish(*id, OutcomeKind::failed, prune, "the other version with its build is gone");
        return refuse("LastCopy",
                      fmt::format("version {} may be the last one with its build", prune.number),
                      prune.version);
      }
      const auto removed = acting_.ports.api.remove(worker(), prune.version, read_at + kFresh);
      if (removed) acting_.writes.succeeded = true;
      if (removed || removed.error().kind == FailureKind::not_found) return deleted(*id, prune);
      acting_.writes.note(removed.error());
      if (!may_try_again(removed.error())) return not_deleted(*id, prune, removed.error());
      if (!still_there(prune)) return deleted(*id, prune);
      // The answers may have been lost; the next listing closes the intent.
      if (attempt == kTries) return give_up("DeleteFailed", removed.error());
    }
  }

  Result<IntentId> begin(const PruneVersion& prune) {
    Intent intent;
    intent.kind = IntentKind::prune;
    intent.worker = worker();
    intent.version = prune.version;
    intent.number = prune.number;
    intent.tag = prune.tag;
    intent.reason = prune.reason;
    intent.plan = acting_.plan_id;
    intent.run = acting_.teller.about().run;
    intent.begun_at = acting_.ports.clock.now();
    return acting_.ports.journal.begin(intent);
  }

  void finish(IntentId id, OutcomeKind kind, const PruneVersion& prune, std::string detail) {
    const auto finished = acting_.ports.journal.finish(
        id, {kind, prune.version, prune.number, std::move(detail), acting_.ports.clock.now()});
    if (!finished) acting_.teller.tell(JournalDegraded{finished.error().sentence()});
  }

  bool deployments_still_agree(const DeploymentHistory& deployments, const PruneVersion& prune) {
    if (serves_now(deployments, prune.version)) {
      return refuse("Deployed", fmt::format("version {} is deployed now", prune.number),
                    prune.version);
    }
    if (ids(deployments) == ids(observed_.deployments)) return true;
    return refuse("DeploymentsChanged",
                  "the deployments changed since the plan was made; the next pass plans anew");
  }

  static bool may_try_again(const Failure& failure) {
    return failure.kind == FailureKind::transient || failure.kind == FailureKind::unknown_outcome;
  }

  bool exists(const VersionId& version) {
    return acting_.ports.api.get(worker(), version, Include::metadata).has_value();
  }

  /// After a lost answer: anything but a clear "gone" counts as still there.
  bool still_there(const PruneVersion& prune) {
    const auto seen = acting_.ports.api.get(worker(), prune.version, Include::metadata);
    return seen || seen.error().kind != FailureKind::not_found;
  }

  bool deleted(IntentId id, const PruneVersion& prune) {
    finish(id, OutcomeKind::done, prune, prune.reason);
    acting_.writes.deleted.push_back(prune.version);
    acting_.memory.versions.erase(prune.version);
    std::optional<Millis> age;
    if (prune.created_on) age = observed_.now - *prune.created_on;
    acting_.teller.tell(
        PruneDeleted{prune.version, prune.number, prune.tag, age, prune.reason, acting_.plan_id});
    acting_.teller.flush();
    return true;
  }

  bool not_deleted(IntentId id, const PruneVersion& prune, const Failure& failure) {
    const bool refused = failure.kind == FailureKind::refused;
    finish(id, refused ? OutcomeKind::refused : OutcomeKind::failed, prune, failure.sentence());
    if (!refused) return give_up("DeleteFailed", failure);
    if (const auto seen = acting_.memory.versions.find(prune.version);
        seen != acting_.memory.versions.end()) {
      seen->second.refused = true;
      seen->second.refused_for = {};
      seen->second.condemned_for.reset();
    }
    return refuse("Refused", failure.sentence(), prune.version);
  }

  Acting& acting_;
  const Observed& observed_;
  std::optional<Failure> failure_;
};

}  // namespace

std::optional<Failure> prune_versions(Acting& acting, const Observed& observed,
                                      const std::vector<PruneVersion>& prunes) {
  auto failure = PruneRun(acting, observed).run(prunes);
  if (const auto kept = acting.ports.journal.keep(acting.assignment.worker->id, acting.memory);
      !kept) {
    acting.teller.tell(JournalDegraded{kept.error().sentence()});
  }
  return failure;
}

}  // namespace rollout
