// SPDX-License-Identifier: Apache-2.0
// Reports for people. They are made of the same JSON that `-o json` prints, whether it came from a
// daemon or was computed here.
#pragma once

#include <string>

#include "daemon/app/console.h"
#include "daemon/codec/json.h"

namespace rollout {

/// `data` is `{"plans": [...]}`.
std::string render_plans(const Json& data, const Console& console);
std::string render_explanation(const Json& data, const Console& console);
/// `data` is what `policy preview -o json` prints.
std::string render_verdicts(const Json& data, const Console& console);

/// `data` is what `policy replay -o json` prints.
std::string render_replay(const Json& data, const Console& console);
/// `data` is what `policy diff -o json` prints.
std::string render_policy_diff(const Json& data, const Console& console);

/// `data` is what `policy tag -o json` prints.
std::string render_tag(const Json& data, const Console& console);
/// `{"git.branch": {"value": "main", "where": "..."}}`, as a table.
std::string render_facts(const Json& facts, const Console& console);

/// `data` is what `build inspect -o json` prints.
std::string render_build(const Json& data);

/// A table of the files that are no modules, with the reasons; "" where there are none.
std::string render_left_out(const Json& files);

/// `last 14/20 (group releases)`, `in-deployment`, `min-age until 2026-03-10T12:00:00Z`.
std::string render_reason(const Json& reason);
/// `keep 22 of 28: 20 last, 1 in-deployment, 1 pinned`; a version may have several reasons.
std::string render_counts(const Json& verdicts);
/// A line for each kind of reason: the one of that kind that ends first, and what ends it. Those
/// that nothing ends have none.
std::string render_first_endings(const Json& verdicts);
/// A line for each.
std::string render_stops(const Json& stops, const Console& console);

}  // namespace rollout
