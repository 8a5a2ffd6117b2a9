// SPDX-License-Identifier: Apache-2.0
// The commands that ask a running daemon.
#include "daemon/app/options_cli.h"

namespace rollout {
namespace {

constexpr const char* kVersionHelp = "v42, a tag, at least 4 digits of an id, or an id";
constexpr const char* kWorkerHelp = "The Worker; may be left out where only one is configured";
constexpr const char* kUntilHelp = "When it ends: 2026-03-10T12:00:00Z, or 2h from now";

constexpr const char* kDryRunHelp = "Say what would be asked of the daemon, and ask nothing";

std::string check_until(const std::string& text) {
  if (check_instant(text).empty() || check_duration(text).empty()) return "";
  return "must be a time such as 2026-03-10T12:00:00Z or a duration such as 2h";
}

void declare_looking(CLI::App& app, Chosen& chosen) {
  auto plan = declare<ShowPlan>(
      app, chosen,
      {.name = "plan",
       .summary = "All writes that the next pass would make, with their reasons",
       .example = "  rolloutctl plan --detailed-exitcode\n  rolloutctl plan --local shop-api"});
  plan.app->add_option("WORKER", plan.command->workers, "Only these Workers");
  plan.app->add_flag("--local", plan.command->local, "Without a daemon: look and plan here");
  plan.app->add_flag("--detailed-exitcode", plan.command->detailed_exit,
                     "Exit 2 where something would be written");
  auto status = declare<ShowStatus>(app, chosen,
                                    {.name = "status",
                                     .summary = "One line per Worker",
                                     .example = "  rolloutctl status --fail-on Stalled\n"
                                                "  rolloutctl status --watch"});
  status.app->add_option("WORKER", status.command->workers, "Only these Workers");
  status.app->add_flag("--watch", status.command->watch,
                       "Show it again whenever it changes, until interrupted or --fail-on");
  status.app
      ->add_option("--fail-on", status.command->fail_on,
                   "Exit 1 where a Worker is in this condition; may be repeated")
      ->check(CLI::IsMember({"Starting", "Ready", "Observing", "Suspended", "Stalled"}))
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto explain = declare<Explain>(
      app, chosen,
      {.name = "explain",
       .summary = "Why a version is kept and until when, or who deleted it, when, and why",
       .example = "  rolloutctl explain v31 --worker shop-api\n"
                  "  rolloutctl explain version v31"});
  explain.app
      ->add_option("SUBJECT", explain.command->subject,
                   std::string(kVersionHelp) + "; `version` may stand before it")
      ->required()
      ->expected(1, 2);
  explain.app->add_option("--worker", explain.command->worker, kWorkerHelp);
}

void declare_apply(CLI::App& app, Chosen& chosen) {
  auto apply = declare<ApplyPlan>(
      app, chosen,
      {.name = "apply",
       .summary = "Approve one plan of deletes and run it; refused where it has changed",
       .example = "  rolloutctl apply p-7f3a90c1\n  rolloutctl apply p-7f3a90c1 --yes"});
  apply.app->add_option("PLAN", apply.command->plan, "The plan's id, as `plan` shows it")
      ->required();
  apply.app->add_option("--worker", apply.command->worker, "Look for the plan here only");
  add_yes(apply);
  add_dry_run(apply, "Show the plan, and approve nothing");
}

void declare_pins(CLI::App& app, Chosen& chosen) {
  auto pin = declare<SetPin>(app, chosen,
                             {.name = "pin",
                              .summary = "Keep a version, whatever the policy says",
                              .example = "  rolloutctl pin v31 --reason \"audit\" --until 30d"});
  pin.app->add_option("VERSION", pin.command->version, kVersionHelp)->required();
  pin.app->add_option("--worker", pin.command->worker, kWorkerHelp);
  pin.app->add_option("--reason", pin.command->reason, "Why; kept in the ledger")->required();
  pin.app->add_option("--until", pin.command->until, kUntilHelp)->check(check_until);
  auto unpin = declare<DropPin>(
      app, chosen,
      {.name = "unpin", .summary = "Take a pin away", .example = "  rolloutctl unpin v31"});
  unpin.app->add_option("VERSION", unpin.command->version, kVersionHelp)->required();
  unpin.app->add_option("--worker", unpin.command->worker, kWorkerHelp);
  add_dry_run(pin, kDryRunHelp);
  add_dry_run(unpin, kDryRunHelp);
}

void declare_steering(CLI::App& app, Chosen& chosen) {
  auto reconcile = declare<Reconcile>(app, chosen,
                                      {.name = "reconcile",
                                       .summary = "Look now instead of at the next interval",
                                       .example = "  rolloutctl reconcile shop-api --wait"});
  reconcile.app->add_option("WORKER", reconcile.command->workers, "Only these Workers");
  reconcile.app->add_flag("--wait", reconcile.command->wait, "Wait for the end of the pass");
  auto suspend = declare<Suspend>(
      app, chosen,
      {.name = "suspend",
       .summary = "Stop automation for a Worker",
       .example = "  rolloutctl suspend shop-api --reason \"migration\" --until 2h"});
  suspend.app->add_option("WORKER", suspend.command->worker, "The Worker")->required();
  suspend.app->add_option("--reason", suspend.command->reason, "Why; kept in the ledger")
      ->required();
  suspend.app->add_option("--until", suspend.command->until, kUntilHelp)->check(check_until);
  auto resume = declare<Resume>(app, chosen,
                                {.name = "resume",
                                 .summary = "Let automation go on, also after a lost journal",
                                 .example = "  rolloutctl resume shop-api"});
  resume.app->add_option("WORKER", resume.command->worker, "The Worker")->required();
  auto reload =
      declare<Reload>(app, chosen,
                      {.name = "reload",
                       .summary = "Read the configuration again; tells whether it is in force",
                       .example = "  rolloutctl reload --timeout 20s"});
  add_dry_run(reconcile, kDryRunHelp);
  add_dry_run(suspend, kDryRunHelp);
  add_dry_run(resume, kDryRunHelp);
  add_dry_run(reload, "Check the configuration here, and ask nothing of the daemon");
}

}  // namespace

void declare_daemon_commands(CLI::App& app, Chosen& chosen) {
  declare_looking(app, chosen);
  declare_apply(app, chosen);
  declare_steering(app, chosen);
  declare_pins(app, chosen);
}

}  // namespace rollout
