// SPDX-License-Identifier: Apache-2.0
// SHA-256 over OpenSSL.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "daemon/core/model/ids.h"

namespace rollout {

/// Hashes bytes as they pass.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void add(std::span<const std::byte> bytes);
  /// The hash of all that was added. The object is spent.
  Sha256 finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Sha256 sha256(std::string_view text);

}  // namespace rollout
