// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/deployment.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

using namespace std::chrono_literals;

VersionId id(char digit) {
  return *VersionId::parse(std::string(8, digit) + "-0000-4000-8000-000000000000");
}

const Instant kStart = *parse_rfc3339("2026-01-01T00:00:00Z");

Deployment at(Millis offset, std::vector<Share> shares) {
  Deployment deployment;
  deployment.created_on = kStart + offset;
  deployment.versions = std::move(shares);
  return deployment;
}

TEST(Services, LastUntilADeploymentThatCarriesSomethingElse) {
  const DeploymentHistory history{
      {at(2h, {{id('b'), 100}}), at(1h, {{id('a'), 50}, {id('b'), 50}}), at(0h, {{id('a'), 100}})},
      std::nullopt};
  const auto stretches = services(history);
  ASSERT_EQ(stretches.size(), 4U);
  EXPECT_EQ(stretches[0].version, id('a'));
  EXPECT_EQ(stretches[0].to, kStart + 1h);
  EXPECT_EQ(stretches[1].version, id('a'));
  EXPECT_EQ(stretches[1].percentage, 50);
  EXPECT_EQ(stretches[3].version, id('b'));
  EXPECT_FALSE(stretches[3].to);
}

TEST(Services, AreOneStretchWhereTheShareStays) {
  const DeploymentHistory history{{at(1h, {{id('a'), 100}}), at(0h, {{id('a'), 100}})},
                                  std::nullopt};
  const auto stretches = services(history);
  ASSERT_EQ(stretches.size(), 1U);
  EXPECT_EQ(stretches[0].from, kStart);
}

TEST(ServesNow, CountsAShareOfZero) {
  const DeploymentHistory history{{at(0h, {{id('a'), 100}, {id('b'), 0}})}, std::nullopt};
  EXPECT_TRUE(serves_now(history, id('b')));
  EXPECT_FALSE(serves_now(history, id('c')));
  EXPECT_FALSE(serves_now({}, id('a')));
}

}  // namespace
}  // namespace rollout
