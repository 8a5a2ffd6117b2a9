// SPDX-License-Identifier: Apache-2.0
// Bad builds and bad answers: each is a clear event, nothing is created or lost.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/process/site.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

struct BadBuild {
  const char* name;
  void (*spoil)(const Site& site);
  const char* reason;
  const char* detail;       ///< Part of the sentence: what and where.
  const char* advice = "";  ///< Another part: what to do.
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
  EXPECT_TRUE(rejected["message"].get<std::string>().contains(GetParam().advice))
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
     "TwoMains", "other.js", "build.main"},
    {"InvalidUtf8",
     [](const Site& site) { site.write("builds/shop/dist/caf\xe9.txt", "coffee\n"); }, "BadName",
     "caf\\xe9.txt"},
    {"AFifo", [](const Site& site) { output_of({"mkfifo", site.dist() + "/pipe.txt"}); },
     "NotARegularFile", "pipe.txt"},
};

INSTANTIATE_TEST_SUITE_P(Each, BadBuilds, testing::ValuesIn(kBadBuilds),
                         [](const auto& build) { return std::string(build.param.name); });

// The API would refuse it.
TEST(BadBuild, OfMoreThan64MiBIsRejectedBeforeAnythingIsSent) {
  const Site site;
  site.configure({.ready = "{ quiet: 1s }"});
  site.build("one");
  const std::string large = site.dist() + "/terms.txt";
  fs::resize_file(large, (64U << 20U) + 1U);  // Sparse.
  const auto daemon = site.start();
  const Json rejected = daemon->await("build.rejected");
  EXPECT_EQ(rejected["reason"], "TooLarge");
  const std::string message = rejected["message"];
  EXPECT_TRUE(message.contains("at most 67108864")) << message;
  EXPECT_TRUE(message.contains("terms.txt")) << message;
  EXPECT_TRUE(site.requests("POST").empty());
  fs::resize_file(large, 10);
  daemon->await("version.created");
  EXPECT_EQ(daemon->stop(), 0);
}

TEST(BadBuild, WithoutAnyModuleIsRejected) {
  const Site site;
  site.configure({.ready = "{ quiet: 1s }"});
  site.write("builds/shop/dist/index.js.map", "{}");
  const auto daemon = site.start();
  const Json rejected = daemon->await("build.rejected");
  EXPECT_EQ(rejected["reason"], "EmptyBuild");
  const std::string message = rejected["message"];
  EXPECT_TRUE(message.contains(site.dist())) << message;
  EXPECT_TRUE(site.requests("POST").empty());
  site.build("one");
  daemon->await("version.created");
  EXPECT_EQ(daemon->stop(), 0);
}

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
  const char* length = nullptr;  ///< Content-Length, where it is not the body's.
};

class BadAnswers : public testing::TestWithParam<BadAnswer> {};

