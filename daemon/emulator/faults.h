// SPDX-License-Identifier: Apache-2.0
// Faults on purpose (formats.md, "Emulator faults").
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/codec/json.h"
#include "daemon/core/model/instant.h"
#include "daemon/emulator/exchange.h"

namespace rollout {

/// `before`: instead of the effect. `after`: the effect happens, its answer is lost.
enum class FaultWhen { before, after };

/// One fault. With neither `answer` nor `drop` it only delays.
struct Fault {
  std::string method;  ///< Empty: any.
  std::string path;    ///< A glob over the path without its query; `*` crosses slashes.
  FaultWhen when = FaultWhen::before;
  std::optional<ApiAnswer> answer;
  bool drop = false;  ///< The connection is closed without an answer.
  Millis delay{0};
  std::int64_t times = 1;  ///< How often it still strikes.
};

/// The first fault that fits strikes.
class FaultList {
 public:
  void add(std::vector<Fault> faults);
  void clear() { faults_.clear(); }
  std::optional<Fault> take(const ApiRequest& request);

 private:
  std::vector<Fault> faults_;
};

/// The error is a sentence that names the entry and the key.
std::expected<std::vector<Fault>, std::string> read_faults(const Json& list);

/// `500ms`, `2s`, `5min`, `1h`, `30d`, `2w`.
std::optional<Millis> parse_span(std::string_view text);

}  // namespace rollout
