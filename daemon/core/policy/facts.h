// SPDX-License-Identifier: Apache-2.0
// Which facts there are, and where each is looked for. (policies.md, "Tagging")
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollout {

/// Where the fact is looked for, as it continues "looked for in ..."; none where no fact has that
/// name.
std::optional<std::string_view> fact_source(std::string_view name);

/// The sentence for a name that is no fact.
std::string no_such_fact(std::string_view name);

}  // namespace rollout
