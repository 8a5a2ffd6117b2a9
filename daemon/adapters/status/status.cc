// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/status/status.h"

#include <fmt/format.h>

namespace rollout {

std::string headline(const Status& status) {
  if (status.workers.empty()) return "no workers configured";
  std::size_t stalled = 0;
  std::string name;
  std::string awaiting;
  for (const auto& [key, worker] : status.workers) {
    if (worker.awaited_since) {
      awaiting +=
          fmt::format("; plan {} of {} awaits approval", worker.pass->awaits, key.second.text());
    }
    if (!worker.pass || worker.pass->condition != "Stalled") continue;
    ++stalled;
    if (name.empty()) name = key.second.text();
  }
  std::string text =
      fmt::format("{} worker{}, {} stalled{}; {} mode; config gen {}", status.workers.size(),
                  status.workers.size() == 1 ? "" : "s", stalled,
                  stalled == 0   ? ""
                  : stalled == 1 ? fmt::format(" ({})", name)
                                 : fmt::format(" ({}, ...)", name),
                  status.mode == Mode::observe ? "observe" : "enforce", status.generation);
  text += awaiting;
  for (const auto& [account, state] : status.accounts) {
    if (state.throttled_until) {
      text += fmt::format("; {} throttled until {}", account.text(),
                          format_rfc3339(*state.throttled_until));
    }
    if (state.refused_at) text += fmt::format("; token of {} refused", account.text());
    if (state.unavailable_since) {
      text += fmt::format("; {}: Cloudflare unreachable since {}", account.text(),
                          format_rfc3339(*state.unavailable_since));
    }
  }
  if (status.watch_problem) {
    text += fmt::format("; builds of {} worker{} polled, not watched", status.polled_workers,
                        status.polled_workers == 1 ? "" : "s");
  }
  if (status.reload_problem) text += "; " + status.reload_problem->message;
  return text;
}

}  // namespace rollout
