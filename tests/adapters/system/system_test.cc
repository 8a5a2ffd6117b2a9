// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "daemon/adapters/system/credentials.h"
#include "daemon/adapters/system/host.h"
#include "daemon/adapters/system/notify.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/system/system_random.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCanary = "canary-4f1d0c7e9b";

/// A directory of its own and environment variables, both gone at the end.
class System : public testing::Test {
 protected:
  System() {
    std::string pattern = testing::TempDir() + "systemXXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~System() override {
    std::filesystem::remove_all(directory_);
    for (const auto& name : names_) unsetenv(name.c_str());
  }
  void set(const std::string& name, const std::string& value) {
    names_.insert(name);
    setenv(name.c_str(), value.c_str(), 1);
  }
  std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    chmod(path.c_str(), mode);
    return path;
  }

  std::string directory_;
  std::set<std::string> names_;
};

TEST(SystemClock, GoesForward) {
  SystemClock clock;
  const Tick before = clock.tick();
  EXPECT_GE(clock.tick(), before);
  EXPECT_GT(clock.now(), *parse_rfc3339("2024-01-01T00:00:00Z"));
}

TEST(SystemRandom, DoesNotRepeat) {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random.next());
  EXPECT_EQ(seen.size(), 100U);
}

TEST(Host, HasNames) {
  EXPECT_FALSE(host_name().empty());
  EXPECT_EQ(user_name(0), "root");
  EXPECT_EQ(user_name(3999999999), "uid 3999999999");
}

TEST_F(System, TokenOfAFileIsTrimmed) {
  const auto token = read_token(TokenFile{file("token", std::string(" ") + kCanary + "\r\n")});
  ASSERT_TRUE(token) << token.error().sentence();
  EXPECT_EQ(token->reveal(), kCanary);
}

TEST_F(System, TokenOfACredentialIsFoundByItsName) {
  file("cloudflare-token", kCanary);
  set("CREDENTIALS_DIRECTORY", directory_);
  const auto token = read_token(Credential{"cloudflare-token"});
  ASSERT_TRUE(token) << token.error().sentence();
  EXPECT_EQ(token->reveal(), kCanary);
  const auto another = read_token(Credential{"another"});
  ASSERT_FALSE(another);
  EXPECT_EQ(another.error().detail,
            "`token: { credential: another }`, " + directory_ +
                "/another: No such file or directory; let the unit load it: "
                "LoadCredential=another:/etc/rolloutd/credentials/another");
}

TEST_F(System, CredentialOutsideSystemdIsTheFileThatTheUnitWouldLoad) {
  unsetenv("CREDENTIALS_DIRECTORY");
  const auto token = read_token(Credential{"no-such-token"});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, FailureKind::local);
  EXPECT_EQ(token.error().detail,
            "`token: { credential: no-such-token }`, /etc/rolloutd/credentials/no-such-token: "
            "No such file or directory; write the token into it");
}

TEST_F(System, CredentialThatIsADirectoryIsNoQuestionOfRights) {
  set("CREDENTIALS_DIRECTORY", directory_);
  std::filesystem::create_directory(directory_ + "/token");
  const auto token = read_token(Credential{"token"});
  ASSERT_FALSE(token);
  EXPECT_TRUE(token.error().detail.ends_with("Is a directory; name the file that holds it"))
      << token.error().detail;
}

TEST_F(System, CredentialCannotLeaveItsDirectory) {
  set("CREDENTIALS_DIRECTORY", directory_);
  for (const char* name : {"../passwd", "a/b", "", ".."}) {
    const auto token = read_token(Credential{name});
    ASSERT_FALSE(token) << name;
    EXPECT_EQ(token.error().kind, FailureKind::invalid) << name;
  }
}

// Promise 23: what is wrong with a token is told without a part of it.
TEST_F(System, WhatIsNoTokenIsRefusedWithoutShowingIt) {
  const std::string canary = kCanary;
  for (const std::string& text :
       {std::string(), std::string(" \n"), std::string("short"), canary + " " + canary,
        canary + "\n" + canary, canary + "\x01", canary + "\xc3\xa9",
        canary + std::string(4097, 'x'), std::string(10000, ' ')}) {
    const auto token = read_token(TokenFile{file("token", text)});
    ASSERT_FALSE(token) << text;
    EXPECT_EQ(token.error().kind, FailureKind::invalid) << text;
    EXPECT_FALSE(token.error().sentence().contains("canary")) << token.error().sentence();
    EXPECT_TRUE(token.error().detail.ends_with("; write the token and nothing else into it"))
        << token.error().detail;
  }
}

TEST_F(System, MissingTokenIsLocalAndNamesTheKeyThePathAndWhatToDo) {
  const auto token = read_token(TokenFile{directory_ + "/none"});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, FailureKind::local);
  EXPECT_EQ(token.error().detail, "`token: { file: " + directory_ +
                                      "/none }`: No such file or directory; write the token into "
                                      "it");
}

TEST_F(System, TokenThatOthersMayReadGivesAWarning) {
  EXPECT_TRUE(token_warnings(TokenFile{file("narrow", kCanary, 0640)}).empty());
  const auto warnings = token_warnings(TokenFile{file("wide", kCanary, 0644)});
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings.front().contains("0644")) << warnings.front();
  EXPECT_TRUE(token_warnings(TokenFile{directory_ + "/none"}).empty());
}

// Promise 23: no core file can hold the token.
TEST(HardenProcess, LeavesNoCoreAndNoWayIn) {
  EXPECT_EXIT(
      {
        const bool done = harden_process().has_value();
        std::_Exit(done && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

/// The other end of $NOTIFY_SOCKET.
class NotifySocket : public System {
 protected:
  NotifySocket() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const std::string path = directory_ + "/notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    set("NOTIFY_SOCKET", path);
  }
  ~NotifySocket() override { close(fd_); }
  std::string heard() {
    std::string text(4096, '\0');
    const ssize_t size = recv(fd_, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  }
  int fd_;
};

TEST_F(NotifySocket, HearsTheStates) {
  Notify notify;
  notify.ready("2 workers");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=2 workers");
  notify.status("line one\nREADY=1");
  EXPECT_EQ(heard(), "STATUS=line one READY=1") << "a status must not smuggle in another state";
  notify.watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  notify.extend_timeout(90s);
  EXPECT_EQ(heard(), "EXTEND_TIMEOUT_USEC=90000000");
  notify.stopping("bye");
  EXPECT_EQ(heard(), "STOPPING=1\nSTATUS=bye");
}

TEST_F(NotifySocket, HearsWhenAReloadBegan) {
  Notify notify;
  notify.reloading();
  const std::string text = heard();
  const std::string start = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(text.starts_with(start)) << text;
  EXPECT_GT(std::stoll(text.substr(start.size())), 0);
}

TEST_F(NotifySocket, TellsTheWatchdogsTime) {
  unsetenv("WATCHDOG_USEC");
  EXPECT_FALSE(watchdog_interval());
  set("WATCHDOG_USEC", "60000000");
  EXPECT_EQ(watchdog_interval(), 60s);
  set("WATCHDOG_PID", "1");
  EXPECT_FALSE(watchdog_interval()) << "it is meant for another process";
}

}  // namespace
}  // namespace rollout
