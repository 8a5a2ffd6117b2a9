// SPDX-License-Identifier: Apache-2.0
// A build directory becomes a version, once; old versions go.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "daemon/core/model/instant.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

using Tags = std::vector<std::string>;

class MainJob : public testing::TestWithParam<Site::Transport> {};

TEST_P(MainJob, AMarkedBuildBecomesExactlyOneVersion) {
  const Site site(GetParam());
  site.configure();
  const auto daemon = site.start();
  site.build("one");
  site.mark();
  const Json created = daemon->await("version.created");
  const auto versions = site.versions();
  ASSERT_EQ(versions.size(), 1U) << "Promise 1";
  const Json version = site.version(versions[0]["id"]);
  EXPECT_EQ(version["annotations"]["workers/tag"], "v1.0.0");
  EXPECT_EQ(version["annotations"]["workers/message"],
            "Build of shop\nrolloutd: build=sha256:" + created["build"].get<std::string>() +
                " policy=plain");
  EXPECT_EQ(version["main_module"], "index.js");
  EXPECT_EQ(version["compatibility_date"], "2026-11-01");
  EXPECT_EQ(version["modules"].size(), 2U);

  site.mark();
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  EXPECT_EQ(site.versions().size(), 1U) << "the same bytes, marked again";

  site.build("two", "1.1.0");
  site.mark();
  daemon->await("version.created", 2);
  EXPECT_EQ(site.tags(), (Tags{"v1.0.0", "v1.1.0"}));
  EXPECT_EQ(site.requests("POST").size(), 2U) << "Promise 3";
  EXPECT_EQ(daemon->stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Over, MainJob, testing::ValuesIn(Site::kTransports),
                         [](const auto& of) { return Site::name_of(of.param); });

TEST(MainJobOverTls, AServerThatIsNotTrustedGetsNothing) {
  const Site site(Site::Transport::tls);
  site.configure();
  site.build("one");
  site.mark();
  DaemonProgram daemon(site.daemon_words(), {});
  const Json told = daemon.await("api.unavailable");
  EXPECT_TRUE(told["message"].get<std::string>().contains("the certificate of " + site.origin() +
                                                          " is not trusted"))
      << told.dump();
  EXPECT_TRUE(site.requests().empty());
}

/// Versions 1 to `count`, a day apart, the newest an hour old; all made here.
std::string history(int count) {
  Json versions = Json::array();
  for (int number = 1; number <= count; ++number) {
    const auto age = std::chrono::hours(1 + 24 * (count - number));
    const Instant created = std::chrono::floor<Millis>(std::chrono::system_clock::now()) - age;
    const std::string digest(64, static_cast<char>('0' + number % 10));
    versions.push_back(
        {{"number", number},
         {"created_on", format_rfc3339(created)},
         {"annotations",
          {{"workers/tag", "v0." + std::to_string(number)},
           {"workers/message", "Old\nrolloutd: build=sha256:" + digest + " policy=plain"}}}});
  }
  const Json deployments = {{{"created_on", versions[1]["created_on"]},
                             {"versions", {{{"number", 2}, {"percentage", 100}}}}}};
  return Json{
      {"workers", {{{"name", "shop"}, {"versions", versions}, {"deployments", deployments}}}}}
      .dump();
}

constexpr const char* kKeepTwo =
    "keep: { last: 2 }\n"
    "protect: { min_age: 0s, rollback: 1 }\n"
    "limits: { max_deletes: 10, max_percent: 100%, grace: 0s }\n";

TEST(MainJob, OldVersionsGoAndWhatServesStays) {
  const Site site;
  site.control("seed", history(6));
  site.retention("two", kKeepTwo);
  site.configure({.retention = "two"});
  site.build("one");  // Not marked; but a root without anything stops pruning.
  const auto daemon = site.start();
  const Json last = daemon->await("prune.deleted", 3);
  EXPECT_EQ(site.tags(), (Tags{"v0.2", "v0.5", "v0.6"})) << "v0.2 serves";
  EXPECT_EQ(site.requests("DELETE").size(), 3U);
  const Ended why = site.ctl({"explain", "v1"});
  EXPECT_EQ(why.exit, 0) << why.err;
  EXPECT_TRUE(why.out.contains("deleted")) << why.out;
  EXPECT_EQ(daemon->stop(), 0);
}

}  // namespace
}  // namespace rollout
