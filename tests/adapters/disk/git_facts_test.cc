// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/git_facts.h"

#include <dlfcn.h>
#include <git2.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/adapters/disk/build_dir.h"

namespace {
std::atomic<int> starts = 0;
}

/// Stands before libgit2's own, and counts.
int git_libgit2_init() {
  ++starts;
  static const auto own = reinterpret_cast<int (*)()>(::dlsym(RTLD_NEXT, "git_libgit2_init"));
  return own();
}

namespace rollout {
namespace {

TEST(GitFacts, StartTheirLibraryOnlyWhereARepositoryMayBe) {
  const BuildDir dir;
  dir.write("site/dist/index.js", "export default {}");
  const int before = starts;
  const auto none = git_facts(dir.at("site/dist"));
  ASSERT_TRUE(none) << none.error();
  EXPECT_FALSE(*none);
  EXPECT_EQ(starts, before);

  dir.write("site/HEAD", "ref: refs/heads/main\n");  // As of a bare one.
  EXPECT_TRUE(git_facts(dir.at("site/dist")));
  EXPECT_EQ(starts, before + 1);
  dir.remove("site/HEAD");
  dir.write(".git", "gitdir: elsewhere\n");  // As of a work tree.
  EXPECT_TRUE(git_facts(dir.at("site/dist")));
  EXPECT_EQ(starts, before + 2);
}

}  // namespace
}  // namespace rollout
