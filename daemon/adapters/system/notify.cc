// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/system/notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <ctime>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr int kKeepEnvironment = 0;

/// A lost message is not worth a failure: systemd notices by its own time-outs.
void send(const std::string& state) {
  sd_notify(kKeepEnvironment, state.c_str());
}

/// The protocol is made of lines: a status must be one.
std::string status_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "STATUS=" + text;
}

/// systemd matches a reload to its own clock, which is this one and not CLOCK_BOOTTIME.
std::int64_t monotonic_microseconds() {
  timespec time{};
  ENSURE(clock_gettime(CLOCK_MONOTONIC, &time) == 0, "the kernel has this clock");
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}

}  // namespace

void Notify::ready(const std::string& status) {
  send("READY=1\n" + status_line(status));
}

void Notify::reloading() {
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds()));
}

void Notify::stopping(const std::string& status) {
  send("STOPPING=1\n" + status_line(status));
}

void Notify::status(const std::string& text) {
  send(status_line(text));
}

void Notify::watchdog() {
  send("WATCHDOG=1");
}

void Notify::extend_timeout(Millis more) {
  send(fmt::format("EXTEND_TIMEOUT_USEC={}", std::chrono::microseconds(more).count()));
}

std::optional<Millis> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(kKeepEnvironment, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<Millis>(
      std::chrono::microseconds(static_cast<std::int64_t>(microseconds)));
}

}  // namespace rollout
