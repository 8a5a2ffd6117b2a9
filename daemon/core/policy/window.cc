// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::string_view kDigits = "0123456789";

std::unexpected<std::string> wrong(std::string_view text, std::string_view why) {
  return std::unexpected(
      fmt::format("\"{}\" is no window: {}; write for example \"Mon-Thu 09:00-16:00\"", text, why));
}

std::optional<std::size_t> day_of(std::string_view name) {
  const auto found = std::find(kDays.begin(), kDays.end(), name);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDays.begin());
}

/// `09:00`, up to `24:00`.
std::optional<std::chrono::minutes> time_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto number = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  for (const std::size_t at : {0U, 1U, 3U, 4U}) {
    if (!kDigits.contains(text[at])) return std::nullopt;
  }
  const std::chrono::minutes time = std::chrono::hours(number(0)) + std::chrono::minutes(number(3));
  return number(3) < 60 && time <= 24h ? std::optional(time) : std::nullopt;
}

/// `Mon-Thu,Sat`; a range may pass Sunday.
bool add_days(std::string_view list, std::array<bool, 7>& days) {
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string_view range = list.substr(at, end - at);
    const std::size_t dash = range.find('-');
    const auto first = day_of(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_of(range.substr(dash + 1));
    if (!first || !last) return false;
    for (std::size_t day = *first;; day = (day + 1) % 7) {
      days[day] = true;
      if (day == *last) break;
    }
    at = end + 1;
  }
  return true;
}

}  // namespace

std::expected<Window, std::string> Window::parse(std::string_view text) {
  Window window;
  window.text_ = text;
  const std::size_t space = text.find(' ');
  std::string_view hours = text;
  if (space == std::string_view::npos) {
    window.days_.fill(true);
  } else {
    if (!add_days(text.substr(0, space), window.days_)) {
      return wrong(text, "days are Mon, Tue, Wed, Thu, Fri, Sat and Sun");
    }
    hours = text.substr(space + 1);
  }
  const std::size_t dash = std::min(hours.find('-'), hours.size());
  const auto from = time_of(hours.substr(0, dash));
  const auto to = time_of(hours.substr(std::min(dash + 1, hours.size())));
  if (!from || !to || *from == 24h)
    return wrong(text, "hours are 00:00 to 24:00, with a - between");
  if (*from == *to) return wrong(text, "it ends where it begins");
  window.from_ = *from;
  window.to_ = *to;
  return window;
}

bool Window::is_open(Instant instant, const Zone& zone) const {
  const WallTime time = wall_time(instant, zone);
  const bool today = days_[time.weekday];
  if (from_ < to_) return today && time.minute >= from_ && time.minute < to_;
  const bool yesterday = days_[(time.weekday + 6) % 7];
  return (today && time.minute >= from_) || (yesterday && time.minute < to_);
}

std::string format_wall_time(const WallTime& time) {
  return fmt::format("{} {:02}:{:02}", kDays[time.weekday], time.minute / 1h,
                     (time.minute % 1h).count());
}

}  // namespace rollout
