// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/status/status_server.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCanary = "canary-4f1d0c7e9b";

/// The boot clock: what is tested here waits for real sockets.
class RealClock final : public Clock {
 public:
  Instant now() override { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }
  Tick tick() override {
    return Tick(std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch()));
  }
};

class Server : public testing::Test {
 protected:
  Server() {
    std::string pattern = testing::TempDir() + "statusXXXXXX";
    directory_ = mkdtemp(pattern.data());
    redactor_.add(Secret(kCanary));
    Config config;
    config.generation = 1;
    config.accounts.emplace_back().name = AccountName("main");
    WorkerConfig& worker = config.workers.emplace_back();
    worker.id = WorkerId("shop");
    worker.account = AccountName("main");
    board_.configure(config);
  }
  ~Server() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }
  Result<std::unique_ptr<StatusServer>> try_start(const std::string& listen) {
    return StatusServer::start(listen, {.board = board_,
                                        .clock = clock_,
                                        .redactor = redactor_,
                                        .alive = [this] { return alive_.load(); },
                                        .usage = [] { return std::vector<ApiUsage>(); }});
  }
  httplib::Client start(const std::string& listen = "127.0.0.1:0") {
    auto server = try_start(listen);
    EXPECT_TRUE(server) << server.error().sentence();
    server_ = std::move(*server);
    return client();
  }
  httplib::Client client() const { return httplib::Client("127.0.0.1", server_->port()); }
  void emit(EventBody body) {
    board_.emit({.account = AccountName("main"),
                 .worker = WorkerId("shop"),
                 .run = {},
                 .generation = 1,
                 .dry_run = false,
                 .body = std::move(body)});
  }
  /// What the server answers to these very bytes.
  std::string raw(const std::string& request) const {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(server_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    std::string answer;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = recv(fd, piece.data(), piece.size(), 0)) > 0;) {
      answer.append(piece.data(), static_cast<std::size_t>(got));
    }
    close(fd);
    return answer;
  }

  RealClock clock_;
  Redactor redactor_;
  StatusBoard board_{"0.1.0", "abc123", clock_};
  std::atomic<bool> alive_ = true;
  std::string directory_;
  std::unique_ptr<StatusServer> server_;
};

TEST_F(Server, IsHealthyWhileTheLanesMove) {
  auto http = start();
  EXPECT_EQ(http.Get("/healthz")->status, 200);
  alive_ = false;
  EXPECT_EQ(http.Get("/healthz")->status, 503);
}

TEST_F(Server, IsUnreadyAndHealthyDuringAnOutage) {
  auto http = start();
  const auto before = http.Get("/readyz?verbose");
  EXPECT_EQ(before->status, 503);
  EXPECT_TRUE(before->body.contains("[-] api main: no pass has succeeded yet\n")) << before->body;
  EXPECT_EQ(http.Get("/readyz")->body, "not ready\n");
  EXPECT_EQ(http.Get("/healthz")->status, 200);
  emit(PassFinished{});
  EXPECT_EQ(http.Get("/readyz")->body, "ready\n");
}

TEST_F(Server, SendsTheStatusOnlyWhereItChanged) {
  auto http = start();
  const auto first = http.Get("/api/v1/status");
  ASSERT_EQ(first->status, 200);
  EXPECT_EQ(Json::parse(first->body)["workers"][0]["worker"], "shop");
  const std::string tag = first->get_header_value("ETag");
  EXPECT_EQ(http.Get("/api/v1/status", {{"If-None-Match", tag}})->status, 304);
  emit(PassFinished{});
  const auto second = http.Get("/api/v1/status", {{"If-None-Match", tag}});
  EXPECT_EQ(second->status, 200);
  EXPECT_NE(second->get_header_value("ETag"), tag);
}

TEST_F(Server, ServesMetrics) {
  auto http = start();
  const auto answer = http.Get("/metrics");
  EXPECT_TRUE(answer->get_header_value("Content-Type").starts_with("text/plain; version=0.0.4"));
  EXPECT_TRUE(answer->body.contains("rolloutd_build_info{version=\"0.1.0\""));
}

