// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/redactor.h"

#include <algorithm>

#include "daemon/core/model/ensure.h"

namespace rollout {

void Redactor::add(const Secret& secret) {
  ENSURE(!secret.reveal().empty(), "an empty secret is no secret");
  const std::lock_guard lock(mutex_);
  const bool known = std::ranges::any_of(
      secrets_, [&](const Secret& other) { return other.reveal() == secret.reveal(); });
  if (known) return;
  secrets_.emplace_back(secret.reveal());
  // One may be a part of another: the longer one must go first, or its rest would stay.
  std::ranges::sort(secrets_, std::ranges::greater(),
                    [](const Secret& one) { return one.reveal().size(); });
}

std::string Redactor::redact(std::string text) const {
  static constexpr std::string_view kInstead = "[redacted]";
  const std::lock_guard lock(mutex_);
  for (const Secret& secret : secrets_) {
    const std::string& value = secret.reveal();
    for (auto at = text.find(value); at != std::string::npos;
         at = text.find(value, at + kInstead.size())) {
      text.replace(at, value.size(), kInstead);
    }
  }
  return text;
}

}  // namespace rollout
