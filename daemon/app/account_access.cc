// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/account_access.h"

#include <algorithm>

#include "daemon/core/model/ensure.h"

namespace rollout {

OrExit<std::unique_ptr<CloudflareApi>> open_account(const AccountConfig& account, Writes writes,
                                                    Clock& clock, Session& session) {
  const Access access = writes == Writes::allowed ? Access::full : Access::read_only;
  const Millis timeout = session.options().timeout.value_or(WorkerConfig{}.timeout);
  auto client = make_client(account, access, timeout, clock, nullptr);
  // As for the daemon: what a client is made of is configuration.
  if (!client) return session.fail(kExitConfig, client.error().sentence());
  return *std::move(client);
}

OrExit<WorkerAccess> open_worker(const std::string& name, Writes writes, Clock& clock,
                                 Session& session) {
  WorkerAccess access;
  TRY_ASSIGN(Config config, session.config());
  access.config = std::make_unique<const Config>(std::move(config));
  TRY_ASSIGN(access.worker, session.worker(*access.config, name));
  TRY_ASSIGN(access.api,
             open_account(account_of(*access.config, *access.worker), writes, clock, session));
  return access;
}

const AccountConfig& account_of(const Config& config, const WorkerConfig& worker) {
  const auto found = std::ranges::find(config.accounts, worker.account, &AccountConfig::name);
  ENSURE(found != config.accounts.end(), "a loaded configuration names only accounts that it has");
  return *found;
}

}  // namespace rollout
