// SPDX-License-Identifier: Apache-2.0
// The story: one event per thing that happened or was decided. Sinks turn it into log lines, status
// and metrics; tests assert on it. Names, priorities and ids are fixed (operations.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/core/plan/event_bodies.h"

namespace rollout {

using EventBody =
    std::variant<DaemonStarted, DaemonStopping, ConfigLoaded, ConfigReloadFailed, BuildDetected,
                 BuildSettled, BuildRejected, AssetsUploading, VersionCreated, VersionDeduplicated,
                 VersionCreateFailed, VersionAdopted, VersionDuplicate, IdentityLost,
                 ForeignIdentity, VersionGone, PrunePlanned, PruneMarked, PruneUnmarked,
                 PruneDeleted, PruneRefused, PruneApproved, WorkerSuspended, WorkerResumed,
                 VersionPinned, VersionUnpinned, ApiThrottled, ApiUnavailable, ApiRecovered,
                 AuthFailed, AuthChecked, AuthExpiring, SourceUnreadable, WatchOverflow,
                 WatchDegraded, WatchRecovered, StateRecovered, JournalDegraded, PassFinished>;

struct Event {
  AccountName account;  ///< Empty where it concerns the whole daemon.
  WorkerId worker;      ///< Empty where it concerns an account or the daemon.
  RunId run;
  std::uint64_t generation = 0;  ///< Of the configuration.
  bool dry_run = false;
  EventBody body;
};

/// An event as every sink shows it.
struct EventRecord {
  std::string_view name;        ///< `version.created`
  std::string_view message_id;  ///< 32 hex digits
  int priority = 6;             ///< As in syslog: 3 error, 4 warning, 5 notice, 6 info, 7 debug.
  std::string message;          ///< A full sentence with the numbers in it.
  std::vector<std::pair<std::string_view, std::string>> fields;  ///< `VERSION_ID`, without prefix.
};

EventRecord describe(const Event& event);

/// What is fixed per kind of event, in the order of `EventBody`'s alternatives.
struct EventKind {
  std::string_view name;
  std::string_view message_id;
  int priority = 6;
};
const EventKind& kind_of(const EventBody& body);
std::vector<EventKind> all_event_kinds();

}  // namespace rollout
