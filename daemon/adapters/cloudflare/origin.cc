// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/origin.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

template <class T>
using Parsed = std::expected<T, std::string>;

struct Authority {
  std::string user_info;
  std::string host;
  int port = 0;
};

Parsed<int> read_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
    return std::unexpected("the port is not a number from 1 to 65535");
  }
  return port;
}

/// `[user@]host[:port]`, the host in brackets where it is an IPv6 address.
Parsed<Authority> read_authority(std::string_view text, int default_port) {
  Authority out{.user_info = {}, .host = {}, .port = default_port};
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    out.user_info = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  std::size_t end = text.find(':');
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return std::unexpected("a bracket is not closed");
    out.host = text.substr(1, bracket - 1);
    end = bracket + 1 == text.size() ? std::string_view::npos : bracket + 1;
    if (end != std::string_view::npos && text[end] != ':') {
      return std::unexpected("nothing but a port may follow the bracket");
    }
  } else {
    out.host = text.substr(0, end);
  }
  if (out.host.empty() || out.host.find_first_of(" \t\r\n%\\") != std::string::npos) {
    return std::unexpected("it names no host");
  }
  if (end != std::string_view::npos) {
    TRY_ASSIGN(out.port, read_port(text.substr(end + 1)));
  }
  return out;
}

}  // namespace

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24U == 127;
  return host == "localhost" || host == "::1";
}

std::expected<Origin, std::string> parse_origin(std::string_view url) {
  Origin out;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    out.tls = false;
  } else {
    return std::unexpected("it must begin with https://");
  }
  if (url.find_first_of("?# \r\n") != std::string_view::npos) {
    return std::unexpected("it must not have a query, a fragment or white space");
  }
  const auto slash = std::min(url.find('/'), url.size());
  TRY_ASSIGN(Authority authority, read_authority(url.substr(0, slash), out.tls ? 443 : 80));
  if (!authority.user_info.empty()) return std::unexpected("it must not hold a user or password");
  if (!out.tls && !is_loopback(authority.host)) {
    return std::unexpected("http:// would send the token in the clear; only loopback may have it");
  }
  out.path = url.substr(slash);
  while (out.path.ends_with('/')) out.path.pop_back();
  out.host = std::move(authority.host);
  out.port = authority.port;
  const bool six = out.host.find(':') != std::string::npos;
  out.base = fmt::format("{}://{}{}{}:{}", out.tls ? "https" : "http", six ? "[" : "", out.host,
                         six ? "]" : "", out.port);
  return out;
}

std::expected<Proxy, std::string> parse_proxy(std::string_view value) {
  if (value.starts_with("http://")) {
    value.remove_prefix(7);
  } else if (value.find("://") != std::string_view::npos) {
    return std::unexpected("only http:// proxies are supported");
  }
  if (const auto slash = value.find('/'); slash != std::string_view::npos) {
    if (slash + 1 != value.size()) return std::unexpected("it must not have a path");
    value.remove_suffix(1);
  }
  TRY_ASSIGN(Authority authority, read_authority(value, 80));
  Proxy out{.host = std::move(authority.host), .port = authority.port, .user = {}, .password = {}};
  const auto colon = std::min(authority.user_info.find(':'), authority.user_info.size());
  out.user = authority.user_info.substr(0, colon);
  if (colon < authority.user_info.size()) out.password = authority.user_info.substr(colon + 1);
  return out;
}

std::string percent_encode(std::string_view segment) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : segment) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace rollout
