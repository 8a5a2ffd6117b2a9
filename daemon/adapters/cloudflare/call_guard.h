// SPDX-License-Identifier: Apache-2.0
// Ends calls that take too long, are asked to end, or send headers without end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "daemon/ports/clock.h"

namespace rollout {

/// Watches one call at a time from a thread of its own; a blocked read knows no total deadline.
///
/// Usual flow: `begin`, `adopt` with each socket that the call opens, `body_begins` before the
/// first byte of a body, `headers_done`, `end`. It works on a duplicate of the socket, which it
/// shuts down: that ends connecting, the TLS handshake, reads and writes alike, and can never hit
/// a descriptor that was closed and given to somebody else meanwhile.
class CallGuard {
 public:
  explicit CallGuard(Clock& clock);
  ~CallGuard();

  enum class Cut { none, deadline, cancelled, headers_too_large };

  /// What `cancel` does to a call.
  enum class Cancelling {
    at_once,           ///< A read.
    after_grace,       ///< A delete: it may finish within `kGrace`.
    until_body_begins  ///< Afterwards it may have an effect and goes on to its deadline.
  };

  void begin(Tick deadline, Cancelling cancelling);
  /// False where the call is over already: the socket must not be connected.
  bool adopt(int socket);
  /// False where the call is over already: nothing of the body must be sent.
  bool body_begins();
  void headers_done();
  Cut end();
  /// The connection was closed: forgets its socket.
  void drop();

  /// From any thread.
  void cancel();
  std::optional<Tick> deadline() const;

  static constexpr Millis kGrace{500};
  /// More than any answer's headers and the certificates of its handshake take.
  static constexpr std::uint64_t kHeaderBytes = 256 * 1024;

 private:
  void watch();
  void look();
  std::uint64_t consumed() const;
  void close_socket();

  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool active_ = false;
  bool over_ = false;  // This object's life.
  bool body_begun_ = false;
  bool headers_done_ = false;
  Cancelling cancelling_ = Cancelling::at_once;
  Tick deadline_{};
  Cut cut_ = Cut::none;
  int socket_ = -1;
  std::uint64_t consumed_before_ = 0;  // By earlier calls over the same connection.
  std::thread thread_;                 // Last: it uses all of the above.
};

}  // namespace rollout
