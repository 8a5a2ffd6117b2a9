// SPDX-License-Identifier: Apache-2.0
// The sentence and the fields of each kind of event, less what every event has (event.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/plan/event_bodies.h"

namespace rollout {

/// A sentence without its final stop, so that a reader may put it into brackets or a list. Field
/// names are those of operations.md, without the prefix `ROLLOUTD_`; their text has static storage.
struct Telling {
  std::string sentence;
  std::vector<std::pair<std::string_view, std::string>> fields;
};

Telling tell(const DaemonStarted& body);
Telling tell(const DaemonStopping& body);
Telling tell(const ConfigLoaded& body);
Telling tell(const ConfigReloadFailed& body);
Telling tell(const BuildDetected& body);
Telling tell(const BuildSettled& body);
Telling tell(const BuildRejected& body);
Telling tell(const AssetsUploading& body);
Telling tell(const VersionCreated& body);
Telling tell(const VersionDeduplicated& body);
Telling tell(const VersionCreateFailed& body);
Telling tell(const VersionAdopted& body);
Telling tell(const VersionDuplicate& body);
Telling tell(const IdentityLost& body);
Telling tell(const ForeignIdentity& body);
Telling tell(const VersionGone& body);
Telling tell(const PrunePlanned& body);
Telling tell(const PruneMarked& body);
Telling tell(const PruneUnmarked& body);
Telling tell(const PruneDeleted& body);
Telling tell(const PruneRefused& body);
Telling tell(const PruneApproved& body);
Telling tell(const WorkerSuspended& body);
Telling tell(const WorkerResumed& body);
Telling tell(const VersionPinned& body);
Telling tell(const VersionUnpinned& body);
Telling tell(const ApiThrottled& body);
Telling tell(const ApiUnavailable& body);
Telling tell(const ApiRecovered& body);
Telling tell(const AuthFailed& body);
Telling tell(const AuthChecked& body);
Telling tell(const AuthExpiring& body);
Telling tell(const SourceUnreadable& body);
Telling tell(const WatchOverflow& body);
Telling tell(const WatchDegraded& body);
Telling tell(const WatchRecovered& body);
Telling tell(const StateRecovered& body);
Telling tell(const JournalDegraded& body);
Telling tell(const PassFinished& body);

/// `text` as a part of a longer sentence: one line, without a final stop or white space around it.
std::string clause(std::string_view text);

/// Status, code and ray of a failure, as far as there are any.
void add_failure(Telling& telling, const Failure& failure);

}  // namespace rollout
