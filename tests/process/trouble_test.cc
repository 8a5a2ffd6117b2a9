// SPDX-License-Identifier: Apache-2.0
// The service refuses, the disk is full: the daemon waits, says so, and goes on.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "daemon/core/model/exit_codes.h"
#include "daemon/core/model/instant.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

class TroubleOver : public testing::TestWithParam<Site::Transport> {};
INSTANTIATE_TEST_SUITE_P(Each, TroubleOver, testing::ValuesIn(Site::kTransports),
                         [](const auto& of) { return Site::name_of(of.param); });

// Journey J7.
TEST_P(TroubleOver, ARefusedTokenIsToldOnceAndProbedSeldom) {
  const Site site(GetParam(), "expired-token");
  site.configure();
  const auto daemon = site.start();
  const Json failed = daemon->await("auth.failed");
  EXPECT_EQ(failed["duration_ms"], "300000") << "one probe in 5 minutes";
  const std::size_t asked = site.requests().size();

  site.build("one");
  site.mark();
  daemon->await("build.detected");
  site.build("two");
  site.mark();
  daemon->await("build.detected", 2);  // Twice the lane was awake, and it did not ask.
  EXPECT_EQ(site.requests().size(), asked);
  EXPECT_EQ(daemon->told("auth.failed").size(), 1U);
  const Ended list = site.ctl({"versions", "list"});
  EXPECT_EQ(list.exit, kExitUnauthorized) << list.err;
  EXPECT_FALSE(list.err.empty());

  site.write("token", std::string(kToken) + "\n");
  EXPECT_EQ(site.ctl({"reload"}).exit, 0) << "the file is read again";
  daemon->await("version.created");
  EXPECT_EQ(daemon->stop(), 0);
}

// Promise 19 (fault matrix 24).
TEST_P(TroubleOver, ARateLimitIsWaitedForAndNothingIsAskedMeanwhile) {
  const Site site(GetParam());
  site.configure();
  const auto daemon = site.start();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  site.control("faults", R"([{ "status": 429, "headers": { "Retry-After": "5" }, "times": 2 }])");
  site.build("one");
  site.mark();
  const Json first = daemon->await("api.throttled");
  EXPECT_GE(std::stoi(first["duration_ms"].get<std::string>()), 5000);
  const Json created = daemon->await("version.created");
  const auto waited = *parse_rfc3339(created["time"].get<std::string>()) -
                      *parse_rfc3339(first["time"].get<std::string>());
  EXPECT_GE(waited, std::chrono::seconds(9)) << "twice 5 seconds";
  std::size_t refused = 0;
  for (const Json& request : site.requests()) refused += request["status"] == 429 ? 1 : 0;
  EXPECT_EQ(refused, 2U) << "no request in between";
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_EQ(daemon->stop(), 0);
}

/// A small file system over a directory, seen by this process and its children alone.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path) : path_(path) {
    usable_ = ::unshare(CLONE_NEWNS) == 0 &&
              ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
              ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=4m") == 0;
  }
  ~SmallDisk() {
    if (usable_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  bool usable() const { return usable_; }

  void fill() const {
    const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string page(4096, 'x');
    while (::write(file, page.data(), page.size()) > 0) {
    }
    ::close(file);
  }
  void empty() const { ::unlink(ballast().c_str()); }

 private:
  std::string ballast() const { return path_ + "/ballast"; }
  std::string path_;
  bool usable_ = false;
};

// Promises 2 and 22 (fault matrix 14).
TEST(Trouble, AFullDiskStopsCreatingAndEndsByItself) {
  const Site site;
  site.configure();
  const SmallDisk disk(site.path("state"));
  ASSERT_TRUE(disk.usable()) << "a small file system must be mounted: run this test as root";
  const auto daemon = site.start();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  disk.fill();
  site.build("one");
  site.mark();
  daemon->await("journal.degraded");
  daemon->await("journal.degraded", 2);
  EXPECT_TRUE(site.requests("POST").empty()) << "Promise 2: no intent, no POST";
  disk.empty();
  daemon->await("version.created");
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_EQ(daemon->stop(), 0);
}

}  // namespace
}  // namespace rollout
