// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/system/host.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/utsname.h>

#include <array>

#include "daemon/core/model/ensure.h"

namespace rollout {

std::string host_name() {
  utsname names{};
  ENSURE(uname(&names) == 0, "the kernel knows the host's name");
  return names.nodename;
}

std::string user_name(uid_t uid) {
  // glibc's own records are far below this; a directory service that needs more gets the number.
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return fmt::format("uid {}", uid);
  }
  return found->pw_name;
}

}  // namespace rollout
