// SPDX-License-Identifier: Apache-2.0
// rolloutctl inside a test: command lines in, streams and exit codes out, over directories of the
// test's own and a local Versions API.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/codec/json.h"
#include "tests/support/emulator_server.h"

namespace rollout {

struct Ran {
  int exit = 0;
  std::string out;
  std::string err;
};

/// What a person at a terminal would answer; without a terminal nobody is asked.
enum class Terminal { none, says_yes, says_no };

Ran run_ctl(const std::vector<std::string>& arguments, Terminal terminal = Terminal::none);

/// A directory under testing::TempDir() that goes with the object.
class Folder final {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return root_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::string root_;
};

/// `text` equals tests/golden/app/NAME.txt. With UPDATE_GOLDEN=1 the file is written instead.
testing::AssertionResult matches_golden(const std::string& name, const std::string& text);

/// A configuration of the Worker `shop` at a local Versions API, with a build directory `dist`.
class Shop : public testing::Test {
 protected:
  explicit Shop(const std::string& mode = "enforce");

  /// Runs with `-c` and `--socket` of this shop.
  Ran ctl(std::vector<std::string> arguments, Terminal terminal = Terminal::none) const;
  /// The JSON that the same prints with `-o json`.
  Json ctl_json(std::vector<std::string> arguments) const;
  void write_config(const std::string& mode, const std::string& more = "");
  std::string config_path() const { return folder_.path("rolloutd.yaml"); }

  EmulatorServer server_;
  Folder folder_;
};

/// Three versions of `shop`; the second one serves, and none of them is ours.
inline constexpr const char* kThreeVersions = R"({"workers":[{"name":"shop","versions":[
  {"number":1,"created_on":"2026-01-01T09:00:00Z","annotations":{"workers/tag":"v1.0"}},
  {"number":2,"created_on":"2026-02-01T09:00:00Z","annotations":{"workers/tag":"v1.1",
   "workers/message":"the second\nline two"}},
  {"number":3,"created_on":"2026-03-01T09:00:00Z","annotations":{"workers/tag":"v1.2"}}],
  "deployments":[{"created_on":"2026-02-01T10:00:00Z",
   "versions":[{"number":2,"percentage":100}]}]}]})";

/// Of which the fourth serves.
inline constexpr const char* kFiveVersions = R"({"workers":[{"name":"shop","versions":[
  {"number":1,"created_on":"2026-01-01T09:00:00Z"},{"number":2,"created_on":"2026-02-01T09:00:00Z"},
  {"number":3,"created_on":"2026-03-01T09:00:00Z"},{"number":4,"created_on":"2026-04-01T09:00:00Z"},
  {"number":5,"created_on":"2026-05-01T09:00:00Z"}],
  "deployments":[{"created_on":"2026-04-01T10:00:00Z",
   "versions":[{"number":4,"percentage":100}]}]}]})";

}  // namespace rollout
