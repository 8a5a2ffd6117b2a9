// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "daemon/app/past.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_replay.h"

namespace rollout {

OrExit<int> run(const PolicyReplay& command, Session& session) {
  TRY_ASSIGN(const RetentionPolicy policy, read_retention_policy(command.policy, session));
  TRY_ASSIGN(const Past past, read_past(command.past, Reach::history, session));
  const Replay result =
      replay(past.list, policy,
             {.since = beginning(command.since, policy, past.until), .until = past.until});
  const Json data = replay_to_json(policy, result);
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(render_replay(data, session.console()));
  return kExitOk;
}

}  // namespace rollout
