// SPDX-License-Identifier: Apache-2.0
// The built programs as children of a test: started, listened to, signalled, waited for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/codec/json.h"

namespace rollout {

/// Nobody waits longer, however busy the machine is: whoever waits in vain throws what was said.
inline constexpr std::chrono::seconds kLimit{90};

using Words = std::vector<std::string>;

/// A child with pipes on its output; killed when the object or the test goes.
class Child final {
 public:
  /// `environment`: `NAME=value`, over PATH, HOME and the like. Nothing else is inherited.
  explicit Child(const Words& words, const Words& environment = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Reads what it writes until `done` says so.
  void read_until(const std::function<bool()>& done);
  /// Reads what it has written so far.
  void read_now();
  /// Reads and waits until it has ended; its exit code, or 128 and the signal that ended it.
  int wait();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  /// False where it has ended and nothing is left to read.
  bool read_some(int milliseconds);

  std::string name_;
  pid_t pid_ = -1;
  int process_ = -1;  ///< A descriptor that becomes readable at its end.
  int out_pipe_ = -1, err_pipe_ = -1;
  std::string out_, err_;
};

struct Ended {
  int exit = 0;
  std::string out;
  std::string err;
};

/// Runs a program to its end.
Ended run(const Words& words, const Words& environment = {});
/// ... which must be a good one; what it printed.
std::string output_of(const Words& words, const Words& environment = {});

/// rolloutd, by its story: one JSON line for each event.
class DaemonProgram final {
 public:
  DaemonProgram(const Words& words, const Words& environment) : child_(words, environment) {}

  /// The `nth` event of that name, as soon as it is told.
  Json await(std::string_view event, std::size_t nth = 1);
  /// All that it has told of so far by that name.
  std::vector<Json> told(std::string_view event);
  /// Where in the story the first of them stands.
  std::size_t place_of(std::string_view event);

  pid_t pid() const { return child_.pid(); }
  void signal(int number) const { child_.signal(number); }
  int wait() { return child_.wait(); }
  /// Asks it to stop, and waits.
  int stop();
  const std::string& log() const { return child_.err(); }

 private:
  std::vector<Json> story() const;

  Child child_;
};

}  // namespace rollout
