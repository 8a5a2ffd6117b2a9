// SPDX-License-Identifier: Apache-2.0
// What the daemon shows of itself, and what it never shows.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/process/site.h"

namespace rollout {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Ended status_page(const Site& site, const std::string& page) {
  return run({"curl", "-sS", "--unix-socket", site.path("status.sock"), "-w", "%{http_code}",
              "http://localhost" + page});
}

TEST(StatusPages, AnswerOnALocalSocket) {
  const Site site;
  site.configure();
  const auto daemon = site.start();
  site.build("one");
  site.mark();
  daemon->await("version.created");
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  for (const char* page : {"/healthz", "/readyz", "/metrics", "/api/v1/status"}) {
    const Ended answer = status_page(site, page);
    EXPECT_EQ(answer.exit, 0) << answer.err;
    EXPECT_TRUE(answer.out.ends_with("200")) << page << ": " << answer.out;
  }
  EXPECT_TRUE(
      status_page(site, "/metrics")
          .out.contains("rolloutd_versions_created_total{account=\"main\",worker=\"shop\"} 1"))
      << status_page(site, "/metrics").out;
  const Ended status = site.ctl({"status"});
  EXPECT_EQ(status.exit, 0);
  EXPECT_TRUE(status.out.contains("shop")) << status.out;
  EXPECT_EQ(daemon->stop(), 0);
}

// Promise 23. The service itself repeats the token in an error.
TEST(Secrets, TheTokenIsShownNowhere) {
  const Site site;
  site.configure();
  const std::string echo =
      Json::array(
          {{{"method", "GET"},
            {"path", "*/versions"},
            {"status", 400},
            {"times", 2},
            {"body",
             Json{{"success", false},
                  {"errors", {{{"code", 10000}, {"message", std::string("bad token ") + kToken}}}},
                  {"messages", Json::array()},
                  {"result", nullptr}}
                 .dump()}}})
          .dump();
  site.control("faults", echo);
  site.build("one");
  site.mark();
  DaemonProgram daemon(site.daemon_words(), {});
  daemon.await("reconcile.finished");
  const Ended list = site.ctl({"versions", "list"});
  EXPECT_NE(list.exit, 0);
  EXPECT_EQ(site.ctl({"reconcile", "shop", "--wait"}).exit, 0);
  daemon.await("version.created");

  const std::string process = "/proc/" + std::to_string(daemon.pid());
  std::string world = list.out + list.err + text_of(process + "/environ") +
                      text_of(process + "/cmdline") + text_of(site.path("state/main.journal"));
  for (const char* page : {"/readyz?verbose", "/metrics", "/api/v1/status"})
    world += status_page(site, page).out;
  for (const Words& words : {Words{"status", "-o", "json"}, Words{"plan", "-o", "json"},
                             Words{"config", "show"}, Words{"explain", "v1"}}) {
    const Ended shown = site.ctl(words);
    world += shown.out + shown.err;
  }
  EXPECT_EQ(daemon.stop(), 0);
  world += daemon.log();
  EXPECT_FALSE(world.contains(kToken));
  EXPECT_TRUE(world.contains("version.created")) << "the world was looked at";
}

}  // namespace
}  // namespace rollout
