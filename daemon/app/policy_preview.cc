// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/past.h"
#include "daemon/app/recorded_list.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {

OrExit<int> run(const PolicyPreview& command, Session& session) {
  TRY_ASSIGN(RetentionPolicy policy, read_retention_policy(command.policy, session));
  TRY_ASSIGN(const RecordedList list, read_recorded_list(command.versions, session));
  SystemClock clock;
  const Plan result = preview(list, std::move(policy), command.at.value_or(clock.now()));
  const Json data = verdicts_to_json(result.verdicts, result.stops);
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(render_verdicts(data, session.console()));
  return kExitOk;
}

}  // namespace rollout
