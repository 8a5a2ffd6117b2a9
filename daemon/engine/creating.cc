// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/creating.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/model/trailer.h"
#include "daemon/core/plan/asset_pace.h"
#include "daemon/core/plan/heritage.h"

namespace rollout {
namespace {

/// A failed write to the journal, told and returned.
std::optional<Failure> journal_failed(Acting& acting, Failure failure) {
  acting.teller.tell(JournalDegraded{failure.sentence()});
  return failure;
}

std::optional<Failure> keep(Acting& acting) {
  auto kept = acting.ports.journal.keep(acting.assignment.worker->id, acting.memory);
  if (!kept) return journal_failed(acting, std::move(kept).error());
  return std::nullopt;
}

std::optional<Failure> finish(Acting& acting, IntentId intent, Outcome outcome) {
  outcome.at = acting.ports.clock.now();
  auto finished = acting.ports.journal.finish(intent, outcome);
  if (!finished) return journal_failed(acting, std::move(finished).error());
  return std::nullopt;
}

void set_generation(Memory& memory, const Build& build, GenerationState state,
                    const std::optional<VersionId>& version, const std::string& tried_with) {
  for (Generation& generation : memory.generations) {
    if (generation.digest != build.digest) continue;
    generation.state = state;
    generation.version = version;
    generation.tried_with = tried_with;
  }
}

bool carries(const Version& version, const BundleDigest& digest) {
  const auto trailer = parse_trailer(version.annotations.message);
  return trailer && trailer->digest == digest;
}

/// The listing may lag behind by L: until then the version exists though it is not shown.
void remember_made(Acting& acting, const BundleDigest& digest, const std::string& tag) {
  const Timing& timing = acting.assignment.account->timing;
  acting.just_made[digest] = {acting.ports.clock.tick() + timing.t_max + timing.list_lag, tag};
}

std::optional<Failure> succeeded(Acting& acting, const CreateVersion& create, IntentId intent,
                                 const Version& version, Millis took) {
  const BundleDigest& digest = create.build.digest;
  acting.writes.succeeded = true;
  acting.caution.version_created(acting.ports.clock.tick());
  set_generation(acting.memory, create.build, GenerationState::done, version.id, "");
  const bool identity_kept = carries(version, digest);
  if (!identity_kept) {
    acting.memory.prune_held = true;
    acting.memory.prune_held_because =
        fmt::format("version {} came back without its identity trailer", version.number);
  }
  remember_made(acting, digest, create.annotations.tag);
  // Outlives this process: a listing that lacks it looks short, and proves no absence.
  acting.memory.highest_number = std::max(acting.memory.highest_number, version.number);
  // Kept before the intent is closed: a crash between the two is settled by the listing. The
  // outcome is written even where a full disk refuses the rest.
  auto failure = keep(acting);
  if (auto unfinished =
          finish(acting, intent, {OutcomeKind::done, version.id, version.number, "created", {}})) {
    failure = std::move(unfinished);
  }
  const Millis since_build = acting.ports.clock.now() - create.build.finished_at;
  acting.teller.tell(VersionCreated{version, digest, took, since_build});
  if (!identity_kept) acting.teller.tell(IdentityLost{version, digest});
  return failure;
}

/// Without an intent nothing was sent that could create.
std::optional<Failure> failed(Acting& acting, const CreateVersion& create,
                              std::optional<IntentId> intent, Failure failure) {
  const BundleDigest& digest = create.build.digest;
  acting.writes.note(failure);
  if (intent && failure.kind == FailureKind::unknown_outcome) {
    const Timing& timing = acting.assignment.account->timing;
    // It may have waited for the rate budget first: its deadline is no later than this.
    const Tick end = acting.ports.clock.tick() + create_allowance(create.build.bytes);
    acting.settling[*intent] = start_settling(end, timing);
    acting.teller.tell(VersionCreateFailed{
        digest, failure,
        fmt::format("listings of the next {} will tell, and nothing is sent again before",
                    for_people(end - acting.ports.clock.tick() + timing.t_max + timing.list_lag))});
    return failure;
  }
  // A definite failure that is not about the request: the files changed while they were sent, and
  // the body was broken off. That says nothing of the service.
  if (failure.kind == FailureKind::invalid) failure.kind = FailureKind::local;
  const bool final = failure.kind == FailureKind::refused || failure.kind == FailureKind::not_found;
  if (final) {
    set_generation(acting.memory, create.build, GenerationState::refused, std::nullopt,
                   trying_with(*acting.assignment.config));
    if (auto unkept = keep(acting)) return unkept;
  }
  if (intent) {
    const OutcomeKind kind = final ? OutcomeKind::refused : OutcomeKind::failed;
    if (auto unfinished =
            finish(acting, *intent, {kind, std::nullopt, 0, failure.sentence(), {}})) {
      return unfinished;
    }
  }
  acting.teller.tell(VersionCreateFailed{
      digest, failure,
      final ? "it is not tried again until the build, the configuration or rolloutd changes"
            : "nothing was created; it is tried again"});
  return failure;
}

/// What the new version takes from the one before it, or why it cannot be made.
Result<Inherited> take_heritage(Acting& acting, const CreateVersion& create) {
  const WorkerConfig& worker = *acting.assignment.worker;
  if (!needs_the_version_before(create.build, worker.secrets)) return Inherited{};
  TRY_ASSIGN(const auto before, acting.ports.api.latest(worker.id));
  auto taken = inherited(create.build, worker.secrets, before ? &*before : nullptr);
  if (taken) return std::move(*taken);
  Failure failure{.kind = FailureKind::local,
                  .during = fmt::format("create a version of {}", worker.id.text()),
                  .detail = std::move(taken).error()};
  acting.teller.tell(
      VersionCreateFailed{create.build.digest, failure, "nothing was created; it is tried again"});
  return std::unexpected(std::move(failure));
}

/// Every so often while assets are sent.
constexpr Millis kTellEvery = std::chrono::seconds(10);
/// What was read before may be believed for as long.
constexpr Millis kStale = std::chrono::seconds(30);

/// Tells the story of an upload: its beginning, how far it is, its end. One that has nothing to
/// send is not worth a word.
class UploadStory {
 public:
  UploadStory(Acting& acting, const BundleDigest& digest) : acting_(acting), digest_(digest) {}

