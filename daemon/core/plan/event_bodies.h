// SPDX-License-Identifier: Apache-2.0
// What can happen to the daemon, an account or the host, and what a pass found: the alternatives
// of an event's body (event.h), together with those of event_version_bodies.h.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/model/deployment.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/plan/config.h"
#include "daemon/core/plan/event_version_bodies.h"

namespace rollout {

struct DaemonStarted {
  std::string version;
  Mode mode = Mode::observe;
  std::size_t workers = 0;
};
struct DaemonStopping {
  std::string in_flight;  ///< A sentence; empty where nothing is.
};
struct ConfigLoaded {
  std::vector<std::string> changes;
};
struct ConfigReloadFailed {
  std::vector<ConfigError> errors;
};
struct ApiThrottled {
  Millis wait{};
  std::string detail;
};
struct ApiUnavailable {
  Failure failure;
  std::uint32_t attempts = 0;
  Millis next_try{};
};
struct ApiRecovered {
  Millis after{};
};
struct AuthFailed {
  Failure failure;
  Millis next_probe{};
  bool writing = false;  ///< It may read: only a write proves that it is mended.
};
/// The token was looked at.
struct AuthChecked {
  std::optional<Instant> expires;  ///< None: it has no end.
};
/// It ends soon. Told once a week.
struct AuthExpiring {
  Instant expires{};
  Millis left{};
};
struct SourceUnreadable {
  std::string root;
  std::string detail;
};
struct WatchOverflow {};
/// What of the build directories is polled and not watched has changed, and is not nothing.
struct WatchDegraded {
  std::size_t workers = 0;
  std::string detail;  ///< Which, why, and what to do.
};
struct WatchRecovered {};
struct StateRecovered {
  std::string detail;
};
struct JournalDegraded {
  std::string detail;
};

/// Counts and facts of one finished pass, for status and metrics; a DEBUG line if nothing changed.
struct PassFinished {
  enum class Result { changed, noop, error };
  Result result = Result::noop;
  Millis took{};
  std::size_t versions = 0, active = 0, kept = 0, prunable = 0, foreign = 0;
  std::vector<Share> serving;
  std::string active_tag;
  std::vector<std::pair<std::string, std::size_t>> kept_by;  ///< Reason code, count.
  std::string condition;  ///< `Ready`, `Observing`, `Stalled`, `Suspended`.
  std::string summary;    ///< A sentence for `status`.
  Millis next_look{};
  bool answered = true;     ///< Cloudflare was read, whatever else went wrong.
  std::string awaits = {};  ///< The plan that a person is to approve; empty: none.
};

}  // namespace rollout
