// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/traffic.h"

namespace rollout {

std::string_view class_of_status(int status) {
  if (status == 429) return "429";
  switch (status / 100) {
    case 2:
      return "2xx";
    case 4:
      return "4xx";
    case 5:
      return "5xx";
    default:
      return "net";
  }
}

}  // namespace rollout
