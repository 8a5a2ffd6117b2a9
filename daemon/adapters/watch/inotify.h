// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace rollout {

/// One event as the kernel tells it (inotify(7)).
struct InotifyEvent {
  int watch = 0;
  std::uint32_t mask = 0;
  std::string name;  ///< Empty where the watched directory itself is meant.
};

/// An inotify descriptor. Errors are errno values.
class Inotify final {
 public:
  Inotify();
  ~Inotify();
  Inotify(Inotify&& other) noexcept;
  Inotify& operator=(Inotify&& other) noexcept;

  /// -1 where there is none.
  int descriptor() const { return descriptor_; }
  /// Why there is none; 0 otherwise.
  int error() const { return error_; }

  /// Watches a directory for everything that changes what is in it. The same directory again gives
  /// the same watch.
  enum class Links { follow, refuse };
  std::expected<int, int> add(const std::string& directory, Links links);
  void remove(int watch);

  /// What is pending, or the first part of it, in order; empty where nothing is. Never blocks.
  std::vector<InotifyEvent> read();

 private:
  int descriptor_ = -1;
  int error_ = 0;
};

}  // namespace rollout
