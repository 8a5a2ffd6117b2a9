// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/adapters/cloudflare/request_body.h"

namespace rollout {

/// Gathers small pieces of a body, so that they do not cost a packet each. `sink` must outlive it.
class Gatherer {
 public:
  explicit Gatherer(const BodySink& sink) : sink_(sink) { buffer_.reserve(kPiece); }

  std::string& buffer() { return buffer_; }
  /// False where nothing more can be taken.
  bool flush_when_full() { return buffer_.size() < kPiece || flush(); }
  bool flush() {
    open_ = open_ && sink_(buffer_);
    buffer_.clear();
    return open_;
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{64} * 1024;

  const BodySink& sink_;
  std::string buffer_;
  bool open_ = true;
};

/// Adds the base64 of a module's bytes. False where nothing more can be taken; `invalid` where the
/// module cannot be read as it was hashed.
Result<bool> gather_base64(const Module& module, ModuleContents& contents, Gatherer& out);

}  // namespace rollout
