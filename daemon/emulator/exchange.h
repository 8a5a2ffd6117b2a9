// SPDX-License-Identifier: Apache-2.0
// One request and its answer, without sockets.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace rollout {

/// One part of a multipart body.
struct RequestPart {
  std::string name;
  std::string content_type;
  std::string content;
};

struct ApiRequest {
  std::string method;
  std::string path;  ///< Decoded, without the query.
  std::multimap<std::string, std::string> query;
  std::string authorization;
  std::string content_type;
  std::string user_agent;
  std::string body;  ///< Empty where it came in parts.
  std::vector<RequestPart> parts;
  std::size_t body_bytes = 0;  ///< Of what was sent; a body above the limit is not kept.
};

struct ApiAnswer {
  int status = 200;
  std::multimap<std::string, std::string> headers;
  std::string body;
};

}  // namespace rollout
