// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/watch/sentry.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr unsigned kLongestRetry = 16;  ///< Periods.
constexpr std::size_t kNamedProblems = 3;

/// Empties the counter of an eventfd or timerfd.
void drain(int descriptor) {
  std::uint64_t count = 0;
  static_cast<void>(::read(descriptor, &count, sizeof(count)) + 0);
}

}  // namespace

Sentry::Sentry(TriggerSink& triggers, EventSink& events, Millis period)
    : triggers_(triggers),
      events_(events),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  ENSURE(wake_ >= 0 && timer_ >= 0, "the sentry needs two descriptors");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(period);
  const timespec time{seconds.count(), std::chrono::nanoseconds(period - seconds).count()};
  const itimerspec timer{time, time};
  ENSURE(::timerfd_settime(timer_, 0, &timer, nullptr) == 0, "a timer must take its period");
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Sentry::~Sentry() {
  thread_.request_stop();
  wake();
  thread_.join();
  ::close(wake_);
  ::close(timer_);
}

void Sentry::reconfigure(std::vector<WatchedRoot> roots) {
  {
    const std::scoped_lock lock(mutex_);
    wanted_ = std::move(roots);
  }
  wake();
}

void Sentry::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    take_configuration();
    std::array<pollfd, 3> waiting{pollfd{wake_, POLLIN, 0}, pollfd{timer_, POLLIN, 0},
                                  pollfd{watches_.descriptor(), POLLIN, 0}};  // -1 is skipped.
    if (::poll(waiting.data(), waiting.size(), -1) < 0) {
      ENSURE(errno == EINTR || errno == ENOMEM, "polling own descriptors cannot fail");
      continue;
    }
    if (waiting[0].revents != 0) drain(wake_);
    if (waiting[2].revents != 0) on_events();
    if (waiting[1].revents != 0) {
      drain(timer_);
      on_period();
    }
  }
}

void Sentry::take_configuration() {
  std::optional<std::vector<WatchedRoot>> wanted;
  {
    const std::scoped_lock lock(mutex_);
    wanted.swap(wanted_);
  }
  if (!wanted) return;
  WatchSet::News all;
  for (const WatchedRoot& root : *wanted) all.touched.insert(root.worker);
  watches_ = WatchSet(std::move(*wanted));
  watches_.arm_all();
  wait_periods_ = periods_to_retry_ = 1;
  tell_problems();
  mark(all);
}

void Sentry::on_events() {
  const auto news = watches_.read();
  if (news.lost) {
    watches_.arm_all();
    Event overflow;
    overflow.body = WatchOverflow{};
    events_.emit(overflow);
    tell_problems();
    triggers_.mark_all();
    return;
  }
  tell_problems();
  mark(news);
}

void Sentry::on_period() {
  WatchSet::News news = watches_.verify();
  if (!watches_.problems().empty() && --periods_to_retry_ == 0) {
    news.touched.merge(watches_.retry().touched);
    wait_periods_ = watches_.problems().empty() ? 1 : std::min(wait_periods_ * 2, kLongestRetry);
    periods_to_retry_ = wait_periods_;
  }
  tell_problems();
  mark(news);
}

void Sentry::mark(const WatchSet::News& news) {
  for (const WorkerId& worker : news.touched) triggers_.mark(worker);
}

void Sentry::tell_problems() {
  std::string text;
  std::size_t named = 0;
  for (const auto& [worker, problem] : watches_.problems()) {
    if (++named > kNamedProblems) break;
    text += fmt::format("{}{}: {}", text.empty() ? "" : ". ", worker.text(), problem);
  }
  const std::size_t all = watches_.problems().size();
  if (all > kNamedProblems) text += fmt::format(". And {} more", all - kNamedProblems);
  if (text == told_) return;
  told_ = text;
  Event event;
  if (text.empty()) {
    event.body = WatchRecovered{};
  } else {
    event.body = WatchDegraded{.workers = all, .detail = std::move(text)};
  }
  events_.emit(event);
}

void Sentry::wake() const {
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_, &one, sizeof(one)) + 0);
}

}  // namespace rollout
