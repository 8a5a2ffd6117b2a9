// SPDX-License-Identifier: Apache-2.0
// Cloudflare, for commands that work without a daemon.
#pragma once

#include <memory>
#include <string>

#include "daemon/app/clients.h"
#include "daemon/app/session.h"

namespace rollout {

/// With `Writes::dry_run` the transport refuses everything but reads before it opens a connection.
OrExit<std::unique_ptr<CloudflareApi>> open_account(const AccountConfig& account, Writes writes,
                                                    Clock& clock, Session& session);

/// A configured Worker and the client of its account.
struct WorkerAccess {
  std::unique_ptr<const Config> config;
  const WorkerConfig* worker = nullptr;  ///< In `config`.
  std::unique_ptr<CloudflareApi> api;
};
OrExit<WorkerAccess> open_worker(const std::string& name, Writes writes, Clock& clock,
                                 Session& session);

const AccountConfig& account_of(const Config& config, const WorkerConfig& worker);

}  // namespace rollout
