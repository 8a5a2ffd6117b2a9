// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/control/control_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "daemon/adapters/control/line_channel.h"
#include "daemon/adapters/control/unix_address.h"
#include "daemon/core/model/ensure.h"
#include "daemon/core/model/exit_codes.h"

namespace rollout {
namespace {

constexpr mode_t kMode = 0660;
constexpr std::size_t kMostClients = 8;
constexpr int kBacklog = 16;
constexpr int kPause = 100;  // Milliseconds.
/// A client has this long to say its line, and to take the answer.
constexpr Millis kPatience{10'000};

std::unexpected<Failure> failed(const std::string& path, std::string detail) {
  Failure failure;
  failure.kind = FailureKind::local;
  failure.during = fmt::format("listen on `service.socket` {}", path);
  failure.detail = std::move(detail);
  return std::unexpected(std::move(failure));
}

/// Why binding or listening failed, and what to do.
std::string reason(int error) {
  std::string why = std::generic_category().message(error);
  if (error == ENOENT)
    return why + "; create its directory, or let systemd do it (RuntimeDirectory=)";
  if (error == EACCES || error == EPERM || error == EROFS)
    return why + "; let the daemon's user write to its directory";
  return why;
}

Json error(int exit, std::string_view code, std::string_view message) {
  return {{"exit", exit}, {"errors", Json::array({{{"code", code}, {"message", message}}})}};
}

/// A socket file that nobody answers at is what a killed process left.
Result<void> clear_the_way(const std::string& path, const UnixAddress& address) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode))
    return failed(path, "it exists and is no socket; remove it, or name another path");
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool refused = connect(probe, address.get(), address.size()) != 0 && errno == ECONNREFUSED;
  close(probe);
  if (!refused) return failed(path, "another process answers there; stop it, or name another path");
  if (unlink(path.c_str()) != 0) return failed(path, reason(errno));
  return {};
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::start(ControlServing serving) {
  const std::string path = serving.path;
  const auto address = UnixAddress::of(path);
  if (!address)
    return failed(path, "the path is longer than a socket's may be; name a shorter one");
  TRY(clear_the_way(path, *address));
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // The mode is set between bind and listen: nobody can connect before it is right.
  if (listener < 0 || bind(listener, address->get(), address->size()) != 0 ||
      chmod(path.c_str(), kMode) != 0 || listen(listener, kBacklog) != 0) {
    const std::string why = reason(errno);
    if (listener >= 0) close(listener);
    return failed(path, why);
  }
  const int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  ENSURE(bell >= 0, "the control socket needs a descriptor to stop by");
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(serving), listener, bell));
}

ControlServer::ControlServer(ControlServing serving, int listener, int bell)
    : serving_(std::move(serving)),
      listener_(listener),
      bell_(bell),
      thread_([this] { accept_all(); }) {}

ControlServer::~ControlServer() {
  unlink(serving_.path.c_str());
  constexpr std::uint64_t kOne = 1;
  ENSURE(write(bell_, &kOne, sizeof kOne) == sizeof kOne, "the bell rings");
  thread_.join();
  clients_.clear();  // Joins.
  close(listener_);
  close(bell_);
}

void ControlServer::accept_all() {
  for (;;) {
    std::array<pollfd, 2> waits{pollfd{bell_, POLLIN, 0}, pollfd{listener_, POLLIN, 0}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[0].revents != 0) return;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      take(fd);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
      // The client stays in the queue, so without a pause this would spin.
      poll(waits.data(), 1, kPause);
    }
  }
}

void ControlServer::take(int fd) {
  forget_finished();
  const std::lock_guard lock(mutex_);
  if (clients_.size() >= kMostClients) {
    turn_away(fd);
    return;
  }
  Client& client = clients_.emplace_back();
  client.fd = fd;
  try {
    client.thread = std::jthread([this, &client] {
      serve(client.fd);
      close(client.fd);
      const std::lock_guard done(mutex_);
      client.done = true;
    });
  } catch (const std::system_error&) {  // The system gives no more threads.
    clients_.pop_back();
    turn_away(fd);
  }
}

void ControlServer::turn_away(int fd) {
  LineChannel(fd, bell_, kLongestRequest, serving_.clock)
      .write(dump_json(error(kExitRateLimited, "Busy", "too many clients; try again")), kPatience);
  close(fd);
}

void ControlServer::forget_finished() {
  std::list<Client> finished;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = clients_.begin(); it != clients_.end();) {
      const auto next = std::next(it);
      if (it->done) finished.splice(finished.end(), clients_, it);
      it = next;
    }
  }
  // Joined without the lock.
}

void ControlServer::serve(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
  const std::string actor = serving_.user_name(peer.uid);
  LineChannel channel(fd, bell_, kLongestRequest, serving_.clock);
  while (const auto line = channel.read(kPatience)) {
    const Json reply = answer(*line, actor);
    if (!channel.write(serving_.redactor.redact(dump_json(reply)), kPatience)) return;
  }
  if (channel.too_long()) {
    channel.write(dump_json(error(kExitUsage, "TooLong", "the request is too long")), kPatience);
  }
}

Json ControlServer::answer(const std::string& line, const std::string& actor) {
  const auto request = parse_json(line);
  if (!request) return error(kExitUsage, "BadRequest", "no request: " + request.error());
  if (!request->is_object()) return error(kExitUsage, "BadRequest", "a request is an object");
  return serving_.handle(*request, actor);
}

}  // namespace rollout
