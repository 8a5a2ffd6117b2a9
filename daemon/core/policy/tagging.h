// SPDX-License-Identifier: Apache-2.0
// Tagging: the tag and message of a version, rendered from the facts of its build.
// Budgets: 100 bytes for the tag, 1000 for the message with its identity trailer (Versions API).
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/model/build.h"
#include "daemon/core/model/failure.h"
#include "daemon/core/policy/pattern.h"

namespace rollout {

inline constexpr std::size_t kTagBytes = 100;
inline constexpr std::size_t kMessageBytes = 1000;

/// A text with `{fact|filter}` fields, checked when it is made: `{git.commit:8}`,
/// `{build.time:%Y-%m-%d}`, `{git.branch|slug|default:"none"}`. `{{` and `}}` are braces.
class Template {
 public:
  /// The error is one sentence with the column at which the template is wrong.
  static std::expected<Template, std::string> parse(std::string_view text);
  const std::string& text() const { return text_; }

  /// `first` counts characters, `truncate` bytes with its `…`; `time` has a format of strftime,
  /// in UTC; `fallback` is `default:"text"`, and the filters before it are for facts that are
  /// there.
  struct Filter {
    enum class Kind { first, time, lower, upper, slug, truncate, fallback, size };
    Kind kind = Kind::lower;
    std::string argument;
  };
  /// Literal text, or a fact with its filters in order.
  struct Piece {
    std::string literal;
    std::string fact;  ///< Empty for literal text.
    std::vector<Filter> filters;
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::string text_;
  std::vector<Piece> pieces_;
};

/// A condition on one fact: any of the patterns.
struct Condition {
  std::string fact;
  std::vector<Pattern> patterns;
};

struct TaggingRule {
  std::vector<Condition> when;  ///< All must hold; empty always holds.
  Template tag;
  Template message;
};

enum class Overflow { error, truncate };

/// A test inside a policy: the facts of a build, and what must come of them. Facts that it does not
/// give are missing, but for `policy.name`.
struct TaggingTest {
  std::string name;
  std::map<std::string, std::string> facts;
  std::optional<std::string> tag;
  std::optional<std::string> message;  ///< Without the trailer.
  std::optional<std::string> refused;  ///< Part of the sentence; excludes the other two.
};

struct TaggingPolicy {
  PolicyName name;
  std::string hash;                ///< SHA-256 of the policy's text, hex.
  std::vector<TaggingRule> rules;  ///< Never empty; the first that holds is used.
  Overflow on_overflow = Overflow::error;
  std::vector<std::string> require;
  enum class Uniqueness { any, unique } uniqueness = Uniqueness::any;
  std::vector<TaggingTest> tests;
};

/// The tag, and the message with the trailer at its end. Failures are `refused`: a missing fact (it
/// names the fact and where it was looked for), an overflow, a control character or what is no
/// UTF-8 (a message may hold line feeds), an empty tag, no rule that holds.
Result<Annotations> render(const TaggingPolicy& policy, const Build& build, const Facts& facts);

/// The facts of a build, with `build.*`, `worker.name`, `host.name` and `policy.name` added.
Facts all_facts(const Build& build, const PolicyName& policy, std::string_view worker,
                std::string_view host);

/// Cuts at a character boundary so that the result, with its `…`, has at most `budget` bytes.
std::string truncate_utf8(std::string_view text, std::size_t budget);

}  // namespace rollout
