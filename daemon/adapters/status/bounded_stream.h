// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <atomic>

#include "daemon/ports/clock.h"

namespace rollout {

/// One request's connection with the limits that cpp-httplib 0.11 lacks: on all bytes that are
/// read, on the time of the whole exchange, and an end when the server stops.
class BoundedStream final : public httplib::Stream {
 public:
  BoundedStream(int fd, Tick deadline, Clock& clock, const std::atomic<bool>& stopping)
      : fd_(fd), deadline_(deadline), clock_(clock), stopping_(stopping) {}

  bool is_readable() const override { return wait_for(kReadable); }
  bool is_writable() const override { return wait_for(kWritable); }
  ssize_t read(char* bytes, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return fd_; }

 private:
  static const short kReadable;
  static const short kWritable;
  bool wait_for(short what) const;

  int fd_;
  Tick deadline_;
  Clock& clock_;
  const std::atomic<bool>& stopping_;
  std::size_t taken_ = 0;
};

}  // namespace rollout
