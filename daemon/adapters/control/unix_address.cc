// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/control/unix_address.h"

namespace rollout {

std::optional<UnixAddress> UnixAddress::of(const std::string& path) {
  UnixAddress address;
  if (path.empty() || path.size() >= sizeof address.address_.sun_path) return std::nullopt;
  address.address_.sun_family = AF_UNIX;
  path.copy(address.address_.sun_path, path.size());
  return address;
}

}  // namespace rollout
