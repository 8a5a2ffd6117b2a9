// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/module_rules.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

TEST(ModuleRules, GlobsMatchAsWranglersDo) {
  EXPECT_TRUE(matches_glob("a.js", "**/*.js"));
  EXPECT_TRUE(matches_glob("x/y/a.js", "**/*.js"));
  EXPECT_TRUE(matches_glob("x/a.js", "x/*.js"));
  EXPECT_TRUE(matches_glob("x/y/z", "x/**"));
  EXPECT_TRUE(matches_glob("add.wasm?module", "**/*.wasm?module"));
  EXPECT_FALSE(matches_glob("x/y/a.js", "x/*.js"));
  EXPECT_FALSE(matches_glob("a.jsx", "**/*.js"));
  EXPECT_FALSE(matches_glob("add.wasmXmodule", "**/*.wasm?module"));
  EXPECT_FALSE(matches_glob("", "*.js"));
}

TEST(ModuleRules, ARuleEndsLaterOnesOfItsTypeUnlessItFallsThrough) {
  std::vector<ModuleRule> rules = {{"text/plain", {"**/*.md"}, false},
                                   {"text/plain", {"**/*.txt"}, false}};
  EXPECT_EQ(type_by_rules(rules, "a.md"), "text/plain");
  EXPECT_EQ(type_by_rules(rules, "a.txt"), std::nullopt);
  rules[0].fallthrough = true;
  EXPECT_EQ(type_by_rules(rules, "a.txt"), "text/plain");
}

TEST(ModuleRules, WranglersOwnKnowNoCode) {
  EXPECT_EQ(type_by_rules(default_module_rules(), "x/a.wasm"), "application/wasm");
  EXPECT_EQ(type_by_rules(default_module_rules(), "a.js"), std::nullopt);
}

}  // namespace
}  // namespace rollout
