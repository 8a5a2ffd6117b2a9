// SPDX-License-Identifier: Apache-2.0
// Tokens: read from a systemd credential or a file, never from the configuration itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/failure.h"
#include "daemon/core/model/secret.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// The token without white space around it, in memory that is not swapped out where the limit on
/// locked memory allows it. `local` where it cannot be read, `invalid` where it is no token: empty,
/// longer than 4 KiB, or with characters that no HTTP header may have. Neither shows a part of it.
/// A credential is that of $CREDENTIALS_DIRECTORY and fixed for the life of the process; outside
/// systemd, where there is none, the file of its name in /etc/rolloutd/credentials.
Result<Secret> read_token(const TokenSource& source);

/// A sentence where the token's file may be read by more than its owner and group.
std::optional<std::string> token_mode_warning(const TokenSource& source);

/// What is unwise about how the token is kept, one sentence each: a file that others may read, no
/// memory that can be locked. Empty where all is well or the token cannot be read at all.
std::vector<std::string> token_warnings(const TokenSource& source);

/// Before the first token is read: a core is never dumped, and no other process of the same user
/// may look into the memory of this one.
Result<void> harden_process();

}  // namespace rollout
