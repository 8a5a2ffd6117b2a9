// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>

#include <array>
#include <nlohmann/json.hpp>

#include "daemon/adapters/log/line_writer.h"
#include "daemon/adapters/log/output.h"
#include "daemon/codec/json.h"

namespace rollout {
namespace {

constexpr std::array<std::string_view, 8> kNames{"emergency", "alert",  "critical", "error",
                                                 "warning",   "notice", "info",     "debug"};

std::string_view name_of(int priority) {
  return kNames.at(static_cast<std::size_t>(priority));
}

spdlog::level::level_enum level_of(int priority) {
  if (priority <= 2) return spdlog::level::critical;
  if (priority == 3) return spdlog::level::err;
  if (priority == 4) return spdlog::level::warn;
  return priority == 7 ? spdlog::level::debug : spdlog::level::info;
}

std::string_view escape_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical:
    case spdlog::level::err:
      return "\x1b[1;31m";
    case spdlog::level::warn:
      return "\x1b[33m";
    case spdlog::level::debug:
      return "\x1b[2m";
    default:
      return "\x1b[32m";
  }
}

/// Tags and paths come from elsewhere: none of them may steer the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are controls too, and begin with C2 in UTF-8.
    const bool c1 =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F || c1) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += text[i];
    }
  }
  return out;
}

class TerminalOutput final : public LogOutput {
 public:
  TerminalOutput(int fd, Colour colour)
      : writer_(fd),
        colour_(colour),
        // The level's name stands in the text, as spdlog has none for `notice`.
        formatter_("%H:%M:%S %v", spdlog::pattern_time_type::local) {}

  bool put(const EventRecord& record, Instant at) override {
    const auto level = level_of(record.priority);
    std::string name = fmt::format("{:<8}", name_of(record.priority));
    if (colour_ == Colour::yes) name = fmt::format("{}{}\x1b[0m", escape_of(level), name);
    std::string text = fmt::format("{} {:<20} {}", name, record.name, printable(record.message));
    for (const auto& [field, value] : record.fields) {
      if (field == "SUPPRESSED" || field == "DROPPED") {
        text += fmt::format(" [{} {}]", value, field == "DROPPED" ? "lines lost" : "more of these");
      }
    }
    spdlog::memory_buf_t line;
    formatter_.format(
        spdlog::details::log_msg(std::chrono::time_point_cast<spdlog::log_clock::duration>(at), {},
                                 "rolloutd", level, text),
        line);
    return writer_.write({line.data(), line.size()});
  }

 private:
  LineWriter writer_;
  Colour colour_;
  spdlog::pattern_formatter formatter_;
};

class JsonOutput final : public LogOutput {
 public:
  explicit JsonOutput(int fd) : writer_(fd) {}

  bool put(const EventRecord& record, Instant at) override {
    std::string time = format_rfc3339(at);
    if (!time.contains('.')) time.replace(time.size() - 1, 1, ".000Z");
    Json line = {
        {"time", time},         {"level", name_of(record.priority)}, {"priority", record.priority},
        {"event", record.name}, {"message_id", record.message_id},   {"message", record.message}};
    for (const auto& [field, value] : record.fields) {
      std::string key(field);
      for (char& c : key) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      line[key] = value;
    }
    return writer_.write(dump_json(line) + "\n");
  }

 private:
  LineWriter writer_;
};

}  // namespace

std::unique_ptr<LogOutput> make_terminal_output(int fd, Colour colour) {
  return std::make_unique<TerminalOutput>(fd, colour);
}

std::unique_ptr<LogOutput> make_json_output(int fd) {
  return std::make_unique<JsonOutput>(fd);
}

}  // namespace rollout
