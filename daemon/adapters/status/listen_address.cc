// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/status/listen_address.h"

#include <fmt/format.h>

#include <charconv>

namespace rollout {
namespace {

std::unexpected<Failure> refuse(std::string detail) {
  Failure failure;
  failure.kind = FailureKind::invalid;
  failure.during = "listen for status requests";
  failure.detail = std::move(detail);
  return std::unexpected(std::move(failure));
}

bool is_number(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= 65535;
}

}  // namespace

Result<ListenAddress> parse_listen(const std::string& text) {
  if (text.starts_with('/')) return ListenAddress{.host = text, .port = 0, .is_unix = true};
  const auto colon = text.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !is_number(std::string_view(text).substr(colon + 1), port)) {
    return refuse(fmt::format("`{}` is neither `host:port` nor an absolute path", text));
  }
  const std::string host = text.substr(0, colon);
  if (host == "127.0.0.1" || host == "localhost") {
    return ListenAddress{.host = "127.0.0.1", .port = port, .is_unix = false};
  }
  if (host == "[::1]") return ListenAddress{.host = "::1", .port = port, .is_unix = false};
  return refuse(
      fmt::format("`{}` is not loopback: use 127.0.0.1, [::1] or the path of a socket", host));
}

bool is_own_host(std::string_view host_header) {
  for (const std::string_view own : {"127.0.0.1", "localhost", "[::1]"}) {
    if (!host_header.starts_with(own)) continue;
    const std::string_view rest = host_header.substr(own.size());
    int port = 0;
    if (rest.empty() || (rest.starts_with(':') && is_number(rest.substr(1), port))) return true;
  }
  return false;
}

}  // namespace rollout
