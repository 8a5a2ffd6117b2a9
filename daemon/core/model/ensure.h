// SPDX-License-Identifier: Apache-2.0
// A broken invariant ends the process: systemd restarts it, and a restart is a normal event.
#pragma once

#include <source_location>
#include <string_view>

namespace rollout {

[[noreturn]] void ensure_failed(std::string_view what, std::source_location where);

}  // namespace rollout

/// On in release builds too.
#define ENSURE(condition, what) \
  ((condition) ? void() : ::rollout::ensure_failed((what), std::source_location::current()))
