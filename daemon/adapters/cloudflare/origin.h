// SPDX-License-Identifier: Apache-2.0
// Where requests go. Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace rollout {

/// `https://api.cloudflare.com/client/v4`, taken apart.
struct Origin {
  std::string base;  ///< Scheme, host and port: `https://api.cloudflare.com:443`.
  std::string host;  ///< Without brackets.
  int port = 0;
  std::string path;  ///< `/client/v4`, without a slash at its end; may be empty.
  bool tls = true;
};

/// `http://` is allowed to loopback only. The error is a sentence.
std::expected<Origin, std::string> parse_origin(std::string_view url);

/// `http://[user:password@]host[:port]`, as in HTTPS_PROXY. The error never repeats the value.
struct Proxy {
  std::string host;
  int port = 0;
  std::string user;
  std::string password;
};
std::expected<Proxy, std::string> parse_proxy(std::string_view value);

/// `localhost`, 127.0.0.0/8 and ::1.
bool is_loopback(const std::string& host);

/// One segment of a path: everything but RFC 3986's unreserved characters becomes `%XX`.
std::string percent_encode(std::string_view segment);

}  // namespace rollout
