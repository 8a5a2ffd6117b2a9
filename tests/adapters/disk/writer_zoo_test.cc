// SPDX-License-Identifier: Apache-2.0
// How bundlers really write, step by step, as they were recorded (design: reliability).
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string_view>

#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

using namespace std::string_view_literals;

struct Step {
  const char* file;
  std::optional<std::string_view>
      text;  ///< None removes the file. "" is what O_TRUNC leaves for a moment.
};

struct Writer {
  const char* name;
  std::vector<Step> steps;
  const char* main;
};

const Writer kWriters[] = {
    {"Wrangler",
     {{"README.md", "built at 12:00"},
      {"index.js.map", ""},
      {"index.js.map", "{}"},
      {"index.js", ""},
      {"index.js", "import add from './b2-add.wasm'; export default 2"},
      {"bundle-meta.json", "{}"},
      {"b2-add.wasm", ""},
      {"b2-add.wasm", "\0asm2"sv},
      {"b2-msg.txt", "hello 2"}},
     "index.js"},
    {"WranglerWithASyntaxError", {{"README.md", "built at 12:01"}}, nullptr},
    {"Esbuild",
     {{"index.js", ""},
      {"chunk.js", ""},
      {"chunk.js", "export const x = 2"},
      {"index.js", "import {x} from './chunk.js'; export default x"}},
     "index.js"},
    {"Vite",
     {{"a1-msg.txt", std::nullopt},
      {"a1-add.wasm", std::nullopt},
      {"index.js.map", std::nullopt},
      {"index.js", std::nullopt},
      {"README.md", std::nullopt},
      {"robots.txt", ""},
      {"robots.txt", "User-agent: *"},
      {"assets/chunk.js", "export const x = 2"},
      {"index.js", "import {x} from './assets/chunk.js'; export default x"},
      {"index.html", "<html>"}},
     "index.js"},
    {"Rollup",
     {{"chunk.js", ""},
      {"index.js", ""},
      {"index.js", "export default 2"},
      {"chunk.js", "export const y = 2"}},
     "index.js"},
};

/// The state after the build before this one.
void build_first(const BuildDir& dir) {
  dir.write("dist/README.md", "built at 11:00");
  dir.write("dist/index.js", "export default 1");
  dir.write("dist/index.js.map", "{}");
  dir.write("dist/a1-add.wasm", "\0asm1"sv);
  dir.write("dist/a1-msg.txt", "hello 1");
}

class WriterZoo : public testing::TestWithParam<Writer> {};

// Promise 7: a failed or half-written build is never uploaded.
TEST_P(WriterZoo, HalfABuildIsNeverABuild) {
  // Killed after each number of steps: into an empty directory, or over an earlier, marked build.
  for (const bool over_another : {false, true}) {
    for (std::size_t killed = 0; killed <= GetParam().steps.size(); ++killed) {
      const BuildDir dir;
      SteppedClock clock;
      clock.wall = Instant(std::chrono::years(200));
      DiskBuildSource source(clock);
      const auto worker = worker_of(dir.at("dist"));
      std::filesystem::create_directory(dir.at("dist"));
      if (over_another) {
        build_first(dir);
        dir.mark("dist");
      }
      const auto before = source.look(worker);
      ASSERT_EQ(before.builds.size(), over_another ? 1U : 0U);
      for (std::size_t step = 0; step < killed; ++step) {
        const auto& [file, text] = GetParam().steps[step];
        const std::string path = std::string("dist/") + file;
        if (!text) {
          dir.remove(path);
        } else {
          dir.write(path, *text);
        }
        for (const Build& build : source.look(worker).builds) {
          ASSERT_TRUE(over_another) << "after step " << step;
          EXPECT_EQ(build.digest, before.builds[0].digest) << "after step " << step;
        }
      }
    }
  }
}

TEST_P(WriterZoo, AWholeBuildIsOneOnceItIsMarked) {
  if (GetParam().main == nullptr) return;  // It fails, and is never marked.
  const BuildDir dir;
  SteppedClock clock;
  clock.wall = Instant(std::chrono::years(200));
  DiskBuildSource source(clock);
  for (const auto& [file, text] : GetParam().steps) {
    if (text) dir.write(std::string("dist/") + file, *text);
  }
  dir.mark("dist", GetParam().main);
  EXPECT_EQ(source.look(worker_of(dir.at("dist"))).builds.at(0).main_module, GetParam().main);
}

INSTANTIATE_TEST_SUITE_P(Recorded, WriterZoo, testing::ValuesIn(kWriters),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace rollout
