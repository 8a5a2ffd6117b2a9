// SPDX-License-Identifier: Apache-2.0
// How a tag and a message came about: the rule that held, and what each text had room for.
#pragma once

#include <expected>
#include <string>

#include "daemon/core/policy/tagging.h"

namespace rollout {

/// A text that was rendered, within its budget.
struct Rendered {
  std::string text;
  std::size_t budget = 0;  ///< In bytes.
  std::size_t whole = 0;   ///< Its bytes before it was cut; above the budget only where it was.
};

struct Rendering {
  std::size_t rule = 0;  ///< The place of the rule that held, from 1.
  Rendered tag;
  Rendered message;  ///< Without the trailer; so is its budget.
};

/// Whose facts they are: as sentences call it, and as its version will be known again.
struct Tagged {
  std::string called;  ///< `the build /srv/shop/dist`
  Trailer trailer;
};

/// The error is the detail of a failure, as `render` has it.
std::expected<Rendering, std::string> render_texts(const TaggingPolicy& policy, const Facts& facts,
                                                   const Tagged& tagged);

/// The same of a build; failures are those of `render`.
Result<Rendering> render_in_detail(const TaggingPolicy& policy, const Build& build,
                                   const Facts& facts);

}  // namespace rollout
