// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_api.h"

#include <algorithm>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr std::uint32_t kAroundWrites = 10;

Failure failure(FailureKind kind, const char* during, const char* detail, int status = 0) {
  return {.kind = kind, .during = during, .detail = detail, .http_status = status};
}

}  // namespace

bool SimApi::happens(std::uint32_t one_in) {
  return stage_.world.tape().one_in(one_in);
}

void SimApi::let_time_pass(Millis low, Millis high) {
  Tape& tape = stage_.world.tape();
  Millis span = tape.between(low, high);
  // Slow, once in a while.
  if (tape.one_in(60)) span += tape.between(std::chrono::seconds(1), std::chrono::seconds(12));
  stage_.world.pass(span);
}

Result<void> SimApi::wait_for_budget(Priority priority, Tick send_by) {
  World& world = stage_.world;
  for (Millis delay = budget_.delay(priority, world.tick()); delay > Millis(0);
       delay = budget_.delay(priority, world.tick())) {
    world.sometimes("budget waited");
    if (world.tick() + delay > send_by) break;
    world.pass(delay);
  }
  if (world.tick() > send_by || budget_.delay(priority, world.tick()) > Millis(0)) {
    return std::unexpected(failure(FailureKind::throttled, "wait for the budget", "too late"));
  }
  budget_.spend(world.tick());
  stage_.checker.request();
  return {};
}

/// What any request may meet before it is looked at.
std::optional<Failure> SimApi::turned_away(const char* during) {
  if (stage_.weather.token_refused) {
    return failure(FailureKind::unauthorized, during, "the token is refused", 401);
  }
  if (!happens(stage_.weather.faults.throttled)) return std::nullopt;
  Failure throttled = failure(FailureKind::throttled, during, "too many requests", 429);
  throttled.retry_after =
      stage_.world.tape().between(std::chrono::seconds(1), std::chrono::minutes(5));
  budget_.throttled(*throttled.retry_after, stage_.world.tick());
  return throttled;
}

Result<void> SimApi::read_succeeds(const char* during) {
  World& world = stage_.world;
  world.may_crash(during);
  TRY(wait_for_budget(Priority::list, Tick::max()));
  let_time_pass(Millis(20), Millis(400));
  world.trace(during);
  std::optional<Failure> bad = turned_away(during);
  if (!bad && (stage_.weather.down || happens(stage_.weather.faults.read_fails))) {
    bad = failure(FailureKind::transient, during, "the service is unavailable", 503);
  }
  if (!bad && happens(stage_.weather.faults.read_malformed)) {
    bad = failure(FailureKind::invalid, during, "the answer makes no sense", 200);
  }
  if (!bad) return {};
  world.trace(to_string(bad->kind));
  return std::unexpected(std::move(*bad));
}

Result<void> SimApi::basis_is_read(const WorkerId& worker, const char* during) {
  auto read = read_succeeds(during);
  if (!read) stage_.checker.bad_read(worker, read.error().kind == FailureKind::invalid);
  return read;
}

Result<Worker> SimApi::worker(const WorkerId& worker) {
  TRY(read_succeeds("read a Worker"));
  return Worker{"", worker.text()};
}

Result<std::optional<Instant>> SimApi::token_expiry() {
  return stage_.world.truth() + std::chrono::days(10);
}

Result<Listing> SimApi::list(const WorkerId& worker) {
  World& world = stage_.world;
  const Tick asked = world.tick();
  TRY(basis_is_read(worker, "list"));
  Tick as_of = world.tick();
  if (happens(stage_.weather.faults.read_stale)) {
    world.sometimes("stale listing");
    as_of -= world.tape().between(Millis(0), stage_.setup.truth.list_lag);
  }
  Listing listing{stage_.cloud.versions_at(worker, as_of), world.truth()};
  stage_.checker.listed(worker, listing.versions, asked);
  world.trace("listed", listing.versions.size());
  return listing;
}

Result<VersionDetail> SimApi::get(const WorkerId& worker, const VersionId& version,
                                  Include /*include*/) {
  TRY(read_succeeds("get"));
  const Version* found = stage_.cloud.find(worker, version);
  if (found == nullptr) {
    return std::unexpected(failure(FailureKind::not_found, "get", "no such version", 404));
  }
  return VersionDetail{.version = *found,
                       .settings = {},
                       .main_module = {},
                       .migration_tag = {},
                       .exports_reconciliation = {},
                       .main_script_base64 = {},
                       .modules = {}};
}

