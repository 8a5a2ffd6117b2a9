// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/resolve.h"

#include <gtest/gtest.h>

#include "tests/support/a_version.h"

namespace rollout {
namespace {

Listing a_listing() {
  Listing listing;
  listing.versions = {a_version(42).tagged("v1.0").version(),
                      a_version(43).tagged("twice").version(),
                      a_version(44).tagged("twice").version()};
  return listing;
}

TEST(ResolveVersion, TakesAnIdAPrefixANumberOrATag) {
  const Listing listing = a_listing();
  const std::string id(version_id(42).text());
  for (const std::string& text :
       {id, id.substr(0, 8), std::string("v42"), std::string("42"), std::string("v1.0")}) {
    const auto found = resolve_version(listing, text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->number, 42U);
  }
}

TEST(ResolveVersion, RefusesWhatIsAmbiguousShortOrUnknown) {
  const Listing listing = a_listing();
  EXPECT_EQ(resolve_version(listing, "twice").error().kind, FailureKind::refused);
  for (const char* text : {"", "latest", "v7", "abc", "ffffffff", "v"}) {
    EXPECT_EQ(resolve_version(listing, text).error().kind, FailureKind::not_found) << text;
  }
}

}  // namespace
}  // namespace rollout
