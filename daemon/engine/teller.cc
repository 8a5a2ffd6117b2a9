// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/teller.h"

#include "daemon/core/plan/ledger.h"

namespace rollout {

void Teller::tell(EventBody body) {
  const Event event{
      about_.account, about_.worker, about_.run, about_.generation, about_.mode == Mode::observe,
      std::move(body)};
  ports_.events.emit(event);
  if (auto entry = ledger_entry(event, ports_.clock.now(), about_.actor)) {
    owed_.push_back(std::move(*entry));
  }
}

void Teller::flush() {
  if (owed_.empty()) return;
  const auto written = ports_.journal.append(owed_);
  owed_.clear();
  if (!written) {
    ports_.events.emit({about_.account, about_.worker, about_.run, about_.generation,
                        about_.mode == Mode::observe, JournalDegraded{written.error().sentence()}});
  }
}

}  // namespace rollout
