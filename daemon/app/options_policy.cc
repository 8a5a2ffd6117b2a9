// SPDX-License-Identifier: Apache-2.0
// What can be asked of a policy before it is used.
#include "daemon/app/options_cli.h"
#include "daemon/core/policy/duration.h"

namespace rollout {
namespace {

void add_at(CLI::App& app, const std::function<void(std::optional<Instant>)>& set) {
  app.add_option_function<std::string>(
         "--at", [set](const std::string& text) { set(parse_rfc3339(text)); },
         "Judge as of this time instead of now")
      ->check(check_instant);
}

/// `180d`, or a time.
std::string check_since(const std::string& text) {
  if (parse_rfc3339(text)) return "";
  const auto duration = parse_duration(text);
  return duration ? "" : duration.error();
}

/// The past of one Worker, for commands that have one.
template <class Command>
void add_past(Subcommand<Command>& sub, const std::string& since_help) {
  auto command = sub.command;
  CLI::Option* list =
      sub.app->add_option("--versions", command->past.versions,
                          "A recorded list: what `versions list -o json` prints; no network");
  sub.app
      ->add_option("--worker", command->past.worker,
                   "In place of a list: what Cloudflare and the journal know of this Worker")
      ->excludes(list);
  sub.app->add_option("--since", command->since, since_help)->check(check_since);
  add_at(*sub.app, [command](std::optional<Instant> at) { command->past.at = at; });
}

void declare_history_commands(CLI::App& group, Chosen& chosen) {
  auto replay = declare<PolicyReplay>(
      group, chosen,
      {.name = "replay",
       .summary = "What a policy would have deleted day by day, and which rollbacks it would have "
                  "broken",
       .example = "  rolloutctl policy replay policies/production.yaml --worker shop-api "
                  "--since 180d\n"
                  "  rolloutctl policy replay policies/production.yaml --versions list.json"});
  replay.app->add_option("FILE", replay.command->policy, "The retention policy")->required();
  add_past(replay, "From when: `180d` ago, or a time; without it all that is known");
  auto diff = declare<PolicyDiff>(
      group, chosen,
      {.name = "diff",
       .summary = "Which versions one policy keeps and another does not, and why; exit 1 where "
                  "there are any",
       .example = "  rolloutctl policy diff old.yaml new.yaml --versions list.json\n"
                  "  rolloutctl policy diff old.yaml new.yaml --worker shop-api --since 180d"});
  diff.app->add_option("OLD", diff.command->before, "A retention policy")->required();
  diff.app->add_option("NEW", diff.command->after, "Another")->required();
  add_past(diff,
           "Replay both from then on, `180d` ago or a time, and compare what would have gone");
}

}  // namespace

void declare_policy_commands(CLI::App& app, Chosen& chosen) {
  CLI::App& group =
      declare_group(app, {.name = "policy",
                          .summary = "Try a policy before it is used",
                          .example = "  rolloutctl policy tag policies/release.yaml dist"});
  auto preview = declare<PolicyPreview>(
      group, chosen,
      {.name = "preview",
       .summary = "Verdicts of a retention policy over a recorded list, without network",
       .example = "  rolloutctl versions list --worker shop-api -o json > list.json\n"
                  "  rolloutctl policy preview policies/production.yaml --versions list.json"});
  preview.app->add_option("FILE", preview.command->policy, "The retention policy")->required();
  preview.app
      ->add_option("--versions", preview.command->versions,
                   "The recorded list: what `versions list -o json` prints")
      ->required();
  add_at(*preview.app,
         [command = preview.command](std::optional<Instant> at) { command->at = at; });
  declare_history_commands(group, chosen);
  auto test = declare<PolicyTest>(
      group, chosen,
      {.name = "test",
       .summary = "Run the tests inside policies, of either kind",
       .example = "  rolloutctl policy test policies/*.yaml --junit results.xml"});
  test.app->add_option("FILE", test.command->policies, "Policies")->required();
  test.app->add_option("--run", test.command->run, "Only tests whose name has this expression");
  test.app->add_option("--junit", test.command->junit, "Write the results for a CI system here");
  auto tag = declare<PolicyTag>(
      group, chosen,
      {.name = "tag",
       .summary = "The tag and message that a build would get, and from which facts; no network",
       .example = "  rolloutctl policy tag policies/release.yaml dist"});
  tag.app->add_option("POLICY", tag.command->policy, "The tagging policy")->required();
  tag.app->add_option("DIR", tag.command->dir, "The build")->required();
  tag.app->add_option("--worker", tag.command->worker, "Value of the fact `worker.name`");
}

}  // namespace rollout
