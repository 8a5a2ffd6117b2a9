// SPDX-License-Identifier: Apache-2.0
// What the tests of the client share: a client of a raw server, documents, and a clock to step.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "daemon/adapters/cloudflare/client.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/core/model/ensure.h"
#include "tests/adapters/cloudflare/raw_server.h"

namespace rollout {

inline constexpr const char* kToken = "canary-token-93f1";
inline const WorkerId kShop("shop");

/// Stands still until it is stepped. Any thread.
class SteppedClock final : public Clock {
 public:
  Instant now() override { return Instant(Millis(millis_)); }
  Tick tick() override { return Tick(Millis(millis_)); }
  void step(Millis by) { millis_ += by.count(); }

 private:
  std::atomic<Millis::rep> millis_{1'000'000'000};
};

inline CloudflareApi::Options options_for(const RawServer& server, const char* scheme = "http") {
  CloudflareApi::Options options;
  options.account = AccountId("acc");
  options.api = fmt::format("{}://127.0.0.1:{}/client/v4", scheme, server.port());
  options.access = Access::full;
  options.version = "0.1.0";
  return options;
}

inline std::unique_ptr<CloudflareApi> an_api(CloudflareApi::Options options, Clock& clock) {
  auto api = CloudflareApi::make(std::move(options), Secret(kToken), clock);
  ENSURE(api.has_value(), "the test's options must be good");
  return std::move(*api);
}

inline VersionId an_id(unsigned number) {
  return *VersionId::parse(fmt::format("{:08x}-1111-4222-8333-444455556666", number));
}

inline std::string a_version_json(unsigned number) {
  return fmt::format(R"({{"id":"{}","number":{},"urls":[],"created_on":"2026-03-10T12:00:00Z"}})",
                     an_id(number).text(), number);
}

inline std::string success(std::string_view result) {
  return fmt::format(R"({{"success":true,"errors":null,"messages":null,"result":{}}})", result);
}

inline std::string failed(int code, std::string_view message) {
  return fmt::format(
      R"({{"success":false,"errors":[{{"code":{},"message":"{}"}}],"messages":[],"result":null}})",
      code, message);
}

/// A page with the versions `from` down to `to`.
inline std::string a_page(unsigned page, unsigned from, unsigned to, unsigned total) {
  std::string items;
  for (unsigned number = from; number >= to && number > 0; --number) {
    items += (items.empty() ? "" : ",") + a_version_json(number);
  }
  return fmt::format(R"({{"success":true,"errors":[],"messages":[],"result":[{}],"result_info":)"
                     R"({{"count":{},"page":{},"per_page":100,"total_count":{}}}}})",
                     items, from >= to && from > 0 ? from - to + 1 : 0, page, total);
}

/// Modules in memory, handed out in pieces of a given size.
class MemoryContents final : public ModuleContents {
 public:
  explicit MemoryContents(std::size_t piece) : piece_(piece) {}
  Result<void> read(const Module& module, const Sink& sink) override {
    if (module.name == fails_at_) {
      Failure failure;
      failure.kind = FailureKind::invalid;
      failure.detail = "it changed";
      return std::unexpected(std::move(failure));
    }
    const std::string& text = texts_[module.name];
    for (std::size_t at = 0; at < text.size(); at += piece_) {
      const auto bytes = std::as_bytes(std::span(text)).subspan(at);
      if (!sink(bytes.first(std::min(piece_, bytes.size())))) break;
    }
    return {};
  }
  Bundle bundle() const {
    Bundle out;
    for (const auto& [name, text] : texts_) {
      out.modules.push_back({.name = name,
                             .content_type = "text/plain",
                             .size = text.size(),
                             .sha256 = Sha256(Sha256::Raw{})});
    }
    return out;
  }

  std::map<std::string, std::string> texts_ = {{"index.js", "export default {}"}};
  std::string fails_at_;

 private:
  std::size_t piece_;
};

inline Result<Version> create_one(CloudflareApi& api) {
  MemoryContents contents(4096);
  return api.create(kShop, contents.bundle(), contents, Deploy::no);
}

}  // namespace rollout