Result<std::optional<VersionDetail>> SimApi::latest(const WorkerId& worker) {
  const auto versions = stage_.cloud.versions_at(worker, stage_.world.tick());
  if (versions.empty()) {
    TRY(read_succeeds("latest"));
    return std::nullopt;
  }
  return get(worker, versions.front().id, Include::metadata);
}

Result<DeploymentHistory> SimApi::deployments(const WorkerId& worker) {
  TRY(basis_is_read(worker, "read the deployments"));
  stage_.checker.deployments_read(worker);
  DeploymentHistory history = stage_.cloud.deployments(worker);
  history.server_time = stage_.world.truth();
  return history;
}

/// It takes its time, ends in every way, and creates nothing.
Result<std::string> SimApi::upload_assets(const WorkerId& worker, AssetUpload& upload) {
  World& world = stage_.world;
  world.may_crash("upload, before it begins");
  TRY(wait_for_budget(Priority::create, Tick::max()));
  const std::size_t count = upload.assets.files.size();
  upload.progress({0, count, 0, upload.assets.bytes});
  for (const Asset& asset : upload.assets.files) {
    TRY(upload.readers.front()->read(asset.file, [](std::span<const std::byte>) { return true; }));
    let_time_pass(std::chrono::milliseconds(100), std::chrono::minutes(1));
    world.may_crash("upload, between two files");
    if (happens(stage_.weather.faults.create_not_sent)) {
      return std::unexpected(failure(FailureKind::transient, "upload", "connection refused"));
    }
  }
  upload.progress({count, count, upload.assets.bytes, upload.assets.bytes});
  world.sometimes("uploaded");
  return "assets of " + worker.text();
}

Result<Version> SimApi::create(const WorkerId& worker, const Bundle& bundle,
                               ModuleContents& contents, Deploy /*deploy*/) {
  World& world = stage_.world;
  world.may_crash("create, before it is sent", kAroundWrites);
  TRY(wait_for_budget(Priority::create, Tick::max()));
  // Other clients of the account share its budget.
  if (happens(stage_.weather.faults.create_late)) {
    let_time_pass(std::chrono::seconds(20), std::chrono::seconds(55));
  }
  for (const Module& module : bundle.modules) {
    TRY(contents.read(module, [](std::span<const std::byte>) { return true; }));
  }
  if (happens(stage_.weather.faults.create_not_sent)) {
    return std::unexpected(failure(FailureKind::transient, "create", "connection refused"));
  }
  const auto build = build_in(bundle.annotations.message);
  ENSURE(build.has_value(), "a create must carry its trailer");
  ENSURE((bundle.main_module == "with-assets.js") == bundle.assets_jwt.has_value(),
         "a version has the assets of its build");
  const Post post{worker,
                  {*Sha256::from_hex(*build)},
                  bundle.annotations,
                  world.tick() + std::chrono::seconds(60)};
  TRY_ASSIGN(const Memory durable, stage_.journal.durable().recall(worker));
  stage_.checker.post(worker, post.digest, durable);
  world.trace("POST");
  Result<Version> answer = send(post);
  const bool ambiguous = !answer && answer.error().kind == FailureKind::unknown_outcome;
  if (ambiguous) {
    stage_.checker.post_lost(worker, post.digest, post.deadline);
  } else {
    stage_.checker.post_ended(worker, post.digest);
  }
  if (ambiguous) world.sometimes("ambiguous");
  world.trace(answer ? "created" : to_string(answer.error().kind));
  world.may_crash("create, after its answer", kAroundWrites);
  return answer;
}

Result<Version> SimApi::send(const Post& post) {
  World& world = stage_.world;
  const Faults& faults = stage_.weather.faults;
  const auto unknown = [] {
    return std::unexpected(
        failure(FailureKind::unknown_outcome, "create", "the answer was lost", 502));
  };
  if (world.crash_one_in > 0 && world.tape().one_in(30)) {
    // The connection dies with the process; what it carried may still be applied.
    stage_.checker.post_lost(post.worker, post.digest, world.tick());
    const std::uint32_t fate = world.tape().choose(3);
    if (fate == 1) take_effect(post);
    if (fate == 2) take_effect_later(post, world.tick());
    world.die("create, in flight");
    throw SimCrash();
  }
  let_time_pass(Millis(200), std::chrono::seconds(4));
  if (auto refused = turned_away("create")) return std::unexpected(std::move(*refused));
  if (happens(faults.create_refused)) {
    stage_.checker.refused(post.worker, post.digest);
    return std::unexpected(failure(FailureKind::refused, "create", "the script is invalid", 400));
  }
  if (stage_.weather.down || happens(faults.create_dropped)) {
    if (world.tape().one_in(10)) make_elsewhere(post);
    return unknown();
  }
  if (happens(faults.create_late)) {
    world.sometimes("late effect");
    let_time_pass(std::chrono::seconds(1), std::chrono::seconds(60));
    take_effect_later(post, post.deadline);
    return unknown();
  }
  Version version = take_effect(post);
  let_time_pass(Millis(20), std::chrono::seconds(2));
  if (happens(faults.create_lost)) return unknown();
  return version;
}

