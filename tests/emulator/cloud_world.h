// SPDX-License-Identifier: Apache-2.0
// A cloud with a stepped clock and counted ids, and short ways to ask it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "daemon/emulator/cloud.h"

namespace rollout {

inline Json json(std::string_view text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Json();
}

/// One Worker, `shop`, at 2026-03-01T00:00:00Z.
struct CloudWorld {
  explicit CloudWorld(CloudRules rules = {})
      : cloud(rules, [this] { return now; }, [this] { return ++ids * 0x9e3779b97f4a7c15U; }) {
    EXPECT_TRUE(cloud.create_worker(json(R"({"name":"shop"})")));
  }
  CloudWorld(const CloudWorld&) = delete;
  CloudWorld& operator=(const CloudWorld&) = delete;

  /// The new version as it is shown, or an object with the `code` and `pointer` of the refusal.
  Json create(std::string_view body = "{}", const VersionOptions& options = {}) {
    return shown(cloud.create_version("shop", json(body), options));
  }
  Json patch(std::string_view body) { return shown(cloud.patch_latest("shop", json(body), {})); }
  Json get(const std::string& version) { return shown(cloud.version("shop", version)); }
  Json deploy(std::string_view body) { return shown(cloud.create_deployment("shop", json(body))); }
  /// 0 where it was done.
  int remove(const Json& version) {
    const auto done = cloud.delete_version("shop", version["id"].get<std::string>());
    return done ? 0 : done.error().code;
  }
  std::string numbers(const PageQuery& query) {
    std::string text;
    const auto page = cloud.versions("shop", query);
    EXPECT_TRUE(page);
    for (const Document& one : page->items) text += (*one)["number"].dump() + " ";
    return text;
  }

  static Json shown(const ApiResult<Document>& answer) {
    if (answer) return **answer;
    return {{"code", answer.error().code},
            {"status", answer.error().status},
            {"pointer", answer.error().pointer}};
  }

  Instant now = *parse_rfc3339("2026-03-01T00:00:00Z");
  std::uint64_t ids = 0;
  Cloud cloud;
};

}  // namespace rollout
