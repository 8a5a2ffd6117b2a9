// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

#include "daemon/adapters/log/output.h"

namespace rollout {
namespace {

/// A datagram holds all fields, so none may be without bound.
constexpr std::size_t kLongest = std::size_t{16} * 1024;

void add(std::string& datagram, std::string_view name, std::string_view value) {
  value = value.substr(0, kLongest);
  datagram += name;
  if (!value.contains('\n')) {
    datagram.append("=").append(value);
  } else {
    // What has lines of its own goes with its length, 64 bits little-endian.
    datagram += '\n';
    for (std::size_t byte = 0; byte < 8; ++byte) {
      datagram += static_cast<char>((value.size() >> (8 * byte)) & 0xFF);
    }
    datagram += value;
  }
  datagram += '\n';
}

// Not sd_journal_sendv(): it waits where journald has stopped reading, and a lane would stand
// still.
class JournalOutput final : public LogOutput {
 public:
  explicit JournalOutput(const std::string& path)
      : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    address_.sun_family = AF_UNIX;
    path.copy(address_.sun_path, sizeof address_.sun_path - 1);
    constexpr int kRoom = 1024 * 1024;
    setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &kRoom, sizeof kRoom);
  }
  ~JournalOutput() override { close(fd_); }
  JournalOutput(const JournalOutput&) = delete;
  JournalOutput& operator=(const JournalOutput&) = delete;

  bool put(const EventRecord& record, Instant /*at*/) override {
    std::string datagram;
    add(datagram, "MESSAGE", record.message);
    add(datagram, "MESSAGE_ID", record.message_id);
    add(datagram, "PRIORITY", std::to_string(record.priority));
    add(datagram, "SYSLOG_IDENTIFIER", "rolloutd");
    add(datagram, "ROLLOUTD_EVENT", record.name);
    for (const auto& [name, value] : record.fields) {
      add(datagram, "ROLLOUTD_" + std::string(name), value);
    }
    // Not connected: journald may be restarted between two records.
    const ssize_t sent = sendto(fd_, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    return sent >= 0;
  }

 private:
  int fd_;
  sockaddr_un address_{};
};

}  // namespace

std::unique_ptr<LogOutput> make_journal_output(const std::string& socket_path) {
  return std::make_unique<JournalOutput>(socket_path);
}

}  // namespace rollout
