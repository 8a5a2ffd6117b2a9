// SPDX-License-Identifier: Apache-2.0
// Each file of tests/golden/config_errors is a small configuration with something wrong in it, and
// what a person is told: `=== NAME` begins a file, `=== told` the errors.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "daemon/adapters/yaml/mistakes.h"
#include "tests/adapters/yaml/support.h"

namespace rollout {
namespace {

constexpr std::string_view kBegin = "=== ";

struct GoldenCase {
  std::vector<std::pair<std::string, std::string>> files;
  std::string told;
};

GoldenCase read_case(const std::string& path) {
  GoldenCase out;
  std::string text = read_text(path);
  while (text.starts_with(kBegin)) {
    const std::size_t line = text.find('\n');
    const std::string name = text.substr(kBegin.size(), line - kBegin.size());
    const std::size_t next = text.find("\n=== ", line);
    const std::size_t end = next == std::string::npos ? text.size() : next + 1;
    std::string body = text.substr(line + 1, end - line - 1);
    text.erase(0, end);
    if (name == "told") {
      out.told = std::move(body);
    } else {
      out.files.emplace_back(name, std::move(body));
    }
  }
  return out;
}

std::vector<std::string> case_names() {
  std::vector<std::string> out;
  const std::string folder = source_path("tests/golden/config_errors");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    out.push_back(entry.path().stem().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string path_of(const std::string& name) {
  return source_path("tests/golden/config_errors/" + name + ".txt");
}

// Promise 17: a policy that cannot be read changes nothing. Of all files or none a configuration
// is made; tests/engine has the part of stopping to prune.
class ConfigErrors : public testing::TestWithParam<std::string> {};

TEST_P(ConfigErrors, AreToldAsWritten) {
  const GoldenCase given = read_case(path_of(GetParam()));
  ConfigDirectory directory;
  if (given.files.empty() || given.files.front().first != "rolloutd.yaml") {
    directory.with("rolloutd.yaml", "version: 1\n");
  }
  for (const auto& [name, text] : given.files) directory.with(name, text);
  const std::string told = directory.errors();
  EXPECT_NE(told, "");
  if (!updates_golden()) {
    EXPECT_EQ(told, given.told);
    return;
  }
  std::string text;
  for (const auto& [name, body] : given.files) text += "=== " + name + "\n" + body;
  write_text(path_of(GetParam()), text + "=== told\n" + told);
}

INSTANTIATE_TEST_SUITE_P(All, ConfigErrors, testing::ValuesIn(case_names()), [](const auto& given) {
  std::string name = given.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(ConfigErrors, CoverEveryKindOfMistake) {
  // What is no file, or too large for one here; config_test.cc and reader_test.cc
  // have them.
  const std::set<std::string_view> elsewhere = {"Unreadable", "TooLarge"};
  std::string all;
  for (const std::string& name : case_names()) all += read_case(path_of(name)).told;
  for (const MistakeRow& row : mistake_rows()) {
    if (elsewhere.contains(row.code)) continue;
    EXPECT_TRUE(all.contains("[" + std::string(row.code) + "]")) << row.code;
  }
}

}  // namespace
}  // namespace rollout
