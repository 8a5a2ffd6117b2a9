// SPDX-License-Identifier: Apache-2.0
#include "tests/app/support.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/app/program.h"

namespace rollout {
namespace {

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

Ran run_ctl(const std::vector<std::string>& arguments, Terminal terminal) {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(terminal == Terminal::says_yes ? "y\n" : "n\n");
  Console console({.out = out,
                   .err = err,
                   .in = in,
                   .out_is_terminal = false,
                   .err_is_terminal = terminal != Terminal::none,
                   .in_is_terminal = terminal != Terminal::none});
  const int exit = run_rolloutctl(arguments, console);
  return {.exit = exit, .out = out.str(), .err = err.str()};
}

Folder::Folder() : root_(testing::TempDir() + "rollout_app_XXXXXX") {
  if (mkdtemp(root_.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
}

Folder::~Folder() {
  std::filesystem::remove_all(root_);
}

void Folder::write(const std::string& name, const std::string& text) const {
  const std::filesystem::path file = path(name);
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

testing::AssertionResult matches_golden(const std::string& name, const std::string& text) {
  const std::string path = fmt::format("{}/tests/golden/app/{}.txt", ROLLOUT_SOURCE_DIR, name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return testing::AssertionSuccess();
  }
  const std::string expected = read_text(path);
  if (text == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << path << " says\n"
                                     << expected << "\nand the program says\n"
                                     << text;
}

Shop::Shop(const std::string& mode) {
  folder_.write("token", server_.token() + "\n");
  folder_.write("policies/small.yaml",
                "retention: small\nkeep: { last: 1 }\n"
                "protect: { min_age: 1h, rollback: 1 }\n"
                "limits: { max_deletes: 5, max_percent: 100%, grace: 0s }\nscope: all\n");
  folder_.write("policies/digest.yaml",
                "tagging: digest\nrules:\n  - tag: \"{build.digest:12}\"\n"
                "    message: \"{build.files} files\"\n");
  folder_.write("dist/index.js", "export default { fetch() { return new Response('hi') } }\n");
  std::filesystem::create_directories(folder_.path("state"));
  write_config(mode);
}

void Shop::write_config(const std::string& mode, const std::string& more) {
  constexpr const char* kConfig = R"(version: 1
mode: {}
service:
  state_dir: {}
  socket: {}
  listen: 127.0.0.1:0
accounts:
  main:
    account_id: {}
    token: {{ file: {} }}
    api: {}
workers:
  - name: shop
    account: main
    build: {{ path: {}, ready: marker }}
    tagging: digest
    retention: small
{})";
  folder_.write("rolloutd.yaml",
                fmt::format(kConfig, mode, folder_.path("state"), folder_.path("control.sock"),
                            server_.account(), folder_.path("token"), server_.base_url(),
                            folder_.path("dist"), more));
}

Ran Shop::ctl(std::vector<std::string> arguments, Terminal terminal) const {
  arguments.insert(arguments.begin(),
                   {"-c", config_path(), "--socket", folder_.path("control.sock")});
  return run_ctl(arguments, terminal);
}

Json Shop::ctl_json(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"-o", "json"});
  const Ran ran = ctl(std::move(arguments));
  auto json = parse_json(ran.out);
  if (json) return *std::move(json);
  ADD_FAILURE() << json.error() << ": " << ran.out << ran.err;
  return Json::object();
}

}  // namespace rollout
