// SPDX-License-Identifier: Apache-2.0
// What a person can ask of rolloutctl: one struct for each command, filled by options.cc.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/app/policy_commands.h"

namespace rollout {

enum class OutputFormat { table, json };
enum class Consent { ask, given };
enum class Writes { allowed, dry_run };

// Without a daemon.
struct ConfigCheck {
  std::vector<std::string> files;  ///< Policies, or configurations; empty: the one of `-c`.
  bool lint_fatal = false;
  bool online = false;  ///< Ask Cloudflare and look at the build directories too.
};
struct ConfigSchema {
  std::string document = "config";  ///< Or `retention`, `tagging`.
};
struct ConfigShow {
  std::vector<std::string> workers;  ///< Empty: all.
};
struct MarkBuild {
  std::string dir;
  bool git = false;
  std::optional<std::string> main;
  Writes writes = Writes::allowed;
};
struct ShowVersion {};
// With Cloudflare, without a daemon.
struct VersionsList {
  std::string worker;
};
struct VersionsGet {
  std::string worker;
  std::string version;
  bool modules = false;
};
struct VersionsDelete {
  std::string worker;
  std::vector<std::string> versions;
  Consent consent = Consent::ask;
  Writes writes = Writes::allowed;
};
struct VersionsCreate {
  std::string worker;
  std::string dir;
  std::string account;  ///< Where the Worker is not configured and there are several.
  std::string tag;
  std::string message;
  std::optional<std::string> main;
  bool deploy = false;
  Consent consent = Consent::ask;
  Writes writes = Writes::allowed;
};

// With a daemon.
struct ShowPlan {
  std::vector<std::string> workers;  ///< Empty: all.
  bool local = false;
  bool detailed_exit = false;
};
struct ShowStatus {
  std::vector<std::string> workers;
  std::vector<std::string> fail_on;  ///< Conditions that exit 1.
  bool watch = false;
};
struct Reconcile {
  std::vector<std::string> workers;
  bool wait = false;
  Writes writes = Writes::allowed;
};
struct Explain {
  std::vector<std::string> subject;  ///< `v31`, or `version` and `v31`.
  std::string worker;
};
struct SetPin {
  std::string worker;
  std::string version;
  std::string reason;
  std::optional<std::string> until;
  Writes writes = Writes::allowed;
};
struct DropPin {
  std::string worker;
  std::string version;
  Writes writes = Writes::allowed;
};
struct Suspend {
  std::string worker;
  std::string reason;
  std::optional<std::string> until;
  Writes writes = Writes::allowed;
};
struct Resume {
  std::string worker;
  Writes writes = Writes::allowed;
};
struct ApplyPlan {
  std::string plan;
  std::string worker;  ///< Empty: whichever has this plan.
  Consent consent = Consent::ask;
  Writes writes = Writes::allowed;
};
struct Reload {
  Writes writes = Writes::allowed;
};

using Invocation =
    std::variant<ConfigCheck, ConfigShow, ConfigSchema, PolicyPreview, PolicyReplay, PolicyDiff,
                 PolicyTest, PolicyTag, BuildInspect, MarkBuild, ShowVersion, VersionsList,
                 VersionsGet, VersionsDelete, VersionsCreate, ShowPlan, ShowStatus, Reconcile,
                 Explain, SetPin, DropPin, Suspend, Resume, ApplyPlan, Reload>;

}  // namespace rollout
