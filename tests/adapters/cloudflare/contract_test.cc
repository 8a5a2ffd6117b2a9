// SPDX-License-Identifier: Apache-2.0
// The client against the local Versions API, over real sockets.
#include "tests/contract/versions_api_contract.h"

#include "daemon/adapters/cloudflare/client.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/core/model/ensure.h"
#include "tests/support/emulator_server.h"

namespace rollout {
namespace {

class EmulatorWorld {
 public:
  EmulatorWorld() {
    CloudflareApi::Options options;
    options.account = AccountId(server_.account());
    options.api = server_.base_url();
    options.budget = {.rate = 1000, .burst = 1000};
    options.access = Access::full;
    options.version = "0.1.0";
    auto api = CloudflareApi::make(options, Secret(server_.token()), clock_);
    ENSURE(api.has_value(), "the test's options must be good");
    api_ = std::move(*api);
  }
  VersionsApi& api() { return *api_; }
  EmulatorServer& server() { return server_; }

 private:
  EmulatorServer server_;
  SystemClock clock_;
  std::unique_ptr<CloudflareApi> api_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Emulator, VersionsApiContract, EmulatorWorld);

TEST(EmulatorFaults, ALostAnswerIsAnUnknownOutcomeAndTheVersionIsThere) {
  EmulatorWorld world;
  world.server().add_faults(
      R"([{"method":"POST","path":"*/versions","when":"after","drop":true}])");
  ContractContents contents(ContractTexts{{"index.js", "export default {}"}});
  const WorkerId shop("shop");
  const auto made = world.api().create(shop, contents.bundle("v1"), contents, Deploy::no);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, FailureKind::unknown_outcome);
  EXPECT_EQ(world.server().count_requests("POST"), 1U);
  EXPECT_EQ(world.api().list(shop)->versions.size(), 1U);
}

TEST(EmulatorFaults, AWrongTokenIsUnauthorized) {
  EmulatorServer server;
  SystemClock clock;
  CloudflareApi::Options options;
  options.account = AccountId(server.account());
  options.api = server.base_url();
  auto api = CloudflareApi::make(options, Secret("wrong"), clock);
  ASSERT_TRUE(api);
  EXPECT_EQ((*api)->list(WorkerId("shop")).error().kind, FailureKind::unauthorized);
}

}  // namespace
}  // namespace rollout
