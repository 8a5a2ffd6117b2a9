// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/types.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "daemon/adapters/yaml/nearest.h"
#include "daemon/adapters/yaml/scalars.h"
#include "daemon/adapters/yaml/texts.h"
#include "daemon/core/model/ensure.h"
#include "daemon/core/policy/calendar.h"
#include "daemon/core/policy/pattern.h"
#include "daemon/core/policy/tagging.h"
#include "daemon/core/policy/window.h"

namespace rollout {
namespace {

using Check = std::optional<Finding> (*)(const Key&, const Node&);

template <class T>
std::optional<Finding> finding_of(Scalar<T> scalar) {
  if (scalar) return std::nullopt;
  return std::move(scalar).error();
}

/// A check of the bare text, which may be written without quotes whatever it looks like.
template <std::optional<Finding> (*check)(std::string_view)>
std::optional<Finding> bare(const Key&, const Node& node) {
  return check(node.text);
}

/// A check of a text that YAML readers must not take for anything else.
template <std::optional<Finding> (*check)(std::string_view)>
std::optional<Finding> quoted(const Key&, const Node& node) {
  if (auto finding = check_quotes(node)) return finding;
  return check(node.text);
}

template <auto parse>
std::optional<Finding> parsed(const Key&, const Node& node) {
  return finding_of(parse(node));
}

std::optional<Finding> check_count(const Key& key, const Node& node) {
  return finding_of(parse_count(node, key.most));
}

std::optional<Finding> check_count_or_zero(const Key& key, const Node& node) {
  if (node.text == "0" && node.style == Node::Style::plain) return std::nullopt;
  return check_count(key, node);
}

std::optional<Finding> check_version_one(const Key&, const Node& node) {
  if (node.text == "1" && node.style == Node::Style::plain) return std::nullopt;
  return Finding{Mistake::unsupported_version,
                 fmt::format("version \"{}\" is not known; write version: 1", node.text)};
}

std::optional<Finding> check_choice(const Key& key, const Node& node) {
  if (std::find(key.choices.begin(), key.choices.end(), node.text) != key.choices.end()) {
    return std::nullopt;
  }
  const std::vector<std::string> known(key.choices.begin(), key.choices.end());
  return Finding{Mistake::unknown_choice,
                 fmt::format("\"{}\" is not possible for {}; write {}{}", node.text, key.name,
                             fmt::join(known, " or "), did_you_mean(node.text, known))};
}

std::optional<Finding> check_not_empty(std::string_view text) {
  if (!text.empty()) return std::nullopt;
  return Finding{Mistake::no_value, "the text is empty"};
}

/// Any text that is quoted where it must be.
std::optional<Finding> check_nothing(std::string_view) {
  return std::nullopt;
}

std::optional<Finding> check_settings_file(std::string_view text) {
  if (text.starts_with('/')) return check_path(text);
  return check_relative_path(text);
}

std::optional<Finding> check_pattern(std::string_view text) {
  if (auto finding = check_not_empty(text)) return finding;
  const auto pattern = Pattern::parse(text);
  if (pattern) return std::nullopt;
  return Finding{Mistake::bad_pattern, pattern.error()};
}

std::optional<Finding> check_timezone(std::string_view text) {
  const auto zone = Zone::find(text);
  if (zone) return std::nullopt;
  return Finding{Mistake::bad_timezone, zone.error()};
}

std::optional<Finding> check_window(std::string_view text) {
  const auto window = Window::parse(text);
  if (window) return std::nullopt;
  return Finding{Mistake::bad_window, window.error()};
}

std::optional<Finding> check_template(std::string_view text) {
  if (auto finding = check_not_empty(text)) return finding;
  const auto made = Template::parse(text);
  if (made) return std::nullopt;
  return Finding{Mistake::bad_template, made.error()};
}

std::optional<Finding> check_json(const Key&, const Node&) {
  ensure_failed("JSON values are checked as a whole", std::source_location::current());
}

// Parts of the schemas' patterns. Backslashes are doubled once for JSON.
#define DAYS "([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+min)?([0-9]+s)?$"
#define SOME "(?=.*[1-9])"  // Not zero.
#define SPAN "([0-9]+y)?([0-9]+mo)?" DAYS
#define DURATION(pattern) R"({"type":"string","minLength":2,"pattern":"^)" pattern "\"}"
#define PART R"((?!\\.{1,2}(/|$))[^/]+)"  // Of a path: neither empty nor `.` nor `..`.
#define PATH "(/" PART ")+$"
#define LOOPBACK R"((localhost|\\[::1\\]|127(\\.[0-9]{1,3}){3}))"
#define TEXT(pattern) R"({"type":"string","pattern":")" pattern "\"}"
#define DAY "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
#define DAY_RANGE DAY "(-" DAY ")?"
#define CLOCK "(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
#define INSTANT                                                                                   \
  "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{" \
  "2})"
constexpr std::string_view kSpanSchema = DURATION(SOME SPAN);
constexpr std::string_view kCountSchema = R"({"type":"integer","minimum":1})";
constexpr std::string_view kTextSchema = R"({"type":"string","minLength":1})";
constexpr std::string_view kNameSchema =
    R"({"type":"string","pattern":"^[a-z0-9][a-z0-9-]{0,62}$"})";

constexpr TypeRule kRules[] = {
    {Type::version_one, "`1`", R"({"const":1})", check_version_one},
    {Type::boolean, "`true` or `false`", R"({"type":"boolean"})", parsed<parse_boolean>},
    {Type::count, "count", kCountSchema, check_count},
    {Type::count_or_zero, "count, or `0`", R"({"type":"integer","minimum":0})",
     check_count_or_zero},
    {Type::percent, "percentage, `25%`", R"({"type":"string","pattern":"^(100|[1-9][0-9]?)%$"})",
     parsed<parse_percent>},
    {Type::period, "duration, `1h30min`; no `y`, `mo`", DURATION(SOME DAYS), parsed<parse_period>},
    {Type::span, "duration, `14d`", kSpanSchema, parsed<parse_span>},
    {Type::span_or_zero, "duration, `14d` or `0s`", DURATION(SPAN), parsed<parse_span_or_zero>},
    {Type::extent_count, "count or `all`",
     R"({"anyOf":[{"type":"integer","minimum":1},{"const":"all"}]})", parsed<parse_count_or_all>},
    {Type::extent_span, "duration, `14d`", kSpanSchema, parsed<parse_span>},
    {Type::extent, "count, duration or `all`; `5` or `30d`",
     R"({"anyOf":[{"type":"integer","minimum":1},{"const":"all"},)" DURATION(SOME SPAN) "]}",
     parsed<parse_extent>},
    {Type::rate, "rate, `1/s`, `30/min`, `100/h`",
     R"({"type":"string","pattern":"^[1-9][0-9]{0,3}/(s|min|h)$"})", parsed<parse_rate>},
    {Type::date, "date, `2026-11-01`",
     TEXT("^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
          "|02-(0[1-9]|[12][0-9]))$"),
     bare<check_date>},
    {Type::instant, "time, `2026-03-10T12:00:00Z`", TEXT("^" INSTANT "$"), parsed<parse_instant>},
    {Type::stretch, "times, `\"FROM/TO\"` or `\"FROM/\"`", TEXT("^" INSTANT "/(" INSTANT ")?$"),
     parsed<parse_stretch>},
    {Type::timezone, "IANA name, `Europe/Paris`", TEXT("^[A-Za-z][A-Za-z0-9_+/-]*$"),
     bare<check_timezone>},
    {Type::window, "window, `\"Mon-Thu 09:00-16:00\"`",
     TEXT("^(" DAY_RANGE "(," DAY_RANGE ")* )?" CLOCK "-" CLOCK "$"), bare<check_window>},
    {Type::capture, "a capture's name", TEXT("^[A-Za-z_][A-Za-z0-9_]*$"), quoted<check_not_empty>},
    {Type::choice, "", "", check_choice},
    {Type::name, "name", kNameSchema, quoted<check_name>},
    {Type::policy, "a policy's name", kNameSchema, quoted<check_name>},
    {Type::worker, "name or id",
     R"({"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$"})", quoted<check_worker>},
    {Type::credential, "name",
     R"({"type":"string","pattern":"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$"})",
     quoted<check_credential>},
    {Type::account_id, "32 hex digits", R"({"type":"string","pattern":"^[0-9a-f]{32}$"})",
     bare<check_account_id>},
    {Type::url, "URL",
     TEXT("^(?=https://|http://" LOOPBACK R"((:|/|$))https?://[^@?#\\s]+[^/@?#\\s]$)"),
     bare<check_url>},
    {Type::path, "absolute path", TEXT("^" PATH), bare<check_path>},
    {Type::socket, "absolute path", R"({"type":"string","maxLength":107,"pattern":"^)" PATH "\"}",
     bare<check_socket>},
    {Type::module_path, "path in the build", TEXT("^" PART "(/" PART ")*$"),
     quoted<check_relative_path>},
    {Type::listen, "address, path or `\"\"`", TEXT("^$|^" LOOPBACK ":[0-9]{1,5}$|^" PATH),
     bare<check_listen>},
    {Type::settings_file, "`auto` or a path", TEXT("^/?" PART "(/" PART ")*$"),
     quoted<check_settings_file>},
    {Type::text, "text", kTextSchema, quoted<check_not_empty>},
    {Type::any_text, "text", R"({"type":"string"})", quoted<check_nothing>},
    {Type::pattern, "pattern, `\"v*\"`", kTextSchema, quoted<check_pattern>},
    {Type::fact, "fact", "", bare<check_fact>},
    {Type::templated, "template, `\"v{package.version}\"`", "", quoted<check_template>},
    {Type::json, "any", "{}", check_json},
};
#undef DAYS
#undef SOME
#undef SPAN
#undef DURATION
#undef PART
#undef PATH
#undef LOOPBACK
#undef TEXT

}  // namespace

const TypeRule& rule_of(Type type) {
  const auto rule = std::find_if(std::begin(kRules), std::end(kRules),
                                 [type](const TypeRule& each) { return each.type == type; });
  ENSURE(rule != std::end(kRules), "every type has a rule");
  return *rule;
}

std::optional<Finding> check_text(const Key& key, const Node& text) {
  return rule_of(key.type).check(key, text);
}

}  // namespace rollout
