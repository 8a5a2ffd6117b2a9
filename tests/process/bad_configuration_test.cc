// SPDX-License-Identifier: Apache-2.0
// Everything that the loader refuses, as a running daemon meets it: said where, nothing changed.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "daemon/core/model/exit_codes.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

/// Of tests/golden/config_errors: `=== NAME` begins a file, `=== told` the errors.
struct WrongConfiguration {
  std::string name;
  std::vector<std::pair<std::string, std::string>> files;
  std::string place;  ///< `FILE:LINE:COLUMN` of the first error.
};

WrongConfiguration read_case(const fs::path& path) {
  WrongConfiguration out;
  out.name = path.stem();
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      out.files.emplace_back(line.substr(4), "");
      continue;
    }
    const bool ends = !file.eof();
    out.files.back().second += line + (ends ? "\n" : "");
  }
  // `[Code] FILE:LINE:COLUMN: sentence`
  const std::string told = out.files.back().second;
  out.files.pop_back();
  const std::size_t begin = told.find("] ") + 2;
  out.place = told.substr(begin, told.find(": ", begin) - begin);
  return out;
}

std::vector<WrongConfiguration> all_cases() {
  std::vector<WrongConfiguration> out;
  for (const auto& entry :
       fs::directory_iterator(fs::path(ROLLOUT_SOURCE_DIR) / "tests/golden/config_errors"))
    out.push_back(read_case(entry.path()));
  std::ranges::sort(out, {}, &WrongConfiguration::name);
  return out;
}

void lay_down(const Site& site, const WrongConfiguration& wrong) {
  site.configure();
  for (const auto& [name, text] : wrong.files) site.write("etc/" + name, text);
}

void clean_up(const Site& site) {
  fs::remove_all(site.path("etc/conf.d"));
  for (const auto& entry : fs::directory_iterator(site.path("etc/policies")))
    if (entry.path().filename() != "plain.yaml") fs::remove_all(entry.path());
  site.configure();
}

// Promise 17.
TEST(BadConfiguration, OfEveryKindIsRefusedByARunningDaemonWhichGoesOn) {
  const Site site;
  site.configure();
  const auto daemon = site.start();
  const std::vector<WrongConfiguration> cases = all_cases();
  ASSERT_GT(cases.size(), 100U);
  for (const WrongConfiguration& wrong : cases) {
    SCOPED_TRACE(wrong.name);
    lay_down(site, wrong);
    const Ended refused = site.ctl({"reload"});
    EXPECT_NE(refused.exit, 0);
    EXPECT_TRUE(refused.err.contains(wrong.place)) << wrong.place << "\n" << refused.err;
    EXPECT_TRUE(refused.err.contains("generation 1 stays")) << refused.err;
    clean_up(site);
  }
  site.build("one");
  site.mark();
  daemon->await("version.created");
  EXPECT_EQ(site.ctl({"reload"}).exit, 0);
  EXPECT_EQ(daemon->stop(), 0);
}

TEST(BadConfiguration, ThatIsNoFileOfSenseKeepsTheDaemonFromStarting) {
  const Site site;
  const std::string path = site.path("etc/rolloutd.yaml");
  const auto refused = [&site, &path](std::string_view why) {
    const Ended ended = run(site.daemon_words());
    EXPECT_EQ(ended.exit, kExitConfig) << ended.err;
    EXPECT_TRUE(ended.err.contains(path)) << ended.err;
    EXPECT_TRUE(ended.err.contains(why)) << ended.err;
  };
  refused("No such file");
  site.write("etc/rolloutd.yaml", "");
  refused("there is nothing in the file");
  site.write("etc/rolloutd.yaml", std::string_view("version: 1\n\0", 12));
  refused("control character");
  site.write("etc/rolloutd.yaml", "version: 1\n# caf\xe9\n");
  refused("UTF-8");
  site.write("etc/rolloutd.yaml", "version: 1\n" + std::string(256U << 10U, '#'));
  refused("256 KiB");
  fs::remove(path);
  fs::create_directory(path);
  refused("no regular file");
  EXPECT_TRUE(site.requests().empty());
}

}  // namespace
}  // namespace rollout
