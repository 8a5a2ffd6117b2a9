// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/system/trigger_queue.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr int kUnavailable = 69;

void turn_away(Request& request) {
  request.answer({.exit = kUnavailable, .body = Done{"rolloutd is stopping"}});
}

void set_timer(int timer, Tick deadline) {
  // A time of 0 would disarm the timer; 1 ns after the boot is as long past.
  const auto since_boot = std::max(deadline.time_since_epoch(), Millis(0));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
  itimerspec spec{};
  spec.it_value.tv_sec = seconds.count();
  spec.it_value.tv_nsec = std::max<long>(1, std::chrono::nanoseconds(since_boot - seconds).count());
  ENSURE(timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, nullptr) == 0, "a timer can be set");
}

}  // namespace

TriggerQueue::TriggerQueue()
    : bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      timer_(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {
  ENSURE(bell_ >= 0 && timer_ >= 0, "a lane needs two descriptors to wait on");
}

TriggerQueue::~TriggerQueue() {
  for (Request& request : pending_.requests) turn_away(request);
  close(bell_);
  close(timer_);
}

void TriggerQueue::ring() {
  constexpr std::uint64_t kOne = 1;
  ENSURE(write(bell_, &kOne, sizeof kOne) == sizeof kOne, "the bell rings");
}

Wake TriggerQueue::wait_until(Tick deadline) {
  set_timer(timer_, deadline);
  std::array<pollfd, 2> waits{pollfd{bell_, POLLIN, 0}, pollfd{timer_, POLLIN, 0}};
  int ready = 0;
  do {
    ready = poll(waits.data(), waits.size(), -1);
  } while (ready < 0 && errno == EINTR);
  ENSURE(ready > 0, "a lane can wait");

  const std::lock_guard lock(mutex_);
  Wake wake = std::exchange(pending_, {});
  // These two are states: they outlive the wake that tells them first.
  pending_.stop = wake.stop;
  pending_.configuration_broken = wake.configuration_broken;
  if (!wake.stop) {
    // A stop leaves the bell ringing for ever; all else is taken with this wake.
    std::uint64_t rings = 0;
    ENSURE(read(bell_, &rings, sizeof rings) == sizeof rings || errno == EAGAIN, "the bell rests");
  }
  return wake;
}

bool TriggerQueue::stopping() {
  const std::lock_guard lock(mutex_);
  return pending_.stop;
}

bool TriggerQueue::word_waits() {
  const std::lock_guard lock(mutex_);
  return pending_.config || pending_.configuration_broken || !pending_.requests.empty();
}

bool TriggerQueue::work_waits() {
  const std::lock_guard lock(mutex_);
  return pending_.config || !pending_.requests.empty();
}

void TriggerQueue::mark(const WorkerId& worker) {
  const std::lock_guard lock(mutex_);
  pending_.dirty.insert(worker);
  ring();
}

void TriggerQueue::mark_all() {
  const std::lock_guard lock(mutex_);
  pending_.all_dirty = true;
  ring();
}

void TriggerQueue::publish(std::shared_ptr<const Config> config) {
  const std::lock_guard lock(mutex_);
  pending_.config = std::move(config);
  pending_.configuration_broken = false;
  ring();
}

void TriggerQueue::reload_failed() {
  const std::lock_guard lock(mutex_);
  pending_.configuration_broken = true;
  ring();
}

void TriggerQueue::request(Request request) {
  {
    const std::lock_guard lock(mutex_);
    if (!pending_.stop) {
      pending_.requests.push_back(std::move(request));
      ring();
      return;
    }
  }
  turn_away(request);  // Outside the lock: an answer may do anything.
}

void TriggerQueue::stop() {
  const std::lock_guard lock(mutex_);
  pending_.stop = true;
  ring();
}

}  // namespace rollout
