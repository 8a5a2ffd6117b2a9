// SPDX-License-Identifier: Apache-2.0
// What a person can ask of a policy before it is used.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/instant.h"

namespace rollout {

struct PolicyPreview {
  std::string policy;
  std::string versions;  ///< A recorded list.
  std::optional<Instant> at;
};
/// Which past of which Worker.
struct PastSource {
  std::string versions;  ///< A recorded list; empty: that of the Worker.
  std::string worker;    ///< Empty: the only one.
  std::optional<Instant> at;
};
struct PolicyReplay {
  std::string policy;
  PastSource past;
  std::string since;  ///< A duration or a time; empty: all that is known.
};
struct PolicyDiff {
  std::string before;
  std::string after;
  PastSource past;
  std::string since;  ///< As above; empty: no history, the present alone.
};
struct PolicyTest {
  std::vector<std::string> policies;
  std::string run;    ///< A regular expression; empty: all tests.
  std::string junit;  ///< Where to write the results as JUnit has them; may be empty.
};
struct PolicyTag {
  std::string policy;
  std::string dir;
  std::string worker;  ///< For `worker.name`; may be empty.
};
/// `build inspect`.
struct BuildInspect {
  std::string dir;
  std::string worker;  ///< Whose configuration counts; may be empty.
  std::string main;    ///< May be empty.
};

}  // namespace rollout
