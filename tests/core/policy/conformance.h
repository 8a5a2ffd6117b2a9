// SPDX-License-Identifier: Apache-2.0
// The conformance data that stands beside the source tree.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace rollout {

inline nlohmann::json conformance(const std::string& name) {
  std::ifstream file(ROLLOUT_SOURCE_DIR "/../shared/conformance/retention/" + name);
  EXPECT_TRUE(file) << "the conformance data is not beside the source tree";
  return nlohmann::json::parse(file);
}

}  // namespace rollout
