// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/system/system_random.h"

#include <sys/random.h>

#include <cerrno>

#include "daemon/core/model/ensure.h"

namespace rollout {

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  ssize_t got = -1;
  do {
    got = getrandom(&value, sizeof value, 0);
  } while (got < 0 && errno == EINTR);  // Only before the pool is filled, early in a boot.
  ENSURE(got == sizeof value, "the kernel gives 8 random bytes at once");
  return value;
}

}  // namespace rollout
