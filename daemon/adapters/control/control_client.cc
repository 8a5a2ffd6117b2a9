// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/control/control_client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "daemon/adapters/control/line_channel.h"
#include "daemon/adapters/control/unix_address.h"

namespace rollout {
namespace {

constexpr int kNoBell = -1;

std::unexpected<Failure> failed(FailureKind kind, std::string detail) {
  Failure failure;
  failure.kind = kind;
  failure.during = "ask the daemon";
  failure.detail = std::move(detail);
  return std::unexpected(std::move(failure));
}

class Socket final {
 public:
  Socket() : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Failure> not_connected(const std::string& path, int error) {
  const std::string reason = std::generic_category().message(error);
  switch (error) {
    case ENOENT:
    case ECONNREFUSED:
      return failed(FailureKind::not_found,
                    fmt::format("no daemon answers at {}; start it (systemctl start rolloutd), or "
                                "name its socket (--socket)",
                                path));
    case EACCES:
    case EPERM:
      return failed(FailureKind::refused,
                    fmt::format("{}: {}; operators belong to the group rolloutd", path, reason));
    case EAGAIN:
      return failed(FailureKind::transient, fmt::format("{}: the daemon is busy", path));
    default:
      return failed(FailureKind::local, fmt::format("{}: {}", path, reason));
  }
}

}  // namespace

Result<Json> ask_daemon(const std::string& socket_path, const Json& request, Millis limit,
                        Clock& clock) {
  const auto address = UnixAddress::of(socket_path);
  if (!address) {
    return failed(FailureKind::invalid, fmt::format("`{}` is no path of a socket", socket_path));
  }
  const Socket socket;
  if (socket.get() < 0 || connect(socket.get(), address->get(), address->size()) != 0) {
    return not_connected(socket_path, errno);
  }
  LineChannel channel(socket.get(), kNoBell, kLongestAnswer, clock);
  std::optional<std::string> line;
  if (channel.write(dump_json(request), limit)) line = channel.read(limit);
  if (!line) {
    return failed(channel.too_long() ? FailureKind::invalid : FailureKind::transient,
                  channel.too_long() ? "the answer is too long"
                  : channel.timed_out()
                      ? fmt::format("no answer within {}; the request may still be carried out",
                                    for_people(limit))
                      : std::string("the daemon hung up; the request may have been carried out"));
  }
  auto answer = parse_json(*line);
  if (!answer) return failed(FailureKind::invalid, "the answer is no JSON: " + answer.error());
  if (!integer_member(*answer, "exit").value_or(std::nullopt)) {
    return failed(FailureKind::invalid, "the answer has no `exit`");
  }
  return std::move(*answer);
}

}  // namespace rollout
