// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <string>

namespace rollout {

/// The address of a socket file.
class UnixAddress final {
 public:
  /// None where the path is empty or too long for the kernel (107 bytes).
  static std::optional<UnixAddress> of(const std::string& path);
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return sizeof address_; }

 private:
  sockaddr_un address_{};
};

}  // namespace rollout
