// SPDX-License-Identifier: Apache-2.0
// The keys of rolloutd.yaml and of conf.d.
#include "daemon/adapters/yaml/keys.h"

namespace rollout {
namespace {

using enum Shape;

constexpr std::string_view kModes[] = {"observe", "enforce"};
constexpr std::string_view kLayouts[] = {"in-place", "per-build", "link"};
constexpr std::string_view kReady[] = {"marker"};
constexpr std::string_view kDeploy[] = {"none", "immediate"};
constexpr std::string_view kDuplicates[] = {"report", "remove"};
constexpr std::string_view kPlans[] = {"free", "paid"};
constexpr std::string_view kSecrets[] = {"inherit", "named", "drop"};

constexpr Key kService[] = {
    {.name = "state_dir",
     .type = Type::path,
     .sentence = "Where the journal is kept.",
     .fallback = "/var/lib/rolloutd"},
    {.name = "socket",
     .type = Type::socket,
     .sentence = "The socket that `rolloutctl` talks to.",
     .fallback = "/run/rolloutd/control.sock"},
    {.name = "listen",
     .type = Type::listen,
     .sentence = "Where health, metrics and status are served: `host:port` on loopback, a socket's "
                 "path, or `\"\"` for neither.",
     .fallback = "127.0.0.1:9747"},
    {.name = "history",
     .type = Type::count,
     .sentence = "Entries of the audit ledger that are kept.",
     .fallback = "100000",
     .most = 100'000'000},
};
constexpr Table kServiceTable{"service", kService};

constexpr Key kToken[] = {
    {.name = "credential",
     .type = Type::credential,
     .sentence =
         "The name of a systemd credential (`LoadCredential=`); outside systemd, of a file in "
         "`/etc/rolloutd/credentials`."},
    {.name = "file",
     .type = Type::path,
     .sentence = "A file that holds the token; read again on every reload."},
};
constexpr Table kTokenTable{"accounts.NAME.token", kToken,
                            R"({"oneOf":[{"required":["credential"]},{"required":["file"]}]})"};

constexpr Key kBudget[] = {
    {.name = "rate",
     .type = Type::rate,
     .sentence = "Requests that may be sent, sustained.",
     .fallback = "1/s"},
    {.name = "burst",
     .type = Type::count,
     .sentence = "Requests that may be sent at once.",
     .fallback = "30",
     .most = 10'000},
};
constexpr Table kBudgetTable{"accounts.NAME.budget", kBudget};

constexpr Key kTiming[] = {
    {.name = "t_max",
     .type = Type::period,
     .sentence = "The API applies or drops a request within this time after its deadline.",
     .fallback = "60s"},
    {.name = "list_lag",
     .type = Type::period,
     .sentence = "A version that was made is listed within this time.",
     .fallback = "120s"},
    {.name = "rescan",
     .type = Type::period,
     .sentence = "Builds are looked for this often, with or without a hint.",
     .fallback = "60s"},
    {.name = "relist",
     .type = Type::period,
     .sentence = "Time between the two listings that prove that a version was not made.",
     .fallback = "30s"},
};
constexpr Table kTimingTable{"accounts.NAME.timing", kTiming};

constexpr Key kAccount[] = {
    {.name = "account_id",
     .type = Type::account_id,
     .sentence = "Cloudflare's id of the account.",
     .need = Need::required},
    {.name = "token",
     .shape = section,
     .sentence = "Where the API token is read from: one of `credential` and `file`, never inline.",
     .need = Need::required,
     .child = &kTokenTable},
    {.name = "api",
     .type = Type::url,
     .sentence = "Base address of the API; `http://` only on loopback.",
     .fallback = "https://api.cloudflare.com/client/v4"},
    {.name = "budget",
     .shape = section,
     .sentence = "How many requests are spent on the account.",
     .child = &kBudgetTable},
    {.name = "timing",
     .shape = section,
     .sentence = "What is assumed of the API's clockwork.",
     .child = &kTimingTable},
    {.name = "plan",
     .type = Type::choice,
     .sentence = "The account's plan: with `free` a version has at most 20,000 assets, with `paid` "
                 "100,000.",
     .fallback = "free",
     .choices = kPlans},
};
constexpr Table kAccountTable{"accounts.NAME", kAccount};

constexpr Key kQuiet[] = {
    {.name = "quiet",
     .type = Type::period,
     .sentence = "A build counts as finished, though unconfirmed, when nothing in it changed for "
                 "this long.",
     .need = Need::required},
};
constexpr Table kQuietTable{"workers.build.ready", kQuiet};

constexpr Key kBuild[] = {
    {.name = "path",
     .type = Type::path,
     .sentence = "The directory that builds appear in.",
     .need = Need::required},
    {.name = "layout",
     .type = Type::choice,
     .sentence = "`in-place`: one directory, rewritten; `per-build`: a new sub-directory for each; "
                 "`link`: a symbolic link, swapped.",
     .fallback = "in-place",
     .choices = kLayouts},
    {.name = "ready",
     .shape = one_or_section,
     .type = Type::choice,
     .sentence = "What says that a build is finished: `marker` (written by `rolloutctl mark DIR`) "
                 "or a quiet period.",
     .fallback = "marker",
     .child = &kQuietTable,
     .choices = kReady},
    {.name = "main",
     .type = Type::module_path,
     .sentence = "The main module, relative to the build, where nothing else names it."},
    {.name = "config",
     .type = Type::settings_file,
     .sentence = "The build's own settings: `auto` (wrangler.json, wrangler.jsonc, wrangler.toml), "
                 "or a path, absolute or relative to the build.",
     .fallback = "auto"},
    {.name = "assets",
     .type = Type::path,
     .sentence =
         "The directory of the static assets, where it does not lie in the build; also, without "
         "a marker, where no configuration of wrangler names it."},
    {.name = "environment",
     .sentence = "The environment of wrangler's configuration whose settings and name count."},
};
constexpr Table kBuildTable{"workers.build", kBuild};

constexpr Key kLimits[] = {
    {.name = "cpu_ms",
     .type = Type::count,
     .sentence = "CPU time of one request, in milliseconds.",
     .most = 300'000},
    {.name = "subrequests",
     .type = Type::count,
     .sentence = "Sub-requests of one request.",
     .most = 10'000'000},
};
constexpr Table kLimitsTable{"workers.version.limits", kLimits};

constexpr Key kAssetsConfig[] = {
    {.name = "base_path", .sentence = "As the Versions API has it."},
    {.name = "html_handling", .sentence = "As the Versions API has it."},
    {.name = "not_found_handling", .sentence = "As the Versions API has it."},
    {.name = "run_worker_first",
     .type = Type::json,
     .sentence = "`true`, `false`, or a list of path rules."},
};
constexpr Table kAssetsConfigTable{"workers.version.assets.config", kAssetsConfig};

constexpr Key kAssets[] = {
    {.name = "config",
     .shape = section,
     .sentence = "How assets are served.",
     .child = &kAssetsConfigTable},
};
constexpr Table kAssetsTable{"workers.version.assets", kAssets};

constexpr Key kVersion[] = {
    {.name = "compatibility_date",
     .type = Type::date,
     .sentence = "The runtime behaves as on this day."},
    {.name = "compatibility_flags",
     .shape = list,
     .sentence = "Runtime flags; replaces the build's own list."},
    {.name = "limits",
     .shape = section,
     .sentence = "Limits of one request.",
     .child = &kLimitsTable},
    {.name = "bindings",
     .type = Type::json,
     .sentence = "A list of bindings as the Versions API has them; merged with the build's own by "
                 "name."},
    {.name = "assets", .shape = section, .sentence = "Static assets.", .child = &kAssetsTable},
    {.name = "usage_model", .sentence = "As the Versions API has it."},
    {.name = "placement", .type = Type::json, .sentence = "Passed through to the Versions API."},
    {.name = "migrations", .type = Type::json, .sentence = "Passed through to the Versions API."},
    {.name = "exports", .type = Type::json, .sentence = "Passed through to the Versions API."},
    {.name = "containers", .type = Type::json, .sentence = "Passed through to the Versions API."},
    {.name = "cache_options",
     .type = Type::json,
     .sentence = "Passed through to the Versions API."},
    {.name = "package_dependencies",
     .type = Type::json,
     .sentence = "Passed through to the Versions API."},
};
constexpr Table kVersionTable{"workers.version", kVersion};

constexpr Key kInterval{.name = "interval",
                        .type = Type::period,
                        .sentence = "Time between passes that nothing else asks for.",
                        .fallback = "5min"};
constexpr Key kTimeout{.name = "timeout",
                       .type = Type::period,
                       .sentence = "How long one read from the API may take.",
                       .fallback = "30s"};
constexpr Key kDefaults[] = {kInterval, kTimeout};
constexpr Table kDefaultsTable{"defaults", kDefaults};

constexpr Key inherited(Key key) {
  key.inherits = true;
  return key;
}

constexpr Key kWorker[] = {
    {.name = "name",
     .type = Type::worker,
     .sentence = "The Worker's name or id at Cloudflare.",
     .need = Need::required},
    {.name = "account",
     .type = Type::name,
     .sentence = "One of the names under `accounts`.",
     .need = Need::required},
    {.name = "build",
     .shape = section,
     .sentence = "Where its builds come from; without it no version is made.",
     .child = &kBuildTable},
    {.name = "version",
     .shape = section,
     .sentence = "Settings over and beside those that the build brings.",
     .child = &kVersionTable},
    {.name = "tagging",
     .type = Type::policy,
     .sentence = "The tagging policy; without it no version is made."},
    {.name = "retention",
     .type = Type::policy,
     .sentence = "The retention policy; without it no version is deleted."},
    {.name = "deploy",
     .type = Type::choice,
     .sentence = "`immediate`: a new version gets all traffic at once.",
     .fallback = "none",
     .choices = kDeploy},
    {.name = "duplicates",
     .type = Type::choice,
     .sentence = "What is done with a second version of one build: `report` it, or `remove` it "
                 "where it was never deployed.",
     .fallback = "report",
     .choices = kDuplicates},
    {.name = "secrets",
     .type = Type::choice,
     .sentence = "Which secrets of the version before a new one keeps: `inherit` all, only those "
                 "that are `named` (to lose another is refused), or `drop` what is not named.",
     .fallback = "inherit",
     .choices = kSecrets},
    inherited(kInterval),
    inherited(kTimeout),
};
constexpr Table kWorkerTable{"workers", kWorker};

constexpr Key kAccounts{.name = "accounts",
                        .shape = named_sections,
                        .sentence = "Cloudflare accounts, by a name of your choice.",
                        .child = &kAccountTable};
constexpr Key kWorkers{.name = "workers",
                       .shape = sections,
                       .sentence = "The Workers to look after, each once.",
                       .child = &kWorkerTable};

constexpr Key kRolloutd[] = {
    {.name = "version",
     .type = Type::version_one,
     .sentence = "The version of this format: 1.",
     .need = Need::required},
    {.name = "mode",
     .type = Type::choice,
     .sentence = "`observe`: plan and report, write nothing; `enforce`: act.",
     .fallback = "observe",
     .choices = kModes},
    {.name = "service",
     .shape = section,
     .sentence = "The daemon itself.",
     .child = &kServiceTable},
    kAccounts,
    {.name = "defaults",
     .shape = section,
     .sentence = "For every Worker that does not say otherwise.",
     .child = &kDefaultsTable},
    kWorkers,
};
constexpr Table kRolloutdTable{"rolloutd.yaml", kRolloutd};

constexpr Key kConfD[] = {kAccounts, kWorkers};
constexpr Table kConfDTable{"conf.d/*.yaml", kConfD};

}  // namespace

const Table& rolloutd_table() {
  return kRolloutdTable;
}

const Table& conf_d_table() {
  return kConfDTable;
}

}  // namespace rollout
