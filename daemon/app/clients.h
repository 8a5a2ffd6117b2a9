// SPDX-License-Identifier: Apache-2.0
// Makes clients of Cloudflare: the only place that knows what one needs.
#pragma once

#include <memory>

#include "daemon/adapters/cloudflare/client.h"
#include "daemon/codec/redactor.h"
#include "daemon/core/plan/config.h"
#include "daemon/ports/clock.h"

namespace rollout {

/// The account's token; a failure names the account.
Result<Secret> token_of(const AccountConfig& account);

/// Reads the account's token and makes a client; `HTTPS_PROXY` is honoured. The redactor, if there
/// is one, learns the token. Clients of one account share a meter; null: its own.
Result<std::unique_ptr<CloudflareApi>> make_client(const AccountConfig& account, Access access,
                                                   Millis timeout, Clock& clock, Redactor* redactor,
                                                   std::shared_ptr<Meter> meter = nullptr);

/// What a mode allows: who only observes holds no client that can write.
Access access_of(Mode mode);

}  // namespace rollout
