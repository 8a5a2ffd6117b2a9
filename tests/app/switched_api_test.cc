// SPDX-License-Identifier: Apache-2.0
// What a reload does to the client of a lane, in the middle of a call and between two.
#include "daemon/app/switched_api.h"

#include <gtest/gtest.h>

#include <functional>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/codec/sha256.h"
#include "tests/support/emulator_server.h"

namespace rollout {
namespace {

const WorkerId kShop{"shop"};
constexpr std::string_view kScript = "export default {};";

/// Whatever is to happen while the body of a create is sent happens in the lane's own thread.
class Interrupted final : public ModuleContents {
 public:
  explicit Interrupted(std::function<void()> meanwhile) : meanwhile_(std::move(meanwhile)) {}
  Result<void> read(const Module& /*module*/, const Sink& sink) override {
    meanwhile_();
    sink(std::as_bytes(std::span(kScript)));
    return {};
  }

 private:
  std::function<void()> meanwhile_;
};

class Switched : public testing::Test {
 protected:
  Switched() { server_.seed(R"({"workers":[{"name":"shop","versions":[]}]})"); }

  std::shared_ptr<CloudflareApi> client(Access access, const std::string& token) {
    CloudflareApi::Options options;
    options.account = AccountId(server_.account());
    options.api = server_.base_url();
    options.meter = meter_;
    options.access = access;
    return *CloudflareApi::make(std::move(options), Secret(token), clock_);
  }
  std::shared_ptr<CloudflareApi> client(Access access) { return client(access, server_.token()); }

  Result<Version> create(std::function<void()> meanwhile) {
    Bundle bundle;
    bundle.main_module = "index.js";
    bundle.modules = {
        {"index.js", "application/javascript+module", kScript.size(), sha256(kScript)}};
    Interrupted contents(std::move(meanwhile));
    return api_.create(kShop, bundle, contents, Deploy::no);
  }

  EmulatorServer server_;
  SystemClock clock_;
  std::shared_ptr<Meter> meter_ =
      std::make_shared<Meter>(BudgetConfig{.rate = 0.001, .burst = 5}, clock_.tick());
  SwitchedApi api_{client(Access::full)};
};

// Invariant R12, and promise 26: what was sent is waited for.
TEST_F(Switched, ToObserveInTheMiddleOfACreateLetsItEndAndSendsNoOther) {
  const auto created = create([this] { api_.replace(client(Access::read_only)); });
  ASSERT_TRUE(created) << created.error().sentence();
  const auto refused = create([] {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(server_.count_requests("POST"), 1U);
  EXPECT_TRUE(api_.list(kShop)) << "it still reads";
}

TEST_F(Switched, ATokenThatComesAfterTheNextClientIsForThatOne) {
  const auto created = create([this] {
    api_.replace(client(Access::full, "an-old-token-altogether"));
    api_.replace_token(Secret(server_.token()));
  });
  ASSERT_TRUE(created) << created.error().sentence();
  EXPECT_TRUE(api_.list(kShop));
}

TEST_F(Switched, ATokenInTheMiddleOfACallIsForTheNextOne) {
  const auto created = create([this] { api_.replace_token(Secret("another-token-altogether")); });
  ASSERT_TRUE(created) << created.error().sentence();
  const auto listed = api_.list(kShop);
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().kind, FailureKind::unauthorized);
}

// Promise 18: a reload is no way around the budget.
TEST_F(Switched, TheNextClientGoesOnWithTheBudgetAndTheCounts) {
  ASSERT_TRUE(api_.list(kShop));
  ASSERT_TRUE(api_.list(kShop));
  api_.replace(client(Access::read_only));
  ASSERT_TRUE(api_.list(kShop));
  EXPECT_EQ((api_.current()->traffic().requests.at({"list", "2xx"})), 3U);
  ASSERT_TRUE(api_.list(kShop));
  ASSERT_TRUE(api_.list(kShop));
  EXPECT_GT(meter_->delay(Priority::list, clock_.tick()), Millis(0));
}

TEST_F(Switched, OneThatComesAfterTheStopSendsNothing) {
  api_.stop();
  api_.replace(client(Access::full));
  EXPECT_FALSE(api_.list(kShop));
  EXPECT_EQ(server_.count_requests("GET"), 0U);
}

}  // namespace
}  // namespace rollout
