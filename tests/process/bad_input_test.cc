// SPDX-License-Identifier: Apache-2.0
// Bad builds and bad answers: each is a clear event, nothing is created or lost.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/process/site.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

struct BadBuild {
  const char* name;
  void (*spoil)(const Site& site);
  const char* reason;
  const char* detail;  ///< Part of the sentence.
};

class BadBuilds : public testing::TestWithParam<BadBuild> {};

// The daemon judges by itself: with a quiet period no marker has looked before.
TEST_P(BadBuilds, AreRejectedWithAReasonUntilTheyAreMended) {
  const Site site;
  site.configure({.ready = "{ quiet: 1s }"});
  site.build("one");
  GetParam().spoil(site);
  const Ended mark = run({ROLLOUTCTL_PROGRAM, "mark", site.dist()});
  EXPECT_EQ(mark.exit, 1) << "and no marker is published for it";
  EXPECT_TRUE(mark.err.contains(GetParam().detail)) << mark.err;

  const auto daemon = site.start();
  const Json rejected = daemon->await("build.rejected");
  EXPECT_EQ(rejected["reason"], GetParam().reason) << rejected["message"];
  EXPECT_TRUE(rejected["message"].get<std::string>().contains(GetParam().detail))
      << rejected["message"];
  EXPECT_TRUE(site.requests("POST").empty());

  fs::remove_all(site.dist());
  site.build("one");
  daemon->await("version.created");
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_EQ(daemon->stop(), 0);
}

const BadBuild kBadBuilds[] = {
    {"ASymlinkOutOfTheRoot",
     [](const Site& site) {
       site.write("secret.js", "export const secret = 1;\n");
       fs::create_symlink(site.path("secret.js"), site.dist() + "/secret.js");
     },
     "SymlinkInBuild", "secret.js"},
    {"TwoMainModules",
     [](const Site& site) { site.write("builds/shop/dist/other.js", "export default {};\n"); },
     "TwoMains", "other.js"},
    {"InvalidUtf8",
     [](const Site& site) { site.write("builds/shop/dist/caf\xe9.txt", "coffee\n"); }, "BadName",
     "caf\\xe9.txt"},
    {"AFifo", [](const Site& site) { output_of({"mkfifo", site.dist() + "/pipe.txt"}); },
     "NotARegularFile", "pipe.txt"},
};

INSTANTIATE_TEST_SUITE_P(Each, BadBuilds, testing::ValuesIn(kBadBuilds),
                         [](const auto& build) { return std::string(build.param.name); });

TEST(BadBuild, AnEmptyRootIsUnavailableAndNeverNoBuilds) {
  const Site site;
  site.configure();
  const auto daemon = site.start();
  const Json unreadable = daemon->await("source.unreadable");
  EXPECT_TRUE(unreadable["message"].get<std::string>().contains("empty")) << unreadable["message"];
  EXPECT_EQ(run({ROLLOUTCTL_PROGRAM, "mark", site.dist()}).exit, 1);
  EXPECT_EQ(daemon->stop(), 0);
}

// Fault matrix 7 and 12: what the marker lists is what is read, or nothing is.
TEST(BadBuild, AFileThatIsNotAsTheMarkerSaysIsNoVersion) {
  const Site site;
  site.configure();
  site.build("one");
  site.mark();
  site.write("builds/shop/dist/terms.txt", "Be unkind.\n");
  const auto daemon = site.start();
  EXPECT_EQ(daemon->await("build.rejected")["reason"], "MarkerMismatch");
  EXPECT_TRUE(site.requests("POST").empty());
  site.mark();
  daemon->await("version.created");
  EXPECT_EQ(daemon->stop(), 0);
}

// Fault matrix 12. Root reads everything: the daemon runs as somebody else.
TEST(BadBuild, AFileThatCannotBeReadIsNoVersion) {
  const Site site;
  site.configure();
  site.build("one");
  site.mark();
  ASSERT_EQ(::geteuid(), 0U) << "the daemon must run as another user: run this test as root";
  const std::string terms = site.dist() + "/terms.txt";
  output_of({"chown", "-R", "65534:65534", site.path("")});
  output_of({"chown", "0:0", terms});
  fs::permissions(terms, fs::perms::owner_read);
  const auto daemon =
      site.start({"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"});
  const Json rejected = daemon->await("build.rejected");
  EXPECT_TRUE(rejected["message"].get<std::string>().contains("terms.txt")) << rejected["message"];
  EXPECT_TRUE(site.requests("POST").empty());
  output_of({"chown", "65534:65534", terms});
  daemon->await("version.created");
  EXPECT_EQ(daemon->stop(), 0);
}

struct BadAnswer {
  const char* name;
  int status;
  const char* content_type;
  const char* body;
};

class BadAnswers : public testing::TestWithParam<BadAnswer> {};

std::string fault(const BadAnswer& answer, const char* method, const char* when) {
  return Json::array({{{"method", method},
                       {"path", "*/versions"},
                       {"when", when},
                       {"status", answer.status},
                       {"headers", {{"Content-Type", answer.content_type}}},
                       {"body", answer.body}}})
      .dump();
}

// Promise 14.
TEST_P(BadAnswers, ToAListingTeachNothingAndLoseNothing) {
  const Site site;
  site.configure();
  site.control("faults", fault(GetParam(), "GET", "before"));
  site.build("one");
  site.mark();
  const auto daemon = site.start();
  const Json unavailable = daemon->await("api.unavailable");
  EXPECT_FALSE(unavailable["message"].get<std::string>().contains("<html>"))
      << "the body is not for the log";
  daemon->await("version.created");
  EXPECT_EQ(site.requests("POST").size(), 1U);
  EXPECT_EQ(daemon->stop(), 0);
}

// Promise 4.
TEST_P(BadAnswers, ToACreateThatHappenedMakeNoSecondVersion) {
  const Site site;
  site.configure();
  site.control("faults", fault(GetParam(), "POST", "after"));
  site.build("one");
  site.mark();
  const auto daemon = site.start();
  daemon->await("version.create_failed");
  daemon->await("version.adopted");
  EXPECT_EQ(site.versions().size(), 1U);
  EXPECT_EQ(site.requests("POST").size(), 1U);
  EXPECT_EQ(daemon->stop(), 0);
}

const BadAnswer kBadAnswers[] = {
    {"Html502", 502, "text/html", "<html><h1>502 Bad Gateway</h1></html>"},
    {"Html200", 200, "text/html", "<html><h1>Log in</h1></html>"},
    {"Truncated", 200, "application/json", R"({ "success": true, "result": [ { "id": "2)"},
    {"NothingAtAll", 200, "application/json", ""},
    {"ErrorsNull", 500, "application/json",
     R"({ "success": false, "errors": null, "messages": null, "result": null })"},
};

INSTANTIATE_TEST_SUITE_P(Each, BadAnswers, testing::ValuesIn(kBadAnswers),
                         [](const auto& answer) { return std::string(answer.param.name); });

}  // namespace
}  // namespace rollout
