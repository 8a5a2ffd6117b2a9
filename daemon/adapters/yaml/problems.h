// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong, with the line itself and carets, so that a person sees all at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/yaml/mistakes.h"
#include "daemon/adapters/yaml/node.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// The findings in one file. Values that may be secrets are masked in excerpts.
class Problems {
 public:
  /// Borrows the text for as long as it lives.
  explicit Problems(const SourceText& source) : source_(source) {}

  /// The same finding at the same place is kept once (an alias shows its anchor's faults again).
  void add(const Place& place, Mistake mistake, std::string message);
  void add(const Place& place, Finding finding);

  const std::string& file() const { return source_.file; }
  bool empty() const { return errors_.empty(); }
  /// In the order of the lines.
  std::vector<ConfigError> take();

 private:
  const SourceText& source_;
  std::vector<ConfigError> errors_;
};

/// `    27 |   min_request: 300` and a line with carets below. Empty for a place without a line.
std::string excerpt(std::string_view text, const Place& place);

/// `file:27:9: message`, then the excerpt on lines of its own. Without a newline at the end.
std::string describe(const ConfigError& error);

/// Replaces what may be a secret by `*`, character by character: values beside keys that speak of
/// tokens, secrets or passwords, texts of bindings, and any unbroken run as long as a token.
std::string mask_secrets(std::string line);

}  // namespace rollout
