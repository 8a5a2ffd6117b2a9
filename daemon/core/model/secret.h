// SPDX-License-Identifier: Apache-2.0
// A token in memory. It has no formatter, comparison or stream, so it cannot reach a log by
// mistake.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace rollout {

/// Wiped when it goes. Whoever must show a text that could hold it redacts by value first.
class Secret {
 public:
  explicit Secret(std::string value) : value_(std::move(value)) {}
  ~Secret() { wipe(); }
  Secret(Secret&& other) noexcept : value_(std::exchange(other.value_, {})) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      value_ = std::exchange(other.value_, {});
      other.wipe();
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  /// The only way to the value; every call is a place to review.
  const std::string& reveal() const { return value_; }

 private:
  void wipe() {
    volatile char* bytes = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) bytes[i] = 0;
    value_.clear();
  }
  std::string value_;
};

}  // namespace rollout
