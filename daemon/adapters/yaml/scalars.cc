// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/scalars.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/adapters/yaml/keys.h"

namespace rollout {
namespace {

std::unexpected<Finding> wrong(Mistake mistake, std::string message) {
  return std::unexpected(Finding{mistake, std::move(message)});
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

Scalar<Duration> parse_any_duration(const Node& node) {
  if (all_digits(node.text)) {
    return wrong(Mistake::missing_unit,
                 fmt::format("\"{0}\" has no unit; write for example {0}d, {0}h, {0}min or {0}s",
                             node.text));
  }
  auto duration = parse_duration(node.text);
  if (!duration) return wrong(Mistake::bad_duration, std::move(duration).error());
  return *duration;
}

}  // namespace

bool is_plain_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  return all_digits(digits) && (digits == "0" || digits[0] != '0') && text != "-0";
}

Scalar<bool> parse_boolean(const Node& node) {
  if (node.style == Node::Style::plain) {
    if (node.text == "true") return true;
    if (node.text == "false") return false;
  }
  return wrong(Mistake::not_boolean,
               fmt::format("\"{}\" is no boolean; write true or false, unquoted", node.text));
}

Scalar<std::uint64_t> parse_count(const Node& node, std::uint64_t most) {
  if (node.style == Node::Style::quoted) {
    return wrong(Mistake::bad_number, fmt::format("a number is not quoted: {}", node.text));
  }
  if (node.text == "0") return wrong(Mistake::zero_count, "a count of zero is not allowed");
  if (!is_plain_integer(node.text) || node.text.starts_with('-')) {
    return wrong(
        Mistake::bad_number,
        fmt::format("\"{}\" is no count; write decimal digits, without a leading zero", node.text));
  }
  std::uint64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  if (std::from_chars(node.text.data(), end, value).ec != std::errc() || value > most) {
    return wrong(Mistake::out_of_range,
                 fmt::format("{} is too large; at most {}", node.text, most));
  }
  return value;
}

Scalar<std::uint32_t> parse_percent(const Node& node) {
  if (is_plain_integer(node.text)) {
    return wrong(Mistake::missing_unit, fmt::format("\"{0}\" has no unit; write {0}%", node.text));
  }
  const std::string_view digits = std::string_view(node.text).substr(0, node.text.size() - 1);
  if (node.text.ends_with('%') && digits == "0") {
    return wrong(Mistake::zero_count, "a limit of 0% is not allowed");
  }
  std::uint32_t value = 0;
  if (!node.text.ends_with('%') || !is_plain_integer(digits) || digits.size() > 3 ||
      std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc() ||
      value < 1 || value > 100) {
    return wrong(Mistake::bad_percent,
                 fmt::format("\"{}\" is no percentage; write 1% to 100%, whole", node.text));
  }
  return value;
}

Scalar<double> parse_rate(const Node& node) {
  constexpr std::array<std::pair<std::string_view, double>, 3> kPer{
      {{"/s", 1}, {"/min", 60}, {"/h", 3600}}};
  const std::string_view text = node.text;
  if (is_plain_integer(text)) {
    return wrong(Mistake::missing_unit,
                 fmt::format("\"{0}\" has no unit; write {0}/s, {0}/min or {0}/h", text));
  }
  for (const auto& [unit, seconds] : kPer) {
    if (!text.ends_with(unit)) continue;
    const std::string_view digits = text.substr(0, text.size() - unit.size());
    if (digits == "0") return wrong(Mistake::zero_count, "a rate of zero is not allowed");
    if (!is_plain_integer(digits) || digits.starts_with('-') || digits.size() > 4) break;
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value / seconds;
  }
  return wrong(Mistake::bad_rate,
               fmt::format("\"{}\" is no rate; write for example 1/s or 30/min", text));
}

Scalar<Duration> parse_span(const Node& node) {
  auto duration = parse_any_duration(node);
  if (duration && duration->is_zero()) {
    return wrong(Mistake::zero_count, "a duration of zero is not allowed here");
  }
  return duration;
}

Scalar<Duration> parse_span_or_zero(const Node& node) {
  return parse_any_duration(node);
}

Scalar<Millis> parse_period(const Node& node) {
  auto duration = parse_span(node);
  if (!duration) return std::unexpected(std::move(duration).error());
  if (duration->years != 0 || duration->months != 0) {
    return wrong(
        Mistake::bad_duration,
        fmt::format("\"{}\": years and months have no exact length; write days", node.text));
  }
  return duration->exact;
}

Scalar<Extent> parse_count_or_all(const Node& node) {
  if (node.text == "all") return Extent(Every{});
  auto count = parse_count(node, std::numeric_limits<std::uint32_t>::max());
  if (!count) return std::unexpected(std::move(count).error());
  return Extent(Count{static_cast<std::uint32_t>(*count)});
}

Scalar<Instant> parse_instant(const Node& node) {
  if (const auto instant = parse_rfc3339(node.text)) return *instant;
  return wrong(Mistake::bad_date,
               fmt::format("\"{}\" is no time; write it with a zone, as in 2026-03-10T12:00:00Z",
                           node.text));
}

Scalar<Live> parse_stretch(const Node& node) {
  const std::size_t slash = std::min(node.text.find('/'), node.text.size());
  const auto from = parse_rfc3339(node.text.substr(0, slash));
  const std::string rest = node.text.substr(std::min(slash + 1, node.text.size()));
  const auto to = parse_rfc3339(rest);
  if (!from || slash == node.text.size() || (!to && !rest.empty()) || (to && *to <= *from)) {
    return wrong(Mistake::bad_date,
                 fmt::format("\"{}\" is no stretch of time; write two times with a / between, or "
                             "one and a / for what goes on",
                             node.text));
  }
  return Live{*from, to};
}

Scalar<Extent> parse_extent(const Node& node) {
  if (node.text == "all") return Extent(Every{});
  if (is_plain_integer(node.text) || node.text.empty()) {
    auto count = parse_count(node, std::numeric_limits<std::uint32_t>::max());
    if (!count) return std::unexpected(std::move(count).error());
    return Extent(Count{static_cast<std::uint32_t>(*count)});
  }
  auto span = parse_span(node);
  if (!span) return std::unexpected(std::move(span).error());
  return Extent(*span);
}

std::optional<Finding> check_quotes(const Node& node) {
  if (node.style == Node::Style::quoted) return std::nullopt;
  constexpr std::string_view kWords[] = {"true", "false", "yes",  "no",    "on",    "off",
                                         "y",    "n",     ".inf", "-.inf", "+.inf", ".nan"};
  std::string lower = node.text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  });
  const bool word = std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
  const std::size_t first = lower.find_first_not_of("+-.");
  const bool number =
      first != std::string::npos && is_digit(lower[first]) &&
      lower.find_first_not_of("0123456789abcdefox_.+-") == std::string::npos &&
      (lower.starts_with("0x") || lower.find_first_not_of("0123456789e_.+-") == std::string::npos ||
       lower.starts_with("0o"));
  if (!word && !number) return std::nullopt;
  return Finding{Mistake::quote_it,
                 fmt::format("{0} is a {1} to YAML and a text is wanted; quote it: \"{0}\"",
                             node.text, word ? "word with a meaning" : "number")};
}

}  // namespace rollout
