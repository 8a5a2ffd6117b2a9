// SPDX-License-Identifier: Apache-2.0
// Texts -> values by our own rules: `yes` is no boolean, `010` no number, `30` no duration. Each
// error is a finding whose sentence says what to write instead.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/adapters/yaml/mistakes.h"
#include "daemon/adapters/yaml/node.h"
#include "daemon/core/policy/duration.h"
#include "daemon/core/policy/retention_policy.h"

namespace rollout {

template <class T>
using Scalar = std::expected<T, Finding>;

Scalar<bool> parse_boolean(const Node& node);
/// 1 to `most`, in decimal digits without a sign, a leading zero or quotes.
Scalar<std::uint64_t> parse_count(const Node& node, std::uint64_t most);
/// `25%`, 1 to 100.
Scalar<std::uint32_t> parse_percent(const Node& node);
/// `1/s`, `30/min`, `100/h`, as requests a second.
Scalar<double> parse_rate(const Node& node);
/// A duration longer than zero.
Scalar<Duration> parse_span(const Node& node);
Scalar<Duration> parse_span_or_zero(const Node& node);
/// A duration longer than zero without years and months, whose length depends on the calendar.
Scalar<Millis> parse_period(const Node& node);
/// A count, a duration or `all`.
Scalar<Extent> parse_extent(const Node& node);
Scalar<Extent> parse_count_or_all(const Node& node);
/// RFC 3339 with a zone.
Scalar<Instant> parse_instant(const Node& node);
/// `FROM/TO` or `FROM/`.
Scalar<Live> parse_stretch(const Node& node);

/// An unquoted text that YAML readers take for a number, a boolean or nothing.
std::optional<Finding> check_quotes(const Node& node);

/// Decimal digits that `std::from_chars` reads and that print the same again.
bool is_plain_integer(std::string_view text);

}  // namespace rollout
