// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/watch/namespaces.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace rollout {
namespace {

void become_root_of_a_namespace() {
  const auto user = std::to_string(::geteuid()), group = std::to_string(::getegid());
  ASSERT_EQ(::unshare(CLONE_NEWUSER | CLONE_NEWNS), 0)
      << "these tests need user namespaces (kernel.unprivileged_userns_clone)";
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
}

}  // namespace

void in_own_namespace(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    become_root_of_a_namespace();
    if (!testing::Test::HasFailure()) body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the expectations above, in the child, did not hold";
}

}  // namespace rollout
