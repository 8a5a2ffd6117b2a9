// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "daemon/adapters/yaml/keys.h"
#include "daemon/adapters/yaml/nearest.h"
#include "daemon/core/policy/facts.h"

namespace rollout {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kAlnum =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// sizeof(sockaddr_un::sun_path) less the closing zero (man 7 unix).
constexpr std::size_t kSocketPath = 107;

std::optional<Finding> found(Mistake mistake, std::string message) {
  return Finding{mistake, std::move(message)};
}

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

bool has_plain_parts(std::string_view path) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return false;
    at = end + 1;
  }
  return true;
}

std::optional<int> parse_port(std::string_view text) {
  int port = 0;
  if (text.empty() || text.size() > 5 || !consists_of(text, kDigits)) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port <= 65535 ? std::optional(port) : std::nullopt;
}

struct HostPort {
  std::string_view host;
  std::optional<std::string_view> port;
};

HostPort split_authority(std::string_view text) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const std::size_t colon = text.find(':', bracket);
  if (colon == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// 127.0.0.0/8 in dotted form (RFC 5735), ::1, or the name that RFC 6761 reserves for it.
bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.") || !consists_of(host, "0123456789.")) return false;
  return std::count(host.begin(), host.end(), '.') == 3 && has_plain_parts(host) &&
         !host.ends_with('.') && !host.contains("..");
}

}  // namespace

std::optional<Finding> check_date(std::string_view text) {
  const auto number = [text](std::size_t from, std::size_t length) {
    int value = -1;
    std::from_chars(text.data() + from, text.data() + from + length, value);
    return value;
  };
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      consists_of(text, "0123456789-") &&
                      std::count(text.begin(), text.end(), '-') == 2;
  if (shaped) {
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (date.ok()) return std::nullopt;
  }
  return found(Mistake::bad_date,
               fmt::format("\"{}\" is no date; write YYYY-MM-DD, as in 2026-11-01", text));
}

std::optional<Finding> check_url(std::string_view text) {
  const bool secure = text.starts_with("https://");
  const bool plain = text.starts_with("http://");
  if (!secure && !plain) {
    return found(Mistake::bad_url, fmt::format("\"{}\" does not begin with https://", text));
  }
  const std::string_view rest = text.substr(secure ? 8 : 7);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const std::string_view path = rest.substr(authority.size());
  const HostPort at = split_authority(authority);
  if (at.host.empty() || (at.port && !parse_port(*at.port)) ||
      !consists_of(rest, std::string(kAlnum) + "-._~[]:/") ||
      !(path.empty() || has_plain_parts(path.substr(1)))) {
    return found(Mistake::bad_url,
                 fmt::format("\"{}\" is no address of an API; write https://host[:port]/path, "
                             "without user, query or a slash at the end",
                             text));
  }
  if (plain && !is_loopback(at.host)) {
    return found(Mistake::insecure_url,
                 fmt::format("http:// would send the token in the clear to {}; write https:// "
                             "(http:// is for loopback alone)",
                             at.host));
  }
  return std::nullopt;
}

std::optional<Finding> check_listen(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.starts_with('/')) return check_socket(text);
  const HostPort at = split_authority(text);
  if (!at.port || !parse_port(*at.port)) {
    return found(Mistake::bad_listen,
                 fmt::format("\"{}\" is no place to listen at; write 127.0.0.1:9747, a socket's "
                             "absolute path, or \"\" for none",
                             text));
  }
  if (is_loopback(at.host)) return std::nullopt;
  return found(Mistake::bad_listen,
               fmt::format("{} is not loopback; the status has no access control, so put a proxy "
                           "before 127.0.0.1",
                           at.host.empty() ? "every interface" : at.host));
}

std::optional<Finding> check_path(std::string_view text) {
  if (!text.starts_with('/')) {
    return found(Mistake::bad_path, fmt::format("\"{}\" is not absolute; begin it with /", text));
  }
  if (has_plain_parts(text.substr(1))) return std::nullopt;
  return found(
      Mistake::bad_path,
      fmt::format("\"{}\" has an empty part, a `.` or a `..`; write the plain path", text));
}

std::optional<Finding> check_socket(std::string_view text) {
  if (auto finding = check_path(text)) return finding;
  if (text.size() <= kSocketPath) return std::nullopt;
  return found(Mistake::bad_path, fmt::format("a socket's path has at most {} bytes; this has {}",
                                              kSocketPath, text.size()));
}

std::optional<Finding> check_relative_path(std::string_view text) {
  if (!text.starts_with('/') && has_plain_parts(text)) return std::nullopt;
  return found(Mistake::bad_path,
               fmt::format("\"{}\" must be relative to the build, without `.` or `..`", text));
}

std::optional<Finding> check_account_id(std::string_view text) {
  if (text.size() == 32 && consists_of(text, "0123456789abcdef")) return std::nullopt;
  return found(Mistake::bad_account_id,
               fmt::format("\"{}\" is no account id; it has 32 digits of 0-9 and a-f", text));
}

std::optional<Finding> check_name(std::string_view text) {
  if (!text.empty() && text.size() <= 63 && text[0] != '-' &&
      consists_of(text, std::string(kLower) + "-")) {
    return std::nullopt;
  }
  return found(Mistake::bad_name,
               fmt::format("\"{}\" is no name here; write a-z, 0-9 and -, at most "
                           "63, a letter or digit first",
                           text));
}

std::optional<Finding> check_worker(std::string_view text) {
  if (!text.empty() && text.size() <= 255 && text[0] != '-' && text[0] != '_' &&
      consists_of(text, std::string(kAlnum) + "-_")) {
    return std::nullopt;
  }
  return found(
      Mistake::bad_name,
      fmt::format("\"{}\" is no Worker's name or id; write letters, digits, - and _", text));
}

std::optional<Finding> check_credential(std::string_view text) {
  if (!text.empty() && text.size() <= 255 && text[0] != '.' &&
      consists_of(text, std::string(kAlnum) + "-_.")) {
    return std::nullopt;
  }
  return found(Mistake::bad_name, "no credential's name; write letters, digits, -, _ and .");
}

std::optional<Finding> check_fact(std::string_view text) {
  if (fact_source(text)) return std::nullopt;
  std::vector<std::string> known;
  for (const FactRow& row : fact_rows()) known.emplace_back(row.name);
  return found(Mistake::unknown_fact, no_such_fact(text) + did_you_mean(text, known));
}

}  // namespace rollout
