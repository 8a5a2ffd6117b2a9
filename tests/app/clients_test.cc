// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/clients.h"

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/switched_api.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

class Clients : public Shop {
 protected:
  Clients() { server_.seed(kThreeVersions); }

  std::unique_ptr<CloudflareApi> client(Mode mode) {
    AccountConfig account;
    account.name = AccountName("main");
    account.id = AccountId(server_.account());
    account.api = server_.base_url();
    account.token = TokenFile{folder_.path("token")};
    return make_client(account, access_of(mode), std::chrono::seconds(30), clock_, nullptr).value();
  }
  Tick soon() { return clock_.tick() + std::chrono::seconds(5); }

  SystemClock clock_;
  const WorkerId shop_{"shop"};
};

TEST_F(Clients, R12WhoObservesHoldsNoObjectThatCanDelete) {
  const auto observing = client(Mode::observe);
  const auto versions = observing->list(shop_);
  ASSERT_TRUE(versions) << versions.error().sentence();
  const VersionId oldest = versions->versions.back().id;

  EXPECT_FALSE(observing->remove(shop_, oldest, soon()));
  EXPECT_FALSE(observing->patch_latest(shop_, JsonText{"{}"}, Deploy::no));
  EXPECT_FALSE(observing->deploy(shop_, {{oldest, 100}}, "back", Force::no));
  EXPECT_EQ(server_.count_requests("DELETE"), 0U);
  EXPECT_EQ(server_.count_requests("PATCH"), 0U);
  EXPECT_EQ(server_.count_requests("POST"), 0U);

  EXPECT_TRUE(client(Mode::enforce)->remove(shop_, oldest, soon())) << "one that enforces can";
  EXPECT_EQ(server_.count_requests("DELETE"), 1U);
}

// A reload from enforce to observe.
TEST_F(Clients, R12ALaneThatObservesFromNowOnHoldsNoneEither) {
  SwitchedApi lane(client(Mode::enforce));
  const auto versions = lane.list(shop_);
  ASSERT_TRUE(versions) << versions.error().sentence();
  lane.replace(client(Mode::observe));
  EXPECT_FALSE(lane.remove(shop_, versions->versions.back().id, soon()));
  EXPECT_EQ(server_.count_requests("DELETE"), 0U);
  lane.replace(client(Mode::enforce));
  EXPECT_TRUE(lane.remove(shop_, versions->versions.back().id, soon()));
}

}  // namespace
}  // namespace rollout
