// SPDX-License-Identifier: Apache-2.0
// Many assets: killed while they are sent, resumed, and never all in memory.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/process/site.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFiles = 5000;

/// Files that differ in their beginning and are holes for the rest.
void write_assets(const Site& site, std::uint64_t size) {
  site.build("one");
  site.write("builds/shop/wrangler.json",
             R"({ "main": "index.js", "assets": { "directory": "./dist/client" } })");
  for (std::size_t i = 0; i < kFiles; ++i) {
    const std::string name = "builds/shop/dist/client/" + std::to_string(i) + ".html";
    site.write(name, "page " + std::to_string(i));
    fs::resize_file(site.path(name), size);
  }
}

/// How often each file's bytes were taken.
std::set<std::uint64_t> times_taken(const Site& site) {
  std::set<std::uint64_t> times;
  const Json kept = site.assets();
  for (const Json& file : kept["files"]) times.insert(file["uploads"].get<std::uint64_t>());
  return times;
}

TEST(Assets, WhoseUploadIsKilledAreResumedAndEachIsTakenOnce) {
  const Site site;
  site.configure();
  write_assets(site, 64);
  // Two buckets of a thousand pass, and the other three hang.
  site.control("faults", R"([{ "path": "*/assets/upload", "times": 2 },
                             { "path": "*/assets/upload", "delay": "10s", "drop": true, "times": 3 }])");
  site.mark();
  const auto killed = site.start();
  const Json told = killed->await("assets.uploading");
  EXPECT_EQ(told["files_of"], "5000");
  site.wait_until([&site] { return site.assets()["files"].size() >= 2000; });
  killed->signal(SIGKILL);
  EXPECT_EQ(killed->wait(), 128 + SIGKILL);
  EXPECT_TRUE(site.versions().empty());

  const auto daemon = site.start();
  daemon->await("version.created");
  EXPECT_EQ(site.versions().size(), 1U);
  const Json kept = site.assets();
  EXPECT_EQ(kept["files"].size(), kFiles);
  EXPECT_EQ(kept["versions"].front().size(), kFiles);
  EXPECT_EQ(times_taken(site), std::set<std::uint64_t>{1});
  EXPECT_EQ(daemon->stop(), 0);
}

/// The most that the process ever held, in KiB.
std::uint64_t peak_of(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6));
  }
  throw std::runtime_error("the kernel does not say how much memory it took");
}

TEST(Assets, OfFiveHundredMebibytesAreNeverInMemory) {
  const Site site;
  site.configure();
  write_assets(site, 100 * 1024);
  site.mark();
  const auto daemon = site.start();
  daemon->await("version.created");
  EXPECT_EQ(site.assets()["files"].size(), kFiles);
  EXPECT_LT(peak_of(daemon->pid()), 64U * 1024U);
  EXPECT_EQ(daemon->stop(), 0);
}

TEST(Assets, AreSentByOneCommandToo) {
  const Site site;
  site.configure();
  site.build("one");
  site.write("builds/shop/wrangler.json",
             R"({ "main": "index.js", "assets": { "directory": "./dist/client" } })");
  site.write("builds/shop/dist/client/index.html", "<h1>shop</h1>");
  const Ended dry = site.ctl({"versions", "create", "--worker", "shop", site.dist(), "--dry-run"});
  EXPECT_EQ(dry.exit, 0) << dry.err;
  EXPECT_TRUE(site.assets()["files"].empty());
  const Ended made = site.ctl({"versions", "create", "--worker", "shop", site.dist(), "--yes"});
  EXPECT_EQ(made.exit, 0) << made.err;
  EXPECT_TRUE(made.err.contains("1 file, 13 B")) << made.err;
  EXPECT_EQ(site.assets()["versions"].size(), 1U);
  const Ended seen = site.ctl({"build", "inspect", site.dist(), "--worker", "shop"});
  EXPECT_TRUE(seen.out.contains("assets   1 file")) << seen.out << seen.err;
}

}  // namespace
}  // namespace rollout
