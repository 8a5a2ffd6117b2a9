// SPDX-License-Identifier: Apache-2.0
// Holds the daemon to its promises (reliability.md), by what really happened at the service, on
// the disk and in the journal's file. It decides nothing the way `core` does: each rule is said
// again here, in the terms of the promise.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "daemon/core/plan/event.h"
#include "daemon/core/plan/memory.h"
#include "tests/sim/settings.h"
#include "tests/sim/sim_cloud.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/world.h"

namespace rollout {

class Checker {
 public:
  Checker(World& world, const Setup& setup, const SimCloud& cloud, const SimDisk& disk)
      : world_(world), setup_(setup), cloud_(cloud), disk_(disk) {}

  // The process.
  void started(bool recovering);
  void recovered();  ///< `end_recovery` was written.
  void journal_lost();
  void woke();
  void configured(const Config& config);
  void configuration_broke() { configuration_broken_ = true; }
  void wall_clock_stepped(Millis by);

  // What it sends, before any effect; `durable` is what the journal's file holds then.
  void request();
  void post(const WorkerId& worker, const BundleDigest& digest, const Memory& durable);
  void removal(const WorkerId& worker, const VersionId& version, const Memory& durable);

  // What came of it.
  void created(const WorkerId& worker, const BundleDigest& digest);
  void post_ended(const WorkerId& worker, const BundleDigest& digest);
  /// Its effect may still come within T_max of the deadline.
  void post_lost(const WorkerId& worker, const BundleDigest& digest, Tick deadline);
  void removed(const WorkerId& worker, const VersionId& version);
  void refused(const WorkerId& worker, const BundleDigest& digest);
  void identity_lost(const WorkerId& worker, const BundleDigest& digest);
  void removal_refused(const VersionId& version) { refused_removals_.insert(version); }

  // What it was told.
  /// A good listing, asked for at `asked`: it may be as old as that.
  void listed(const WorkerId& worker, const std::vector<Version>& versions, Tick asked);
  void bad_read(const WorkerId& worker, bool malformed);
  void deployments_read(const WorkerId& worker);

  // What it remembers and tells.
  void kept(const WorkerId& worker, const Memory& memory);
  void told(const Event& event);

  // What people do, or may have done from now on.
  void person_deleted(const WorkerId& worker, const Version& version);
  void twin_made(const WorkerId& worker, const BundleDigest& digest);
  void pinned(const VersionId& version) { pins_.insert(version); }
  void unpinned(const VersionId& version) { pins_.erase(version); }
  void suspended(const WorkerId& worker);
  void resumed(const WorkerId& worker);
  void approving(const WorkerId& worker, const std::string& plan, std::set<VersionId> versions);

  /// After the world has healed and had time: everything that should exist does, and nothing else
  /// of ours.
  void converged(const WorkerId& worker, const Memory& durable);

 private:
  /// A POST whose answer said nothing sure.
  struct Doubt {
    Tick ended{};  ///< Its deadline, or its end where that is later.
    std::optional<Tick> first_absence;
    std::optional<Tick> last_absence;
    bool forgotten = false;  ///< With the journal: then only time can be asked for.
  };
  struct Story {
    std::uint64_t made = 0;  ///< By the daemon.
    bool forgotten = false;  ///< The journal of that time was lost, or a person was quicker.
    bool exempt = false;     ///< Its identity was lost at the service, or a person made a twin.
    bool refused = false;
    bool twin_untold = false;
    std::optional<Doubt> doubt;
  };
  struct Condemned {
    Tick since{};
    Millis counted{};  ///< The journal's own count, which leaves out down-time.
  };
  struct Approved {
    std::string plan;
    Tick at{};
    std::set<VersionId> versions;
    bool of_change = false;  ///< The agreed policy kept some, or the person was told so.
  };
  struct Side {
    std::vector<Approved> approved;
    std::set<std::string> of_change;  ///< Plans that told a person of the change of the policy.
    std::optional<PolicyEdition> agreed;
    std::map<BundleDigest, Story> builds;
    std::map<VersionId, Condemned> condemned;  ///< As the journal says.
    std::set<BundleDigest> gone_by_person;
    std::optional<Tick> deployments_read;
    std::set<VersionId> serving_when_read;
    DeploymentHistory history_when_read;
    std::vector<Version> listing;  ///< The last good one.
    std::vector<Version> listing_before;
    std::size_t listings = 0;  ///< Good ones, in this pass.
    bool listed_well = false;  ///< The last read was good.
    std::optional<Tick> malformed;
    std::size_t removals = 0;  ///< In this pass.
    bool suspended = false;
    bool held = false;     ///< The journal was lost, and nobody has resumed the Worker yet.
    bool stopped = false;  ///< The last plan had deletes, and something in the way.
    std::set<IntentId> posted;
  };

  void broken(std::string_view invariant, const WorkerId& worker, std::string detail);
  std::string group_of(const Version& version) const;
  std::size_t rank_of(const std::vector<Version>& versions, const Version& version) const;
  void check_rank(const WorkerId& worker, const VersionId& version, const Side& side);
  void check_circumstances(const WorkerId& worker, const Side& side);
  void check_limits(const WorkerId& worker, const Side& side);
  void check_second_listing(const WorkerId& worker, const Side& side);
  void check_knowledge(const WorkerId& worker, const VersionId& version, const Side& side);
  void approved(Side& side, const std::string& plan) const;
  void check_person(const WorkerId& worker, const Version& victim, const Side& side);
  void check_rules(const WorkerId& worker, const Version& victim, const Side& side);
  void check_rollback(const WorkerId& worker, const Version& victim, const Side& side);
  void check_window(const WorkerId& worker);
  void follow_policy(const WorkerId& worker, Side& side, const Memory& memory);
  bool is_lost(const WorkerId& worker, const Side& side, const VersionId& version) const;
  bool is_twin(const WorkerId& worker, const Version& version) const;
  void check_doubt(const WorkerId& worker, const BundleDigest& digest, const Story& story);
  bool must_be_gone(const WorkerId& worker, const Version& version, const Memory& durable) const;

  World& world_;
  Setup setup_;
  const SimCloud& cloud_;
  const SimDisk& disk_;
  std::map<WorkerId, Side> sides_;
  std::set<VersionId> pins_;
  std::set<VersionId> refused_removals_;
  std::deque<Tick> requests_;
  std::deque<Tick> starts_;
  bool configuration_broken_ = false;
  std::optional<Tick> recovering_since_;
  std::optional<Tick> step_noticed_;
  bool stepped_ = false;  ///< ... and the process has not waited since.
  Mode mode_ = Mode::enforce;
  PolicyEdition policy_;
};

}  // namespace rollout
