// SPDX-License-Identifier: Apache-2.0
// The daemon's life: start, a loop over signals, stop.
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <future>
#include <memory>
#include <optional>
#include <system_error>

#include "daemon/adapters/system/credentials.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "daemon/app/assemble.h"
#include "daemon/app/program.h"
#include "daemon/core/model/exit_codes.h"

namespace rollout {
namespace {

/// How often the loop looks up without a signal.
constexpr Millis kBeat = std::chrono::seconds(1);
/// While stopping.
constexpr Millis kFastBeat = std::chrono::milliseconds(20);
/// What a lane that sends nothing has to come to its end; then it is abandoned, as a crash would.
constexpr Millis kGoodbye = std::chrono::milliseconds(800);
/// After the deadline of a write, for its outcome to be written down.
constexpr Millis kAftermath = std::chrono::seconds(5);

/// SIGTERM, SIGINT and SIGHUP, taken by one thread and by no other.
class Signals final {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }

  /// The next signal; none once `limit` has passed.
  std::optional<int> next(Millis limit) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
    const timespec time{.tv_sec = seconds.count(),
                        .tv_nsec = std::chrono::nanoseconds(limit - seconds).count()};
    const int signal = sigtimedwait(&set_, nullptr, &time);
    return signal > 0 ? std::optional(signal) : std::nullopt;
  }

 private:
  sigset_t set_{};
};

/// What systemd is told between two signals.
class Pulse final {
 public:
  explicit Pulse(Assembly& assembly) : assembly_(assembly), watchdog_(watchdog_interval()) {}

  Millis beat() const { return watchdog_ ? std::min(kBeat, *watchdog_ / 3) : kBeat; }

  void turn() {
    if (watchdog_ && assembly_.alive()) assembly_.notify().watchdog();
    std::string headline = assembly_.headline();
    if (headline == told_) return;
    assembly_.notify().status(headline);
    told_ = std::move(headline);
  }

 private:
  Assembly& assembly_;
  std::optional<Millis> watchdog_;
  std::string told_;
};

/// Returns when it is asked to stop.
void serve(Assembly& assembly, const Signals& signals) {
  Pulse pulse(assembly);
  for (;;) {
    const auto signal = signals.next(pulse.beat());
    if (signal == SIGHUP) assembly.reload();
    if (signal == SIGTERM || signal == SIGINT) return;
    pulse.turn();
  }
}

/// What is left of the time for the stop once every lane has ended; none where somebody or the time
/// is out of patience.
std::optional<Millis> wind_down(Assembly& assembly, const Signals& signals) {
  Clock& clock = assembly.clock();
  assembly.notify().stopping("stopping");
  assembly.stop();
  Tick until = clock.tick() + kGoodbye;
  Tick announced = until;
  while (!assembly.done()) {
    if (const auto write = assembly.write_until()) until = std::max(until, *write + kAftermath);
    if (until > announced) {
      announced = until;
      assembly.notify().extend_timeout(until - clock.tick() + kAftermath);
      assembly.notify().status("stopping: waiting for the answer to a write that was sent");
    }
    if (clock.tick() >= until) return std::nullopt;
    const auto signal = signals.next(kFastBeat);
    if (signal == SIGTERM || signal == SIGINT) return std::nullopt;
  }
  return until - clock.tick();
}

/// Ends the process where that takes longer: the sentry may be in a call to a file server that
/// never answers. Every event was written when it was told.
void take_apart(std::unique_ptr<Assembly> assembly, Millis limit) {
  try {
    const auto apart = std::async(std::launch::async, [&assembly] { assembly.reset(); });
    if (apart.wait_for(limit) != std::future_status::ready) std::_Exit(kExitOk);
  } catch (const std::system_error&) {
    std::_Exit(kExitOk);  // So many calls hang that no thread is to be had.
  }
}

}  // namespace

int run_rolloutd(const std::vector<std::string>& arguments, Console& console) {
  auto options = parse_rolloutd(arguments);
  if (!options) return show(options.error(), console);
  const Signals signals;
  if (const auto hardened = harden_process(); !hardened) {
    console.error(hardened.error().sentence());
    return kExitFailed;
  }
  auto source = std::make_unique<YamlPolicySource>(options->config);
  auto config = source->load();
  if (!config) {
    console.errors(config.error());
    return kExitConfig;
  }
  auto assembly = Assembly::build(*options, *std::move(config), std::move(source));
  if (!assembly) {
    console.error(assembly.error().sentence);
    return assembly.error().exit;
  }
  (*assembly)->start();
  (*assembly)->notify().ready((*assembly)->headline());
  serve(**assembly, signals);
  const auto left = wind_down(**assembly, signals);
  // What is in flight is recorded or was never sent; a stuck lane must not hold up the stop.
  if (!left) std::_Exit(kExitOk);
  take_apart(*std::move(assembly), *left);
  return kExitOk;
}

}  // namespace rollout
