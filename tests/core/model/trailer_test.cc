// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/trailer.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

const std::string kHex(64, 'a');

TEST(Trailer, IsReadBackAsItWasWritten) {
  const Trailer trailer{BundleDigest{*Sha256::from_hex(kHex)}, PolicyName("release"),
                        Confidence::unconfirmed};
  const auto read = parse_trailer(with_trailer("fix the cart", trailer));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->digest, trailer.digest);
  EXPECT_EQ(read->policy, trailer.policy);
  EXPECT_EQ(read->confidence, Confidence::unconfirmed);
}

TEST(Trailer, StandsAloneWhereTheMessageIsEmpty) {
  const Trailer trailer{BundleDigest{*Sha256::from_hex(kHex)}, PolicyName("manual")};
  EXPECT_EQ(with_trailer("", trailer), "rolloutd: build=sha256:" + kHex + " policy=manual");
}

struct BadCase {
  const char* name;
  std::string message;
};
class BadTrailer : public testing::TestWithParam<BadCase> {};

TEST_P(BadTrailer, IsNone) {
  EXPECT_FALSE(parse_trailer(GetParam().message));
}

const std::string kGood = "rolloutd: build=sha256:" + kHex + " policy=release";
INSTANTIATE_TEST_SUITE_P(
    Trailer, BadTrailer,
    testing::Values(BadCase{"Empty", ""}, BadCase{"NotTheLastLine", kGood + "\nmore"},
                    BadCase{"TextBefore", "x" + kGood}, BadCase{"TextAfter", kGood + " x"},
                    BadCase{"UpperCaseDigest",
                            "rolloutd: build=sha256:" + std::string(64, 'A') + " policy=release"},
                    BadCase{"ShortDigest", "rolloutd: build=sha256:abc policy=release"},
                    BadCase{"NoPolicy", "rolloutd: build=sha256:" + kHex + " policy="},
                    BadCase{"PolicyStartsWithDash",
                            "rolloutd: build=sha256:" + kHex + " policy=-a"},
                    BadCase{"PolicyTooLong",
                            "rolloutd: build=sha256:" + kHex + " policy=" + std::string(64, 'p')}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace rollout
