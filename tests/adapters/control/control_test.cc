// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "daemon/adapters/control/control_client.h"
#include "daemon/adapters/control/control_server.h"
#include "daemon/adapters/control/unix_address.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCanary = "canary-4f1d0c7e9b";

class RealClock final : public Clock {
 public:
  Instant now() override { return {}; }
  Tick tick() override {
    return Tick(std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch()));
  }
};

class Control : public testing::Test {
 protected:
  Control() {
    std::string pattern = testing::TempDir() + "controlXXXXXX";
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ + "/control.sock";
    redactor_.add(Secret(kCanary));
  }
  ~Control() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }
  using Handle = std::function<Json(const Json&, const std::string&)>;
  Result<std::unique_ptr<ControlServer>> try_start(Handle handle) {
    return ControlServer::start(
        {.path = path_,
         .handle = std::move(handle),
         .user_name = [](unsigned uid) { return "user " + std::to_string(uid); },
         .redactor = redactor_,
         .clock = clock_});
  }
  void start(Handle handle) {
    auto server = try_start(std::move(handle));
    ASSERT_TRUE(server) << server.error().sentence();
    server_ = std::move(*server);
  }
  Result<Json> ask(const Json& request, Millis limit = 10s) {
    return ask_daemon(path_, request, limit, clock_);
  }
  /// A connection of its own, for bytes that the client would not send.
  int connected() const {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = UnixAddress::of(path_);
    EXPECT_EQ(connect(fd, address->get(), address->size()), 0);
    return fd;
  }
  static std::string all_of(int fd) {
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = recv(fd, piece.data(), piece.size(), 0)) > 0;) {
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  static Json echo(const Json& request, const std::string& actor) {
    return {{"exit", 0}, {"data", {{"request", request}, {"actor", actor}}}};
  }

  RealClock clock_;
  Redactor redactor_;
  std::string directory_;
  std::string path_;
  std::unique_ptr<ControlServer> server_;
};

TEST_F(Control, CarriesARequestAndItsAnswer) {
  start(&Control::echo);
  const auto answer = ask({{"op", "plan"}, {"args", {{"worker", "shop\n\"api\""}}}});
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ((*answer)["exit"], 0);
  EXPECT_EQ((*answer)["data"]["request"]["args"]["worker"], "shop\n\"api\"");
  EXPECT_EQ((*answer)["data"]["actor"], "user " + std::to_string(getuid()));
}

TEST_F(Control, IsOpenToItsGroupOnly) {
  start(&Control::echo);
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660U);
}

TEST_F(Control, TellsThatNoDaemonIsThere) {
  EXPECT_EQ(ask({{"op", "plan"}}).error().kind, FailureKind::not_found);
  start(&Control::echo);
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(ask({{"op", "plan"}}).error().kind, FailureKind::not_found);
}

TEST_F(Control, TellsThatTheTimeIsOver) {
  std::promise<void> end;
  start([wait = end.get_future().share()](const Json&, const std::string&) -> Json {
    wait.wait();
    return {{"exit", 0}};
  });
  const auto answer = ask({{"op", "reconcile"}}, 20ms);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::transient);
  EXPECT_TRUE(answer.error().detail.contains("no answer within")) << answer.error().detail;
  end.set_value();
}

TEST_F(Control, ServesOneWhileAnotherWaits) {
  std::promise<void> end;
  start([wait = end.get_future().share()](const Json& request, const std::string& actor) {
    if (request["op"] == "slow") wait.wait();
    return Control::echo(request, actor);
  });
  auto slow = std::async(std::launch::async, [this] { return ask({{"op", "slow"}}); });
  EXPECT_TRUE(ask({{"op", "quick"}}));
  end.set_value();
  EXPECT_TRUE(slow.get());
}

TEST_F(Control, TurnsClientsAwayBeyondItsLimit) {
  start(&Control::echo);
  std::vector<int> idle;
  for (int i = 0; i < 8; ++i) idle.push_back(connected());
  const auto answer = ask({{"op", "plan"}});
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ((*answer)["errors"][0]["code"], "Busy");
  for (const int fd : idle) close(fd);
  // There is room again once they have gone. Until then a client may be cut off while it asks.
  Result<Json> next = ask({{"op", "plan"}});
  while (!next || (*next)["exit"] != 0) next = ask({{"op", "plan"}});
}

TEST_F(Control, AnswersBadRequestsAndStays) {
  start(&Control::echo);
  const int fd = connected();
  const std::string text = "not json\n[1]\n{\"op\":\"x\"}\n";
  ASSERT_EQ(send(fd, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  shutdown(fd, SHUT_WR);
  const std::string answers = all_of(fd);
  close(fd);
  EXPECT_EQ(std::ranges::count(answers, '\n'), 3) << answers;
  EXPECT_TRUE(answers.contains("BadRequest"));
  EXPECT_TRUE(answers.contains("\"op\":\"x\""));
}

TEST_F(Control, BoundsTheLengthOfALine) {
  start(&Control::echo);
  const int fd = connected();
  const std::string text(200'000, 'x');
  send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  EXPECT_TRUE(all_of(fd).contains("TooLong"));
  close(fd);
  EXPECT_TRUE(ask({{"op", "plan"}}));
}

TEST_F(Control, CarriesALongAnswer) {
  start([](const Json&, const std::string&) -> Json {
    return {{"exit", 0}, {"data", std::string(5'000'000, 'x')}};
  });
  const auto answer = ask({{"op", "plan"}});
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ((*answer)["data"].get_ref<const std::string&>().size(), 5'000'000U);
}

TEST_F(Control, EndsAtOnceWhateverClientsDo) {
  start(&Control::echo);
  const int fd = connected();
  ASSERT_EQ(send(fd, "{", 1, 0), 1);
  const Tick before = clock_.tick();
  server_.reset();
  EXPECT_LT(clock_.tick() - before, 1s);
  close(fd);
}

TEST_F(Control, ReplacesTheSocketOfADeadProcessAndNothingElse) {
  const auto address = UnixAddress::of(path_);
  const int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(bind(dead, address->get(), address->size()), 0);
  close(dead);
  start(&Control::echo);
  EXPECT_TRUE(ask({{"op", "plan"}}));

  const auto second = try_start(&Control::echo);
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().detail.contains("another process")) << second.error().detail;
  EXPECT_TRUE(ask({{"op", "plan"}})) << "the live one was not pushed aside";
  server_.reset();

  std::ofstream(path_) << "precious";
  EXPECT_FALSE(try_start(&Control::echo));
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(Control, RefusesAPathThatIsTooLong) {
  path_ = directory_ + "/" + std::string(120, 'x');
  EXPECT_EQ(try_start(&Control::echo).error().kind, FailureKind::local);
  EXPECT_EQ(ask({{"op", "plan"}}).error().kind, FailureKind::invalid);
}

TEST_F(Control, RefusesAnAnswerThatIsNone) {
  start([](const Json&, const std::string&) -> Json { return {{"data", 1}}; });
  EXPECT_EQ(ask({{"op", "plan"}}).error().kind, FailureKind::invalid);
}

// Promise 23: a token that got into an answer is not shown.
TEST_F(Control, ShowsARegisteredSecretNowhere) {
  start([](const Json&, const std::string&) -> Json {
    return {{"exit", 1}, {"errors", {{{"message", std::string("Bearer ") + kCanary}}}}};
  });
  const auto answer = ask({{"op", "plan"}});
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ((*answer)["errors"][0]["message"], "Bearer [redacted]");
}

}  // namespace
}  // namespace rollout
