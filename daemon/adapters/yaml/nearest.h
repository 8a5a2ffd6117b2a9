// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the known word that a mistyped one is closest to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollout {

/// None where no word is near enough to be a guess worth making (a third of its letters differ).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

/// `; did you mean "interval"?`, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

/// `; known: careful, fast`, or `; there is none`.
std::string known_names(const std::vector<std::string>& known);

}  // namespace rollout
