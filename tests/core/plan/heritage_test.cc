// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/heritage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/an_observation.h"

namespace rollout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Binding binding(const std::string& name, const std::string& type) {
  return {name, type, {"{}"}};
}

class HeritageTest : public testing::Test {
 protected:
  HeritageTest() {
    before_.settings.bindings = {binding("KEY", "secret_text"), binding("KV", "kv_namespace"),
                                 binding("MODE", "plain_text"), binding("SIGN", "secret_key")};
  }
  std::expected<Inherited, std::string> take(Secrets secrets) const {
    return inherited(build_, secrets, &before_);
  }

  Build build_ = a_build(1);
  VersionDetail before_{a_version(1).version(), {}, {}, {}, {}, {}, {}};
};

TEST_F(HeritageTest, SecretsAreInheritedByDefault) {
  EXPECT_THAT(take(Secrets::inherit)->bindings, ElementsAre("KEY", "SIGN"));
}

TEST_F(HeritageTest, WhatTheBuildDeclaresIsItsOwn) {
  build_.settings.bindings = {binding("KEY", "plain_text")};
  EXPECT_THAT(take(Secrets::inherit)->bindings, ElementsAre("SIGN"));
}

TEST_F(HeritageTest, NoSecretIsLostUnlessTheConfigurationSaysSo) {
  const auto refused = take(Secrets::named);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("KEY, SIGN"));
  build_.settings.bindings = {binding("KEY", "inherit"), binding("SIGN", "inherit")};
  EXPECT_THAT(take(Secrets::named)->bindings, ElementsAre());
  build_.settings.bindings.clear();
  EXPECT_THAT(take(Secrets::drop)->bindings, ElementsAre());
}

TEST_F(HeritageTest, RequiredSecretsMustBeThere) {
  build_.heritage.required_secrets = {"KEY"};
  EXPECT_THAT(take(Secrets::inherit)->bindings, ElementsAre("KEY", "SIGN"));
  EXPECT_THAT(take(Secrets::drop)->bindings, ElementsAre("KEY"));
  build_.heritage.required_secrets = {"MODE"};
  ASSERT_FALSE(take(Secrets::drop)) << "a variable of that name is no secret";
  EXPECT_THAT(take(Secrets::inherit).error(), HasSubstr("MODE"));
  EXPECT_FALSE(inherited(build_, Secrets::inherit, nullptr));
}

TEST_F(HeritageTest, VariablesStayWhereTheBuildAsksForIt) {
  build_.heritage.variables = Variables::kept;
  EXPECT_THAT(take(Secrets::drop)->bindings, ElementsAre("MODE"));
}

TEST_F(HeritageTest, TheFirstVersionInheritsNothing) {
  const auto first = inherited(build_, Secrets::inherit, nullptr);
  ASSERT_TRUE(first);
  EXPECT_THAT(first->bindings, ElementsAre());
  EXPECT_FALSE(first->migrations);
}

TEST_F(HeritageTest, OnlyMigrationsThatHaveNotRunAreSent) {
  build_.heritage.migrations = {{"v1", {"1"}}, {"v2", {"2"}}, {"v3", {"3"}}};
  const auto steps = [this] {
    std::vector<std::string> tags;
    const auto taken = take(Secrets::inherit);
    if (taken->migrations) {
      for (const MigrationStep& step : taken->migrations->steps) tags.push_back(step.tag);
    }
    return tags;
  };
  EXPECT_THAT(steps(), ElementsAre("v1", "v2", "v3"));
  before_.migration_tag = "v1";
  EXPECT_THAT(steps(), ElementsAre("v2", "v3"));
  EXPECT_EQ(take(Secrets::inherit)->migrations->old_tag, "v1");
  before_.migration_tag = "v3";
  EXPECT_THAT(steps(), ElementsAre());
  before_.migration_tag = "forgotten";
  EXPECT_THAT(steps(), ElementsAre("v1", "v2", "v3"));
  build_.settings.migrations = JsonText{"{}"};
  EXPECT_THAT(steps(), ElementsAre()) << "the configuration's own go first";
}

TEST_F(HeritageTest, TheVersionBeforeIsReadOnlyWhereItMatters) {
  EXPECT_FALSE(needs_the_version_before(build_, Secrets::drop));
  EXPECT_TRUE(needs_the_version_before(build_, Secrets::inherit));
  build_.heritage.migrations = {{"v1", {"1"}}};
  EXPECT_TRUE(needs_the_version_before(build_, Secrets::drop));
}

}  // namespace
}  // namespace rollout
