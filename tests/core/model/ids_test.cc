// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/ids.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

TEST(VersionId, HoldsAFullUuid) {
  const auto id = VersionId::parse("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
}

// Promise 11: what a DELETE names can be no prefix and no keyword.
TEST(VersionId, CannotHoldAPrefixOrLatest) {
  EXPECT_FALSE(VersionId::parse("latest"));
  EXPECT_FALSE(VersionId::parse("0f1e2d3c"));
  EXPECT_FALSE(VersionId::parse(""));
  EXPECT_FALSE(VersionId::parse("0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0"));
  EXPECT_FALSE(VersionId::parse("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/../x"));
}

TEST(Sha256, RoundTripsThroughHex) {
  const std::string hex = "00ff" + std::string(60, '7');
  EXPECT_EQ(Sha256::from_hex(hex)->hex(), hex);
  EXPECT_FALSE(Sha256::from_hex(hex.substr(1)));
  EXPECT_FALSE(Sha256::from_hex(std::string(64, 'g')));
}

}  // namespace
}  // namespace rollout