std::string fault(const BadAnswer& answer, const char* method, const char* when) {
  Json headers = {{"Content-Type", answer.content_type}};
  if (answer.length != nullptr) headers["Content-Length"] = answer.length;
  return Json::array({{{"method", method},
                       {"path", "*/versions"},
                       {"when", when},
                       {"status", answer.status},
                       {"headers", headers},
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
    {"CutOff", 200, "application/json", R"({ "success": true, "result": [ { "id": "2)", "5000"},
    {"ListOfNumbers", 200, "application/json", "[1, 2, 3]"},
    {"NothingAtAll", 200, "application/json", ""},
    {"ErrorsNull", 500, "application/json",
     R"({ "success": false, "errors": null, "messages": null, "result": null })"},
};

INSTANTIATE_TEST_SUITE_P(Each, BadAnswers, testing::ValuesIn(kBadAnswers),
                         [](const auto& answer) { return std::string(answer.param.name); });

/// The first page of a list while a version of somebody else's is being deleted: that one is still
/// there, and the oldest is on page 2, from where it will move up.
std::string page_before_a_deletion(const Site& site) {
  std::vector<Json> page = site.versions();
  Json doomed = page.front();
  doomed["id"] = "00000000-0000-4000-8000-000000000000";
  doomed["number"] = page.front()["number"].get<int>() + 1;
  page.pop_back();
  page.insert(page.begin(), doomed);
  const Json answer = {
      {"success", true},
      {"errors", Json::array()},
      {"messages", Json::array()},
      {"result", page},
      {"result_info",
       {{"count", 100}, {"page", 1}, {"per_page", 100}, {"total_count", 101}, {"total_pages", 2}}}};
  return Json::array({{{"method", "GET"},
                       {"path", "*/versions"},
                       {"status", 200},
                       {"headers", {{"Content-Type", "application/json"}}},
                       {"body", answer.dump()}}})
      .dump();
}

// Promise 14. Taken as it is read, the list would lack our version: a second one would be made.
TEST(BadAnswer, AListThatShrinksWhileItIsReadIsReadAgain) {
  const Site site;
  site.configure();
  site.build("one");
  site.mark();
  const auto first = site.start();
  first->await("version.created");
  EXPECT_EQ(first->stop(), 0);
  fs::remove_all(site.path("state"));
  fs::create_directories(site.path("state"));
  Json others = Json::array();
  for (int number = 2; number <= 100; ++number) others.push_back({{"number", number}});
  site.control("seed", Json{{"workers", {{{"name", "shop"}, {"versions", others}}}}}.dump());
  site.control("faults", page_before_a_deletion(site));

  const auto second = site.start();
  const std::string message = second->await("api.unavailable")["message"];
  EXPECT_TRUE(message.contains("the total went from 101 to 100")) << message;
  EXPECT_EQ(second->await("version.deduplicated")["version_number"], "1");
  EXPECT_EQ(site.requests("POST").size(), 1U);
  EXPECT_EQ(second->stop(), 0);
}

/// Three versions of ours.
std::string history() {
  Json versions = Json::array();
  for (int number = 1; number <= 3; ++number) {
    const std::string digest(64, static_cast<char>('a' + number));
    versions.push_back(
        {{"number", number},
         {"annotations",
          {{"workers/tag", "v0." + std::to_string(number)},
           {"workers/message", "rolloutd: build=sha256:" + digest + " policy=plain"}}}});
  }
  return Json{{"workers", {{{"name", "shop"}, {"versions", versions}}}}}.dump();
}

// Promise 14. Taken as it is, it would say that no version is in use.
TEST(BadAnswer, ForAnotherAccountIsNotTakenForOurs) {
  const Site site;
  site.control("seed", history());
  site.retention("one",
                 "keep: { last: 1 }\n"
                 "protect: { min_age: 0s, rollback: 1 }\n"
                 "limits: { max_deletes: 10, max_percent: 100%, grace: 0s }\n");
  site.configure({.retention = "one"});
  const Json other = {
      {"success", true},
      {"errors", Json::array()},
      {"messages", Json::array()},
      {"result",
       {{"deployments", Json::array()}, {"account_id", "ffffffffffffffffffffffffffffffff"}}}};
  site.control("faults", Json::array({{{"method", "GET"},
                                       {"path", "*/scripts/shop/deployments"},
                                       {"status", 200},
                                       {"headers", {{"Content-Type", "application/json"}}},
                                       {"body", other.dump()}}})
                             .dump());
  site.build("one");
  site.mark();
  const auto daemon = site.start();
  daemon->await("version.created");
  const std::string message = daemon->await("api.unavailable")["message"];
  EXPECT_TRUE(message.contains("the answer is for another account")) << message;
  EXPECT_EQ(daemon->await("prune.planned")["stops"], "1");
  const Ended plan = site.ctl({"plan"});
  EXPECT_TRUE(plan.out.contains("! BadReads: ")) << plan.out << plan.err;
  EXPECT_TRUE(site.requests("DELETE").empty());
  EXPECT_EQ(site.versions().size(), 4U);
  EXPECT_EQ(daemon->stop(), 0);
}

}  // namespace
}  // namespace rollout
