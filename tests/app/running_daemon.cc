// SPDX-License-Identifier: Apache-2.0
#include "tests/app/running_daemon.h"

#include "daemon/adapters/yaml/problems.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/app/assemble.h"
#include "daemon/core/model/exit_codes.h"

namespace rollout {

RunningDaemon::RunningDaemon() = default;
RunningDaemon::~RunningDaemon() = default;

StartOutcome RunningDaemon::start(const std::string& config_path) {
  auto source = std::make_unique<YamlPolicySource>(config_path);
  auto config = source->load();
  if (!config) return {.exit = kExitConfig, .sentence = describe(config.error().front())};
  auto built = Assembly::build({}, *std::move(config), std::move(source));
  if (!built) return {.exit = built.error().exit, .sentence = built.error().sentence};
  assembly_ = *std::move(built);
  assembly_->start();
  return {};
}

void RunningDaemon::stop() {
  assembly_.reset();
}

bool RunningDaemon::alive() {
  return assembly_->alive();
}

bool RunningDaemon::alive_after(Millis silence) {
  return assembly_->alive(assembly_->clock().tick() + silence);
}

std::string RunningDaemon::headline() const {
  return assembly_->headline();
}

}  // namespace rollout
