// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/reloader.h"

#include <fmt/format.h>

#include "daemon/app/config_changes.h"

namespace rollout {
namespace {

std::vector<ConfigError> restart_errors(const Config& before, const Config& after) {
  std::vector<ConfigError> errors;
  for (const std::string& reason : needs_restart(before, after))
    errors.push_back({.code = "RestartNeeded",
                      .message = fmt::format(
                          "{}; a running daemon cannot take that over: restart rolloutd", reason),
                      .file = "",
                      .line = 0,
                      .column = 0,
                      .excerpt = ""});
  return errors;
}

Event event_of(const Config& config, EventBody body) {
  return {.account = {},
          .worker = {},
          .run = {},
          .generation = config.generation,
          .dry_run = config.mode == Mode::observe,
          .body = std::move(body)};
}

}  // namespace

Reloaded Reloader::reload() {
  const std::lock_guard lock(mutex_);
  auto loaded = source_.load();
  if (!loaded) return refuse(std::move(loaded).error());
  const std::shared_ptr<const Config> before = lanes_.config();
  loaded->generation = before->generation + 1;
  loaded->host_name = before->host_name;
  loaded->program = before->program;
  std::vector<ConfigError> errors = restart_errors(*before, *loaded);
  if (!errors.empty()) return refuse(std::move(errors));
  Prepared prepared = prepare_(*loaded);
  if (!prepared) return refuse(std::move(prepared).error());
  const auto after = std::make_shared<const Config>(*std::move(loaded));
  Reloaded result{
      .errors = {}, .changes = config_changes(*before, *after), .generation = after->generation};
  for (std::string& change : *prepared) result.changes.push_back(std::move(change));
  lanes_.publish(after);
  events_.emit(event_of(*after, ConfigLoaded{result.changes}));
  return result;
}

Reloaded Reloader::refuse(std::vector<ConfigError> errors) {
  const std::shared_ptr<const Config> config = lanes_.config();
  lanes_.reload_failed();
  events_.emit(event_of(*config, ConfigReloadFailed{errors}));
  return {.errors = std::move(errors), .changes = {}, .generation = config->generation};
}

}  // namespace rollout
