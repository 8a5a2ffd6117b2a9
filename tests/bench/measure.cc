// SPDX-License-Identifier: Apache-2.0
// Runs a command and writes what it cost to a file, as JSON. A program of its own, since a child's
// peak memory as the kernel tells it begins with its parent's.
// usage: measure FILE COMMAND [ARG]...
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

double millis(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 64;
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    execvp(words[2], words + 2);
    std::perror(words[2]);
    std::_Exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child) return 1;
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;
  std::FILE* file = std::fopen(words[1], "w");
  if (file == nullptr) return 1;
  std::fprintf(file, R"({"exit":%d,"wall_ms":%.3f,"cpu_ms":%.3f,"peak_mib":%.2f})",
               WIFEXITED(status) ? WEXITSTATUS(status) : -1, wall.count(),
               millis(usage.ru_utime) + millis(usage.ru_stime),
               static_cast<double>(usage.ru_maxrss) / 1024);
  return std::fclose(file) == 0 ? 0 : 1;
}
