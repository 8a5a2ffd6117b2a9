// SPDX-License-Identifier: Apache-2.0
// Preloaded into a daemon: every directory that is to be watched lies on a file server that no
// longer answers.
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>

extern "C" int inotify_add_watch(int /*fd*/, const char* /*path*/, std::uint32_t /*mask*/) {
  constexpr std::string_view kLine = "{\"event\":\"test.watch_hangs\"}\n";
  static_cast<void>(::write(STDERR_FILENO, kLine.data(), kLine.size()) + 0);
  for (;;) ::pause();
}
