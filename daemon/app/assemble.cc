// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/assemble.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/log/log_sink.h"
#include "daemon/adapters/system/host.h"
#include "daemon/app/journal_access.h"
#include "daemon/app/program.h"
#include "daemon/core/model/exit_codes.h"

namespace rollout {
namespace {

/// How often the sentry looks for what inotify does not tell.
constexpr Millis kSentryPeriod = std::chrono::seconds(60);

StartFailure start_failure(int exit, const Failure& failure) {
  return {.exit = exit, .sentence = failure.sentence()};
}

Verbosity verbosity_of(const DaemonOptions& options) {
  return options.verbose ? Verbosity::verbose : Verbosity::normal;
}

}  // namespace

std::expected<std::unique_ptr<Assembly>, StartFailure> Assembly::build(
    const DaemonOptions& options, Config config, std::unique_ptr<PolicySource> source) {
  const std::string state_dir = options.state_dir.value_or(config.service.state_dir);
  auto lock = lock_state(state_dir);
  if (!lock)
    return std::unexpected(start_failure(
        lock.error().kind == FailureKind::refused ? kExitStateInUse : kExitFailed, lock.error()));
  config.generation = 1;
  config.host_name = host_name();
  config.program = program_version();
  std::unique_ptr<Assembly> assembly(
      new Assembly(options, state_dir, std::move(source), *std::move(lock)));
  const auto shared = std::make_shared<const Config>(std::move(config));
  if (auto failed = assembly->open_lanes(shared)) return std::unexpected(*std::move(failed));
  if (auto failed = assembly->open_sockets(*shared)) return std::unexpected(*std::move(failed));
  return assembly;
}

Assembly::Assembly(const DaemonOptions& options, std::string state_dir,
                   std::unique_ptr<PolicySource> source, StateLock lock)
    : state_dir_(std::move(state_dir)),
      lock_(std::move(lock)),
      board_(std::string(program_version()), std::string(program_revision()), clock_),
      log_(make_log_sink(output_for(STDERR_FILENO), verbosity_of(options), clock_, redactor_)),
      events_({log_.get(), &board_}),
      source_(std::move(source)),
      reloader_(*source_, directory_, events_,
                [this](const Config& config) { return prepare(config); }),
      desk_({.lanes = directory_,
             .reload = [this] { return reload(); },
             .status = [this] { return status_to_json(*board_.read()); }}) {}

Assembly::~Assembly() {
  stop();
}

std::optional<StartFailure> Assembly::open_lanes(const std::shared_ptr<const Config>& config) {
  const auto strays = stray_journals(state_dir_, config->accounts);
  if (!strays) return start_failure(kExitFailed, strays.error());
  const AccountLane::Shared shared{.clock = clock_,
                                   .random = random_,
                                   .events = events_,
                                   .policies = *source_,
                                   .redactor = redactor_,
                                   .state_dir = state_dir_,
                                   .strays = fmt::format("{}", fmt::join(*strays, ", "))};
  for (const AccountConfig& account : config->accounts) {
    auto lane = AccountLane::open(account, config, shared);
    if (!lane) return std::move(lane).error();
    directory_.add(account.name, (*lane)->triggers());
    lanes_.push_back(*std::move(lane));
  }
  directory_.publish(config);
  board_.configure(*config);
  sentry_ = std::make_unique<Sentry>(directory_, events_, kSentryPeriod);
  return std::nullopt;
}

std::optional<StartFailure> Assembly::open_sockets(const Config& config) {
  auto control = ControlServer::start(
      {.path = config.service.socket,
       .handle = [this](const Json& request,
                        const std::string& actor) { return desk_.handle(request, actor); },
       .user_name = [](unsigned uid) { return user_name(uid); },
       .redactor = redactor_,
       .clock = clock_});
  if (!control) return start_failure(kExitFailed, control.error());
  control_server_ = *std::move(control);
  if (config.service.listen.empty()) return std::nullopt;
  auto status = StatusServer::start(config.service.listen, {.board = board_,
                                                            .clock = clock_,
                                                            .redactor = redactor_,
                                                            .alive = [this] { return alive(); },
                                                            .usage =
                                                                [this] {
                                                                  std::vector<ApiUsage> usage;
                                                                  for (const auto& lane : lanes_)
                                                                    usage.push_back(lane->usage());
                                                                  return usage;
                                                                }});
  if (!status) return start_failure(kExitFailed, status.error());
  status_server_ = *std::move(status);
  return std::nullopt;
}

void Assembly::start() {
  const std::shared_ptr<const Config> config = directory_.config();
  tell(DaemonStarted{.version = std::string(program_version()),
                     .mode = config->mode,
                     .workers = config->workers.size()});
  phase_ = Phase::running;
  for (const auto& lane : lanes_) lane->start();
  watch(*config);
}

Reloaded Assembly::reload() {
  // systemd must hear of the end of every reload, also of one that failed.
  notify_.reloading();
  Reloaded result = reloader_.reload();
  if (result.errors.empty()) {
    const std::shared_ptr<const Config> config = directory_.config();
    board_.configure(*config);
    watch(*config);
  }
  notify_.ready(headline());
  return result;
}

Reloader::Prepared Assembly::prepare(const Config& config) {
  std::vector<ConfigError> errors;
  std::vector<std::string> changes;
  for (const auto& lane : lanes_) {
    const auto ready = lane->prepare(config);
    if (ready && *ready == AccountLane::Token::another)
      changes.push_back(fmt::format("account {}: its token", lane->name().text()));
    if (!ready)
      errors.push_back({.code = "TokenUnreadable",
                        .message = ready.error().sentence(),
                        .file = "",
                        .line = 0,
                        .column = 0,
                        .excerpt = ""});
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  for (const auto& lane : lanes_) lane->adopt();
  return changes;
}

void Assembly::watch(const Config& config) {
  std::vector<WatchedRoot> roots;
  for (const WorkerConfig& worker : config.workers)
    if (worker.build)
      roots.push_back(
          {.worker = worker.id, .path = worker.build->path, .layout = worker.build->layout});
  sentry_->reconfigure(std::move(roots));
}

bool Assembly::alive(Tick now) {
  return std::ranges::all_of(lanes_, [now](const auto& lane) { return lane->alive(now); });
}

std::string Assembly::headline() const {
  return rollout::headline(*board_.read());
}

void Assembly::stop() {
  if (std::exchange(phase_, Phase::stopping) == Phase::running) {
    const bool writing = write_until().has_value();
    tell(DaemonStopping{writing ? "the answer to a write that was sent is waited for" : ""});
  }
  directory_.stop();
  for (const auto& lane : lanes_) lane->stop();
}

bool Assembly::done() const {
  return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->done(); });
}

std::optional<Tick> Assembly::write_until() const {
  std::optional<Tick> latest;
  for (const auto& lane : lanes_)
    if (const auto until = lane->write_until()) latest = std::max(latest.value_or(*until), *until);
  return latest;
}

void Assembly::tell(EventBody body) {
  const std::shared_ptr<const Config> config = directory_.config();
  events_.emit({.account = {},
                .worker = {},
                .run = {},
                .generation = config->generation,
                .dry_run = config->mode == Mode::observe,
                .body = std::move(body)});
}

}  // namespace rollout
