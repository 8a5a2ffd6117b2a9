// SPDX-License-Identifier: Apache-2.0
// Tells the story of one pass: to the sinks at once, and to the ledger what belongs there.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/plan/config.h"
#include "daemon/engine/ports.h"

namespace rollout {

class Teller {
 public:
  struct About {
    AccountName account;
    WorkerId worker;
    RunId run;
    std::uint64_t generation = 0;
    Mode mode = Mode::observe;
    std::string actor;  ///< Empty: the daemon itself.
  };
  Teller(const Ports& ports, About about) : ports_(ports), about_(std::move(about)) {}
  ~Teller() { flush(); }
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  void tell(EventBody body);

  /// Writes what the ledger is owed. Called after each delete; the rest waits for the end.
  void flush();

  const About& about() const { return about_; }

 private:
  Ports ports_;
  About about_;
  std::vector<LedgerEntry> owed_;
};

}  // namespace rollout
