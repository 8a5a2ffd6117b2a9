// SPDX-License-Identifier: Apache-2.0
// A program run by a test, with what it printed.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rollout {

class Program {
 public:
  /// Starts it; its output and errors go to the file `log`.
  Program(const std::vector<std::string>& words, const std::string& log);
  /// Kills it if it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number) const;
  /// The exit code, or 128 + the signal that ended it.
  int wait();
  std::string printed() const;

 private:
  pid_t pid_ = -1;
  std::string log_;
};

}  // namespace rollout
