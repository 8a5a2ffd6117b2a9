// SPDX-License-Identifier: Apache-2.0
// One run of rolloutctl: its options, its console, and what commands share. A command that fails
// has said so when it returns an exit code.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "daemon/app/console.h"
#include "daemon/app/options.h"
#include "daemon/app/run.h"
#include "daemon/codec/json.h"
#include "daemon/core/model/exit_codes.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/plan/command.h"
#include "daemon/core/plan/config.h"

namespace rollout {

class Session final {
 public:
  Session(const GlobalOptions& options, Console& console) : options_(options), console_(console) {}

  const GlobalOptions& options() const { return options_; }
  Console& console() { return console_; }
  bool json() const { return options_.output == OutputFormat::json; }

  /// The configuration; its errors are printed, exit 78.
  OrExit<Config> config();

  /// Prints a failure and gives its exit code.
  std::unexpected<int> fail(const Failure& failure);
  std::unexpected<int> fail(int exit, std::string_view sentence);

  template <class T>
  OrExit<T> check(Result<T> result) {
    if (!result) return fail(result.error());
    if constexpr (std::is_void_v<T>)
      return {};
    else
      return *std::move(result);
  }

  /// The Worker that was named, or the only one of the configuration; exit 64.
  OrExit<const WorkerConfig*> worker(const Config& config, const std::string& name);

  /// Passes where a write was agreed to: beforehand, or on a terminal now. Else exit 64, and
  /// `nothing_done` is said.
  OrExit<void> agree(Consent consent, std::string_view question, std::string_view nothing_done);

  /// Sends one operation to the daemon and waits for its answer: the exit code, and what it says in
  /// `data`. The errors in it are printed; an answer without data ends the command.
  OrExit<int> ask(const Json& request, Json& data);
  OrExit<int> ask(const Command& command, Json& data);

 private:
  const GlobalOptions& options_;
  Console& console_;
};

}  // namespace rollout
