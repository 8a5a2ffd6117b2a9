// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/model/failure.h"

namespace rollout {

/// Where the status is served: on loopback or a Unix socket, never to the network.
struct ListenAddress {
  std::string host;  ///< `127.0.0.1` or `::1`; the path of a Unix socket.
  int port = 0;
  bool is_unix = false;
};
Result<ListenAddress> parse_listen(const std::string& text);

/// Whether a request's `Host` names this host's loopback, with any port. A browser that was led
/// here by another site's name (DNS rebinding) says that name.
bool is_own_host(std::string_view host_header);

}  // namespace rollout