void SimApi::take_effect_later(const Post& post, Tick deadline) {
  World& world = stage_.world;
  const Millis left = std::max(deadline - world.tick(), Millis(0));
  // The stage outlives the process; this object does not.
  world.after(world.tape().between(Millis(0), left + stage_.setup.truth.t_max),
              [stage = stage_, post] { SimApi(stage).take_effect(post); });
}

/// Another host has the same build, and other words for it.
void SimApi::make_elsewhere(const Post& post) {
  stage_.cloud.create(post.worker, "elsewhere", post.annotations.message);
  stage_.checker.created(post.worker, post.digest);
}

Version SimApi::take_effect(const Post& post) {
  std::string message = post.annotations.message;
  if (happens(stage_.weather.faults.identity_lost)) {
    message = "cut by the service";
    stage_.checker.identity_lost(post.worker, post.digest);
  }
  Version version = stage_.cloud.create(post.worker, post.annotations.tag, message);
  stage_.checker.created(post.worker, post.digest);
  if (happens(stage_.weather.faults.undated)) stage_.cloud.undate(post.worker, version.id);
  return version;
}

Result<void> SimApi::remove(const WorkerId& worker, const VersionId& version, Tick send_by) {
  World& world = stage_.world;
  const Faults& faults = stage_.weather.faults;
  world.may_crash("remove, before it is sent", kAroundWrites);
  TRY(wait_for_budget(Priority::remove, send_by));
  TRY_ASSIGN(const Memory durable, stage_.journal.durable().recall(worker));
  stage_.checker.removal(worker, version, durable);
  world.trace("DELETE");
  let_time_pass(Millis(50), Millis(500));
  if (auto away = turned_away("delete")) return std::unexpected(std::move(*away));
  const Failure lost = failure(FailureKind::transient, "delete", "the answer was lost", 502);
  if (stage_.weather.down || happens(faults.remove_dropped)) return std::unexpected(lost);
  if (happens(faults.remove_refused)) {
    stage_.checker.removal_refused(version);
    return std::unexpected(failure(FailureKind::refused, "delete", "the version is in use", 409));
  }
  if (!stage_.setup.delete_deployed_allowed && happens(faults.deployed_meanwhile) &&
      stage_.cloud.find(worker, version) != nullptr) {
    stage_.cloud.deploy(worker, {{version, 100}});
  }
  const SimCloud::Removal removal = stage_.cloud.remove(worker, version);
  if (removal == SimCloud::Removal::done) stage_.checker.removed(worker, version);
  world.may_crash("remove, after its effect", kAroundWrites);
  if (happens(faults.remove_lost)) return std::unexpected(lost);
  if (removal == SimCloud::Removal::done) return {};
  if (removal == SimCloud::Removal::gone) {
    return std::unexpected(failure(FailureKind::not_found, "delete", "no such version", 404));
  }
  world.sometimes("delete refused as deployed");
  stage_.checker.removal_refused(version);
  return std::unexpected(failure(FailureKind::refused, "delete", "the version is deployed", 400));
}

// The daemon calls neither of these two.
Result<Version> SimApi::patch_latest(const WorkerId& /*worker*/, const JsonText& /*merge_patch*/,
                                     Deploy /*deploy*/) {
  return std::unexpected(failure(FailureKind::refused, "patch", "nobody does this here"));
}

Result<Deployment> SimApi::deploy(const WorkerId& /*worker*/, const std::vector<Share>& /*shares*/,
                                  std::string_view /*message*/, Force /*force*/) {
  return std::unexpected(failure(FailureKind::refused, "deploy", "nobody does this here"));
}

}  // namespace rollout
