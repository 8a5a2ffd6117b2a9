// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/log/log_sink.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <string_view>

#include "daemon/adapters/log/repeats.h"
#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

int highest_priority(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::quiet:
      return 4;
    case Verbosity::normal:
      return 6;
    case Verbosity::verbose:
      return 7;
  }
  ensure_failed("an unknown verbosity", std::source_location::current());
}

class LogSink final : public EventSink {
 public:
  LogSink(std::unique_ptr<LogOutput> output, Verbosity verbosity, Clock& clock,
          const Redactor& redactor)
      : output_(std::move(output)),
        highest_(highest_priority(verbosity)),
        clock_(clock),
        redactor_(redactor) {}

  void emit(const Event& event) override {
    EventRecord record = describe(event);
    const std::lock_guard lock(mutex_);
    // Counted before the filter: what is too quiet to be told may still end a trouble.
    const auto suppressed = repeats_.count(record);
    if (!suppressed || record.priority > highest_) return;
    if (*suppressed > 0) record.fields.emplace_back("SUPPRESSED", std::to_string(*suppressed));
    if (dropped_ > 0) record.fields.emplace_back("DROPPED", std::to_string(dropped_));
    record.message = redactor_.redact(std::move(record.message));
    for (auto& [name, value] : record.fields) value = redactor_.redact(std::move(value));
    dropped_ = output_->put(record, clock_.now()) ? 0 : dropped_ + 1;
  }

 private:
  std::unique_ptr<LogOutput> output_;
  int highest_;
  Clock& clock_;
  const Redactor& redactor_;
  std::mutex mutex_;
  Repeats repeats_;
  std::uint64_t dropped_ = 0;
};

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool leads_to_the_journal(int fd) {
  struct stat status{};
  return fstat(fd, &status) == 0 &&
         environment("JOURNAL_STREAM") == fmt::format("{}:{}", status.st_dev, status.st_ino);
}

}  // namespace

std::unique_ptr<LogOutput> output_for(int fd) {
  if (leads_to_the_journal(fd)) return make_journal_output("/run/systemd/journal/socket");
  if (isatty(fd) == 0) return make_json_output(fd);
  const bool plain = !environment("NO_COLOR").empty() || environment("TERM") == "dumb";
  return make_terminal_output(fd, plain ? Colour::no : Colour::yes);
}

std::unique_ptr<EventSink> make_log_sink(std::unique_ptr<LogOutput> output, Verbosity verbosity,
                                         Clock& clock, const Redactor& redactor) {
  return std::make_unique<LogSink>(std::move(output), verbosity, clock, redactor);
}

}  // namespace rollout
