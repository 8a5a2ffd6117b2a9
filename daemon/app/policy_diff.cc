// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "daemon/app/past.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_replay.h"

namespace rollout {
namespace {

Json compare_now(const Comparison& comparison, const Past& past) {
  const Plan before = preview(past.list, *comparison.before.policy, past.until);
  const Plan after = preview(past.list, *comparison.after.policy, past.until);
  return changes_to_json(comparison, past.until, changed_fates(before.verdicts, after.verdicts));
}

Json compare_over_time(const Comparison& comparison, const Past& past, const std::string& since) {
  const RetentionPolicy& policy = *comparison.after.policy;
  const ReplaySpan span{.since = beginning(since, policy, past.until), .until = past.until};
  const Replay before = replay(past.list, *comparison.before.policy, span);
  const Replay after = replay(past.list, policy, span);
  return changes_to_json({.policies = comparison, .before = before, .after = after});
}

}  // namespace

OrExit<int> run(const PolicyDiff& command, Session& session) {
  TRY_ASSIGN(const RetentionPolicy before, read_retention_policy(command.before, session));
  TRY_ASSIGN(const RetentionPolicy after, read_retention_policy(command.after, session));
  const Reach reach = command.since.empty() ? Reach::present : Reach::history;
  TRY_ASSIGN(const Past past, read_past(command.past, reach, session));
  const Comparison comparison{.before = {command.before, &before},
                              .after = {command.after, &after},
                              .versions = past.list.listing.versions.size()};
  const Json data = command.since.empty() ? compare_now(comparison, past)
                                          : compare_over_time(comparison, past, command.since);
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(render_policy_diff(data, session.console()));
  return data["changes"].empty() ? kExitOk : kExitFailed;
}

}  // namespace rollout