  /// Whether it may go on: a person's word is not kept waiting for as long as an upload may take.
  bool hear(const AssetProgress& now) {
    tell(now);
    interrupted_ = acting_.ports.triggers.work_waits();
    return !interrupted_;
  }
  bool interrupted() const { return interrupted_; }
  bool had_to_send() const { return begun_ && begun_->files != begun_->of_files; }

 private:
  void tell(const AssetProgress& now) {
    const Tick tick = acting_.ports.clock.tick();
    const bool whole = now.files == now.of_files;
    const auto left = pace_.left(now.bytes, now.of_bytes, tick);
    if (!begun_) begun_ = now;
    if (begun_->files == begun_->of_files || ended_) return;
    if (told_at_ && !whole && tick - *told_at_ < kTellEvery) return;
    told_at_ = tick;
    ended_ = whole;
    acting_.teller.tell(
        AssetsUploading{digest_, now.files, now.of_files, now.bytes, now.of_bytes, left});
  }

  Acting& acting_;
  const BundleDigest& digest_;
  AssetPace pace_;
  std::optional<AssetProgress> begun_;
  std::optional<Tick> told_at_;
  bool ended_ = false;
  bool interrupted_ = false;
};

struct SentAssets {
  std::optional<std::string> token;  ///< That the create redeems; none without assets.
  AfterCreate next = AfterCreate::go_on;
};

Result<SentAssets> send_assets(Acting& acting, const CreateVersion& create) {
  if (create.build.assets == nullptr) return SentAssets{};
  const WorkerConfig& worker = *acting.assignment.worker;
  TRY_ASSIGN(AssetReaders readers, open_assets(acting.ports.builds, worker, create.build));
  UploadStory story(acting, create.build.digest);
  AssetUpload upload{.assets = *create.build.assets,
                     .readers = readers,
                     .progress = [&story](const AssetProgress& now) { return story.hear(now); }};
  const Tick begun = acting.ports.clock.tick();
  auto token = acting.ports.api.upload_assets(worker.id, upload);
  if (!token && story.interrupted()) return SentAssets{std::nullopt, AfterCreate::give_way};
  if (!token) return std::unexpected(std::move(token).error());
  const bool stale = story.had_to_send() && acting.ports.clock.tick() - begun > kStale;
  return SentAssets{std::move(*token), stale ? AfterCreate::look_again : AfterCreate::go_on};
}

Result<AfterCreate> ended_by(std::optional<Failure> failure) {
  if (failure) return std::unexpected(*std::move(failure));
  return AfterCreate::go_on;
}

}  // namespace

Result<AssetReaders> open_assets(BuildSource& builds, const WorkerConfig& worker,
                                 const Build& build) {
  constexpr std::size_t kReaders = 3;  // As many connections as wrangler has.
  AssetReaders readers;
  while (readers.size() < kReaders) {
    TRY_ASSIGN(auto reader, builds.open_assets(worker, build));
    readers.push_back(std::move(reader));
  }
  return readers;
}

Result<AfterCreate> create_version(Acting& acting, const CreateVersion& create) {
  const Ports& ports = acting.ports;
  const WorkerConfig& worker = *acting.assignment.worker;
  auto contents = ports.builds.open(worker, create.build);
  // It changed just now; the next look tells.
  if (!contents) return std::unexpected(std::move(contents).error());

  auto sent = send_assets(acting, create);
  if (!sent) return ended_by(failed(acting, create, std::nullopt, std::move(sent).error()));
  if (sent->next != AfterCreate::go_on) return sent->next;

  auto heritage = take_heritage(acting, create);
  if (!heritage) return std::unexpected(std::move(heritage).error());

  const Bundle bundle{create.build.main_module, create.build.modules,   create.build.settings,
                      std::move(*heritage),     std::move(sent->token), create.annotations};
  Intent intent;
  intent.kind = IntentKind::create;
  intent.worker = worker.id;
  intent.digest = create.build.digest;
  intent.finished_at = create.build.finished_at;
  intent.tag = create.annotations.tag;
  intent.message = create.annotations.message;
  intent.reason = create.reason;
  intent.run = acting.teller.about().run;
  intent.begun_at = ports.clock.now();
  const auto id = ports.journal.begin(intent);
  if (!id) return ended_by(journal_failed(acting, id.error()));

  const Tick start = ports.clock.tick();
  const Deploy deploy = create.deploy == DeployMode::immediate ? Deploy::yes : Deploy::no;
  auto created = ports.api.create(worker.id, bundle, **contents, deploy);
  if (!created) return ended_by(failed(acting, create, *id, std::move(created).error()));
  return ended_by(succeeded(acting, create, *id, *created, ports.clock.tick() - start));
}

std::optional<Failure> adopt_version(Acting& acting, const AdoptVersion& adopt) {
  if (auto failure = finish(acting, adopt.open.id,
                            {OutcomeKind::adopted,
                             adopt.version.id,
                             adopt.version.number,
                             "found in a listing by its digest",
                             {}})) {
    return failure;
  }
  acting.settling.erase(adopt.open.id);
  acting.caution.version_created(acting.ports.clock.tick());
  const auto trailer = parse_trailer(adopt.version.annotations.message);
  if (!trailer) return std::nullopt;
  acting.teller.tell(VersionAdopted{adopt.version, trailer->digest});
  if (std::string because = made_by_another(adopt.open.intent, adopt.version); !because.empty()) {
    acting.teller.tell(ForeignIdentity{adopt.version, trailer->digest, std::move(because)});
  }
  return std::nullopt;
}

std::optional<Failure> close_intent(Acting& acting, const CloseIntent& close) {
  const Intent& intent = close.open.intent;
  if (auto failure = finish(acting, close.open.id,
                            {close.outcome, intent.version, intent.number, close.detail, {}})) {
    return failure;
  }
  acting.settling.erase(close.open.id);
  if (intent.kind == IntentKind::prune && close.outcome == OutcomeKind::done) {
    acting.teller.tell(PruneDeleted{*intent.version, intent.number, intent.tag, std::nullopt,
                                    intent.reason, intent.plan});
  }
  return std::nullopt;
}

}  // namespace rollout
