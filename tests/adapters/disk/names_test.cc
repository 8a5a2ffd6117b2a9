// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/names.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

using namespace std::string_literals;

TEST(Names, AreCleanWithoutControlsAndBrokenUtf8) {
  for (const char* clean : {"index.js", "a b", "grün.txt", "名.txt", "🦊.wasm", "\xC2\xA0"}) {
    EXPECT_TRUE(is_clean_name(clean)) << clean;
  }
  const std::string broken[] = {"a\nb",
                                "\x7F",
                                "\xC2\x85",
                                "\xFF",
                                "\xC3",
                                "\xC0\xAF",
                                "\xE0\x80\xAF",
                                "\xED\xA0\x80",
                                "\xF4\x90\x80\x80",
                                "a\0b"s,
                                "\xF0\x80\x80\x80",
                                "\x80"};
  for (const std::string& name : broken) EXPECT_FALSE(is_clean_name(name)) << shown(name);
}

TEST(Names, AreShownSoThatTheyCannotForgeALine) {
  EXPECT_EQ(shown("a\nb\x1B[31m\xFF grün"), "`a\\x0ab\\x1b[31m\\xff grün`");
  EXPECT_EQ(shown(""), "``");
}

TEST(Names, RelativePathsStayBelow) {
  for (const char* good : {"a", "a/b", "a/..b", ".hidden/a"}) EXPECT_TRUE(is_relative_path(good));
  for (const char* bad : {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\nb"}) {
    EXPECT_FALSE(is_relative_path(bad)) << bad;
  }
}

}  // namespace
}  // namespace rollout
