// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/watch/namespaces.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace rollout {
namespace {

// Like fork(), into namespaces of its own. Not fork() and unshare(): a program under the thread
// sanitizer has a second thread from the start, and such a one may not unshare its users.
pid_t fork_into_namespaces() {
  constexpr unsigned long kFlags = CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone, kFlags, nullptr, nullptr, nullptr, nullptr));
}

void become_root_of_the_namespace(const std::string& user, const std::string& group) {
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
}

}  // namespace

void in_own_namespace(const std::function<void()>& body) {
  std::fflush(nullptr);
  const auto user = std::to_string(::geteuid()), group = std::to_string(::getegid());
  const pid_t child = fork_into_namespaces();
  ASSERT_GE(child, 0) << "these tests need user namespaces (kernel.unprivileged_userns_clone)";
  if (child == 0) {
    become_root_of_the_namespace(user, group);
    if (!testing::Test::HasFailure()) body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the expectations above, in the child, did not hold";
}

}  // namespace rollout
