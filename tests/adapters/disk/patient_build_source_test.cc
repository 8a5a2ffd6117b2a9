// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/patient_build_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

/// Hands out a piece; hangs before the second one of the module `hung.js`.
class HangingContents final : public ModuleContents {
 public:
  explicit HangingContents(std::latch& let_go) : let_go_(let_go) {}
  Result<void> read(const Module& module, const Sink& sink) override {
    const bool wanted = sink(std::as_bytes(std::span("one ", 4)));
    if (module.name == "hung.js") let_go_.wait();
    if (!wanted) return {};
    if (!sink(std::as_bytes(std::span("two", 3)))) return {};
    if (module.name != "short.js") return {};
    return std::unexpected(Failure{FailureKind::invalid, "read", "it is another file"});
  }

 private:
  std::latch& let_go_;
};

/// Hangs in the first look at the Worker `hung`, like a file server that is away.
class HangingSource final : public BuildSource {
 public:
  HangingSource(std::latch& let_go, std::atomic<int>& looks) : let_go_(let_go), looks_(looks) {}
  Sightings look(const WorkerConfig& worker) override {
    if (worker.id == WorkerId("hung") && looks_++ == 0) {
      looks_.notify_all();
      let_go_.wait();
    }
    Sightings seen;
    seen.rejected.push_back({worker.build->path, "Seen", ""});
    return seen;
  }
  Result<std::unique_ptr<ModuleContents>> open(const WorkerConfig& worker,
                                               const Build& /*build*/) override {
    if (worker.id == WorkerId("module")) return std::make_unique<HangingContents>(let_go_);
    return std::unexpected(Failure{.kind = FailureKind::not_found, .during = worker.id.text()});
  }
  Result<std::unique_ptr<ModuleContents>> open_assets(const WorkerConfig& worker,
                                                      const Build& build) override {
    return open(worker, build);
  }

 private:
  std::latch& let_go_;
  std::atomic<int>& looks_;
};

const Sha256 kNoHash{Sha256::Raw{}};

/// Some build; the sources of these tests do not look at it.
Build some_build() {
  const BuildDir dir;
  dir.write("index.js", "");
  dir.mark();
  SteppedClock clock;
  return DiskBuildSource(clock).look(worker_of(dir.path())).builds.at(0);
}

WorkerConfig worker(const std::string& id, Millis timeout) {
  auto config = worker_of("/srv/" + id);
  config.id = WorkerId(id);
  config.timeout = timeout;
  return config;
}

// Fault matrix 6: a root that hangs is unavailable, and nobody waits for it.
TEST(PatientBuilds, AreUnavailableUntilAHangingReaderReturns) {
  std::latch let_go(1);
  std::atomic<int> looks = 0;
  PatientBuildSource source(std::make_unique<HangingSource>(let_go, looks));
  const auto hung = worker("hung", Millis(20));
  for (int i = 0; i < 3; ++i) {
    const auto seen = source.look(hung);
    ASSERT_TRUE(seen.unavailable);
    EXPECT_NE(seen.unavailable->find("`/srv/hung` could not be read within 20 ms"),
              std::string::npos)
        << *seen.unavailable;
  }
  looks.wait(0);  // A busy machine may start the reader late.
  EXPECT_EQ(looks, 1) << "one reader a root";
  EXPECT_EQ(codes(source.look(worker("well", std::chrono::seconds(30)))),
            std::vector<std::string>{"Seen"});
  let_go.count_down();
  auto seen = source.look(worker("hung", std::chrono::seconds(30)));
  while (seen.unavailable) seen = source.look(worker("hung", std::chrono::seconds(30)));
  EXPECT_EQ(codes(seen), std::vector<std::string>{"Seen"});
}

/// What came of a module before its read ended, and how that ended.
std::pair<std::string, Result<void>> read(ModuleContents& contents, const std::string& name,
                                          std::size_t pieces = 9) {
  std::string text;
  auto ended = contents.read({.name = name, .content_type = "", .size = 7, .sha256 = kNoHash},
                             [&](std::span<const std::byte> bytes) {
                               for (const std::byte byte : bytes) text += static_cast<char>(byte);
                               return --pieces > 0;
                             });
  return {text, std::move(ended)};
}

// An upload must not hang with a file server either.
TEST(PatientBuilds, FailAReadThatHangsInTheMiddleOfAModule) {
  std::latch let_go(1);
  std::atomic<int> looks = 0;
  PatientBuildSource source(std::make_unique<HangingSource>(let_go, looks));
  const auto hasty = worker("module", Millis(20));
  auto opened = source.open(hasty, some_build());
  while (!opened) opened = source.open(hasty, some_build());  // A busy machine may start it late.
  const auto [text, ended] = read(**opened, "hung.js");
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, FailureKind::local);
  EXPECT_NE(ended.error().detail.find("could not be read within 20 ms"), std::string::npos)
      << ended.error().detail;
  EXPECT_TRUE(source.look(hasty).unavailable) << "its reader has not returned";
  EXPECT_FALSE(source.look(worker("well", std::chrono::seconds(30))).unavailable);
  let_go.count_down();
  const auto patient = worker("module", std::chrono::seconds(30));
  while (source.look(patient).unavailable) continue;
}

TEST(PatientBuilds, HandOutEveryPieceInOrderAndSayHowTheReadEnded) {
  std::latch let_go(0);
  std::atomic<int> looks = 0;
  PatientBuildSource source(std::make_unique<HangingSource>(let_go, looks));
  auto opened = source.open(worker("module", std::chrono::seconds(30)), some_build());
  ASSERT_TRUE(opened);
  EXPECT_EQ(read(**opened, "index.js").first, "one two");
  EXPECT_TRUE(read(**opened, "index.js").second);
  EXPECT_EQ(read(**opened, "short.js").second.error().kind, FailureKind::invalid);
  EXPECT_EQ(read(**opened, "short.js", 1).first, "one ") << "no more is wanted";
  EXPECT_EQ(read(**opened, "index.js").first, "one two");
}

TEST(PatientBuilds, HandOnWhatTheOtherSourceSays) {
  std::latch let_go(0);
  std::atomic<int> looks = 0;
  PatientBuildSource source(std::make_unique<HangingSource>(let_go, looks));
  const auto opened = source.open(worker("well", std::chrono::seconds(30)), some_build());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().during, "well");
}

TEST(PatientBuildSource, LetsSeveralThreadsReadAssetsAtOnce) {
  const BuildDir dir;
  dir.write("wrangler.json", R"({"main": "index.js", "assets": {"directory": "client"}})");
  dir.write("index.js", "");
  dir.write("client/a.txt", "a");
  dir.write("client/b.txt", "b");
  dir.mark();
  SteppedClock clock;
  PatientBuildSource source(std::make_unique<DiskBuildSource>(clock));
  const WorkerConfig worker = worker_of(dir.path());
  const Build build = source.look(worker).builds.at(0);
  const auto one = source.open_assets(worker, build);
  const auto other = source.open_assets(worker, build);
  ASSERT_TRUE(one && other);
  bool inner = false;
  const auto outer = (*one)->read(build.assets->files[0].file, [&](std::span<const std::byte>) {
    // While the first reader waits.
    inner = (*other)
                ->read(build.assets->files[1].file, [](std::span<const std::byte>) { return true; })
                .has_value();
    return true;
  });
  EXPECT_TRUE(outer) << outer.error().sentence();
  EXPECT_TRUE(inner);
}

}  // namespace
}  // namespace rollout
