// SPDX-License-Identifier: Apache-2.0
// The log: one record per event, on the journal, a terminal or a pipe.
#pragma once

#include <memory>

#include "daemon/adapters/log/output.h"
#include "daemon/codec/redactor.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/event_sink.h"

namespace rollout {

enum class Verbosity { quiet, normal, verbose };  ///< Up to warnings, up to info, everything.

/// Where standard error leads: the journal where $JOURNAL_STREAM names it, a terminal (with colour
/// unless $NO_COLOR is set or $TERM is `dumb`), or else JSON lines.
std::unique_ptr<LogOutput> output_for(int fd);

/// Redacts every text, holds repeated warnings back (with SUPPRESSED=n on the next one that is
/// told), and says with DROPPED=n how many records nobody took. Borrows clock and redactor.
std::unique_ptr<EventSink> make_log_sink(std::unique_ptr<LogOutput> output, Verbosity verbosity,
                                         Clock& clock, const Redactor& redactor);

}  // namespace rollout
