// SPDX-License-Identifier: Apache-2.0
// Where a record of the log goes in the end.
#pragma once

#include <memory>
#include <string>

#include "daemon/core/model/instant.h"
#include "daemon/core/plan/event.h"

namespace rollout {

class LogOutput {
 public:
  virtual ~LogOutput() = default;
  /// False where it could not be written at once; it is lost then. One thread at a time.
  virtual bool put(const EventRecord& record, Instant at) = 0;
};

/// journald's native protocol: one datagram a record, every field a field of the journal. A
/// journald that does not read is not waited for. Source: systemd.io/JOURNAL_NATIVE_PROTOCOL.
std::unique_ptr<LogOutput> make_journal_output(const std::string& socket_path);

enum class Colour { no, yes };
/// `12:04:10 warning api.throttled       account main: ...`, one line a record.
std::unique_ptr<LogOutput> make_terminal_output(int fd, Colour colour);

/// One JSON object a line, with the time in RFC 3339, UTC, milliseconds.
std::unique_ptr<LogOutput> make_json_output(int fd);

}  // namespace rollout
