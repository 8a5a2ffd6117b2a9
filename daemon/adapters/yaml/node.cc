// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/node.h"

#include <algorithm>

namespace rollout {

const KeyValue* Node::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const KeyValue& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

}  // namespace rollout