TEST_F(Server, AnswersHeadLikeGetWithoutABody) {
  auto http = start();
  for (const char* path : {"/healthz", "/metrics", "/api/v1/status"}) {
    const auto answer = http.Head(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_EQ(answer->body, "") << path;
  }
}

TEST_F(Server, TakesNothingButReadsFromThisHost) {
  auto http = start();
  EXPECT_EQ(http.Post("/api/v1/status")->status, 405);
  EXPECT_EQ(http.Delete("/api/v1/status")->status, 405);
  EXPECT_EQ(http.Options("/api/v1/status")->status, 405);
  EXPECT_EQ(http.Get("/healthz", {{"Host", "example.com"}})->status, 403);
  EXPECT_EQ(http.Get("/healthz", {{"Host", ""}})->status, 403);
  EXPECT_EQ(http.Get("/healthz", {{"Origin", "http://localhost"}})->status, 403);
  EXPECT_EQ(http.Get("/nothing")->status, 404);
  EXPECT_TRUE(raw("GET /healthz HTTP/1.1\r\n\r\n").contains(" 403 "));
  EXPECT_TRUE(
      raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: a.example\r\n\r\n").contains(" 403 "));
}

TEST_F(Server, EndsARequestThatIsTooLarge) {
  auto http = start();
  std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";
  while (request.size() < 100'000) request += "X-Header: value\r\n";
  EXPECT_FALSE(raw(request + "\r\n").contains(" 200 "));
  EXPECT_EQ(http.Get("/healthz")->status, 200);
}

TEST_F(Server, DoesNotLetOneClientHoldUpTheEnd) {
  start();
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(send(fd, "GET ", 4, MSG_NOSIGNAL), 4);
  const Tick before = clock_.tick();
  server_.reset();
  EXPECT_LT(clock_.tick() - before, 1s);
  close(fd);
}

TEST_F(Server, ListensOnASocketOfItsGroup) {
  const std::string path = directory_ + "/status.sock";
  start(path);
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660U);
  httplib::Client http(path);
  http.set_address_family(AF_UNIX);
  EXPECT_EQ(http.Get("/healthz", {{"Host", "localhost"}})->status, 200);
  EXPECT_FALSE(try_start(path)) << "a live server is not pushed aside";
  EXPECT_EQ(http.Get("/healthz", {{"Host", "localhost"}})->status, 200);
  server_.reset();
  EXPECT_NE(stat(path.c_str(), &status), 0);
}

TEST_F(Server, ReplacesTheSocketOfADeadProcessAndNothingElse) {
  const std::string path = directory_ + "/status.sock";
  const int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  close(dead);
  EXPECT_TRUE(try_start(path));

  std::ofstream(directory_ + "/file") << "precious";
  EXPECT_FALSE(try_start(directory_ + "/file"));
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/file"));
}

TEST_F(Server, RefusesAnAddressOfTheNetwork) {
  EXPECT_EQ(try_start("0.0.0.0:0").error().kind, FailureKind::invalid);
}

TEST_F(Server, SaysThatAPortIsTaken) {
  start();
  const auto second = try_start("127.0.0.1:" + std::to_string(server_->port()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, FailureKind::local);
}

// Promise 23: a token that got into a text is shown on no page.
TEST_F(Server, ShowsARegisteredSecretNowhere) {
  auto http = start();
  emit(SourceUnreadable{"/srv", std::string("Bearer ") + kCanary});
  PassFinished pass;
  pass.result = PassFinished::Result::error;
  pass.summary = kCanary;
  pass.active_tag = kCanary;
  emit(pass);
  for (const char* page : {"/api/v1/status", "/metrics", "/readyz?verbose", "/healthz"}) {
    EXPECT_FALSE(http.Get(page)->body.contains("canary")) << page;
  }
  EXPECT_TRUE(http.Get("/api/v1/status")->body.contains("Bearer [redacted]"));
}

}  // namespace
}  // namespace rollout
