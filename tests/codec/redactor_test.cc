// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/redactor.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

TEST(Redactor, LeavesTextAloneWithoutSecrets) {
  EXPECT_EQ(Redactor().redact("a line"), "a line");
}

TEST(Redactor, ReplacesEverySecretEverywhere) {
  Redactor redactor;
  redactor.add(Secret("token-one"));
  redactor.add(Secret("token-two"));
  EXPECT_EQ(redactor.redact("token-onetoken-one, token-two"), "[redacted][redacted], [redacted]");
}

TEST(Redactor, LeavesNoRestOfTheLongerOfTwo) {
  Redactor redactor;
  redactor.add(Secret("token"));
  redactor.add(Secret("token-and-more"));
  redactor.add(Secret("token"));
  EXPECT_EQ(redactor.redact("token-and-more token"), "[redacted] [redacted]");
}

TEST(Redactor, EndsWhereTheReplacementHoldsTheSecret) {
  Redactor redactor;
  redactor.add(Secret("redacted"));
  EXPECT_EQ(redactor.redact("redacted"), "[redacted]");
}

}  // namespace
}  // namespace rollout
