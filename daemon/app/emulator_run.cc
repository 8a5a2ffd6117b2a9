// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/emulator_run.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/system/system_random.h"
#include "daemon/codec/json.h"
#include "daemon/core/model/failure.h"
#include "daemon/emulator/emulator.h"
#include "daemon/emulator/store.h"

namespace rollout {
namespace {

using Outcome = std::expected<void, std::string>;

sigset_t block_end_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  return ends;
}

/// Through a temporary file and a rename: whoever sees the file sees a whole port.
Outcome write_port_file(const std::string& path, int port) {
  const std::string temporary = path + ".new";
  std::ofstream file(temporary);
  file << port << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path, error);
  if (file && !error) return {};
  return std::unexpected(fmt::format("the port file {} cannot be written", path));
}

Outcome read_seed(Emulator& emulator, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return std::unexpected(fmt::format("the seed {} cannot be read", path));
  const auto seed = parse_json(text.str());
  if (!seed) return std::unexpected(fmt::format("the seed {} is wrong: {}", path, seed.error()));
  if (auto done = emulator.seed(*seed); !done) {
    return std::unexpected(fmt::format("the seed {} is wrong: {}", path, done.error()));
  }
  return {};
}

Outcome save(std::optional<Store>& store, Cloud& cloud) {
  if (store) TRY(store->save(cloud.changes()));
  cloud.changes_stored();
  return {};
}

std::string startup_line(const EmulatorOptions& options, const std::string& origin) {
  return fmt::format(
      "rollout-emulator listens on {}/client/v4 (account {}, {}, {}); control at {}"
      "/__emulator/\n",
      origin, options.access.account, options.access.token ? "the given token" : "any token",
      options.data ? "kept in " + *options.data : "in memory", origin);
}

}  // namespace

std::expected<void, std::string> run_emulator(const EmulatorOptions& options) {
  const sigset_t ends = block_end_signals();
  SystemClock clock;
  SystemRandom random;
  std::optional<Store> store;
  Emulator emulator({.rules = options.rules,
                     .rate_limit = options.rate_limit,
                     .access = options.access,
                     .workers = options.workers,
                     .now = [&clock] { return clock.now(); },
                     .random = [&random] { return random.next(); },
                     .store = [&store](Cloud& cloud) { return save(store, cloud); }});
  bool fresh = true;
  if (options.data) {
    TRY_ASSIGN(store, Store::open(*options.data));
    TRY_ASSIGN(const auto records, store->load());
    TRY(emulator.cloud()->restore(records));
    fresh = records.empty();
  }
  TRY(emulator.add_workers());
  // A seed is the past of a new cloud; a data file that has one already keeps its own.
  if (options.seed && fresh) TRY(read_seed(emulator, *options.seed));
  TRY_ASSIGN(const auto front, Front::listen(emulator, options.listen, options.tls));
  if (options.port_file) TRY(write_port_file(*options.port_file, front->port()));
  fmt::print("{}", startup_line(options, front->origin()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return {};
}

}  // namespace rollout
