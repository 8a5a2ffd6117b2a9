// SPDX-License-Identifier: Apache-2.0
// What a build costs on its way out, and a listing on its way in: digest, base64, pages of JSON.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <span>
#include <string>

#include "daemon/adapters/cloudflare/request_body.h"
#include "daemon/adapters/cloudflare/wire_listing.h"
#include "daemon/codec/base64.h"
#include "daemon/codec/sha256.h"
#include "tests/support/a_version.h"

namespace rollout {
namespace {

constexpr std::size_t kPiece = 96 * 1024;

std::string some_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes)
    byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
  return bytes;
}

void BM_Digest(benchmark::State& state) {
  const std::string bytes = some_bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(sha256(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Digest)->Arg(1 << 20)->Arg(64 << 20)->Unit(benchmark::kMillisecond);

/// Hands out one module from memory, in pieces, as the disk does.
class FromMemory final : public ModuleContents {
 public:
  explicit FromMemory(const std::string& bytes) : bytes_(bytes) {}
  Result<void> read(const Module& /*module*/, const Sink& sink) override {
    const auto all = std::as_bytes(std::span(bytes_));
    for (std::size_t at = 0; at < all.size(); at += kPiece) {
      if (!sink(all.subspan(at, std::min(kPiece, all.size() - at)))) break;
    }
    return {};
  }

 private:
  const std::string& bytes_;
};

void BM_CreateBody(benchmark::State& state) {
  const std::string bytes = some_bytes(static_cast<std::size_t>(state.range(0)));
  FromMemory contents(bytes);
  Bundle bundle;
  bundle.main_module = "index.js";
  bundle.modules = {{"index.js", "application/javascript+module", bytes.size(), sha256("x")}};
  for (auto _ : state) {
    std::uint64_t sent = 0;
    CreateBody body(bundle, contents);
    const auto written = body.write([&](std::string_view piece) {
      sent += piece.size();
      return true;
    });
    if (!written || sent != body.size()) state.SkipWithError("the body is not whole");
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_CreateBody)->Arg(1 << 10)->Arg(1 << 20)->Arg(64 << 20)->Unit(benchmark::kMillisecond);

std::string a_page(std::uint64_t first) {
  std::string items;
  for (std::uint64_t number = first; number < first + ListingPages::kPerPage; ++number) {
    items += fmt::format(
        R"({}{{"id":"{}","number":{},"created_on":"2026-01-01T00:00:00.123456Z","source":"api",)"
        R"("urls":[],"annotations":{{"workers/tag":"v{}","workers/message":"a build"}},)"
        R"("compatibility_date":"2026-01-01","bindings":[{{"name":"KV","type":"kv_namespace",)"
        R"("namespace_id":"0123456789abcdef"}}],"main_module":"index.js"}})",
        items.empty() ? "" : ",", version_id(number).text(), number, number);
  }
  return fmt::format(R"({{"success":true,"errors":[],"messages":[],"result":[{}],"result_info":)"
                     R"({{"count":100,"page":1,"per_page":100,"total_count":10000}}}})",
                     items);
}

/// A listing of 10,000 versions: a hundred pages.
void BM_Listing(benchmark::State& state) {
  const std::string page = a_page(1);
  for (auto _ : state) {
    for (int i = 0; i < 100; ++i) {
      const auto read = read_listing_page(page);
      if (!read) state.SkipWithError(read.error().c_str());
      benchmark::DoNotOptimize(read);
    }
  }
  state.SetBytesProcessed(state.iterations() * 100 * static_cast<std::int64_t>(page.size()));
}
BENCHMARK(BM_Listing)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rollout

BENCHMARK_MAIN();
