// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/account_access.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/plan/resolve.h"

namespace rollout {
namespace {

using Rows = std::vector<std::vector<std::string>>;

void add(Rows& rows, std::string name, std::string value) {
  if (!value.empty()) rows.push_back({std::move(name), std::move(value)});
}

/// Continuation lines stand below the first one.
std::string indented(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    text.insert(at + 1, "                     ");
  return text;
}

std::string text_of(const VersionDetail& detail) {
  const Version& version = detail.version;
  const VersionSettings& settings = detail.settings;
  Rows rows;
  add(rows, "version", fmt::format("v{}", version.number));
  add(rows, "id", std::string(version.id.text()));
  add(rows, "tag", version.annotations.tag);
  add(rows, "message", indented(version.annotations.message));
  add(rows, "created", version.created_on ? format_rfc3339(*version.created_on) : "unknown");
  add(rows, "source", version.source);
  add(rows, "triggered by", version.annotations.triggered_by);
  if (version.startup_time) add(rows, "startup", for_people(*version.startup_time));
  add(rows, "main module", detail.main_module.value_or(""));
  add(rows, "compatibility date", settings.compatibility_date.value_or(""));
  add(rows, "compatibility flags",
      fmt::format("{}", fmt::join(settings.compatibility_flags, ", ")));
  for (const Binding& binding : settings.bindings)
    add(rows, "binding", fmt::format("{} ({})", binding.name, binding.type));
  for (const ModuleText& module : detail.modules)
    add(rows, "module",
        fmt::format("{} ({}, {})", module.name, module.content_type,
                    bytes_for_people(module.content.size())));
  for (const std::string& url : version.urls) add(rows, "url", url);
  return align(rows);
}

}  // namespace

OrExit<int> run(const VersionsGet& command, Session& session) {
  SystemClock clock;
  TRY_ASSIGN(const WorkerAccess access,
             open_worker(command.worker, Writes::dry_run, clock, session));
  const WorkerId& worker = access.worker->id;
  TRY_ASSIGN(const Listing listing, session.check(access.api->list(worker)));
  TRY_ASSIGN(const Version version, session.check(resolve_version(listing, command.version)));
  TRY_ASSIGN(const VersionDetail detail,
             session.check(access.api->get(
                 worker, version.id, command.modules ? Include::modules : Include::metadata)));
  if (session.json()) {
    Json data = report_frame();
    data["version"] = version_detail_to_json(detail);
    session.console().print_json(data);
  } else {
    session.console().print(text_of(detail));
  }
  return kExitOk;
}

}  // namespace rollout
