// SPDX-License-Identifier: Apache-2.0
// One POST, without a daemon and never repeated.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/account_access.h"
#include "daemon/app/one_build.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/plan/asset_pace.h"
#include "daemon/core/plan/heritage.h"
#include "daemon/core/plan/settle.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

/// The configured Worker's account, the one that was named, or the only one.
OrExit<const AccountConfig*> choose_account(const VersionsCreate& command, const Config& config,
                                            const WorkerConfig* configured, Session& session) {
  if (configured != nullptr && command.account.empty()) return &account_of(config, *configured);
  if (!command.account.empty()) {
    const auto found =
        std::ranges::find(config.accounts, AccountName(command.account), &AccountConfig::name);
    if (found != config.accounts.end()) return &*found;
    return session.fail(kExitUsage, fmt::format("no account `{}` is configured", command.account));
  }
  if (config.accounts.size() == 1) return &config.accounts.front();
  return session.fail(kExitUsage, config.accounts.empty() ? "no account is configured"
                                                          : "say which account: --account NAME");
}

OrExit<Annotations> annotate(const VersionsCreate& command, const Build& build, Session& session) {
  Annotations annotations;
  annotations.tag = command.tag;
  annotations.message =
      with_trailer(command.message, {.digest = build.digest, .policy = PolicyName("manual")});
  if (annotations.tag.size() > kTagBytes)
    return session.fail(kExitUsage, fmt::format("the tag has {} bytes; at most {} are allowed",
                                                annotations.tag.size(), kTagBytes));
  if (annotations.message.size() > kMessageBytes)
    return session.fail(
        kExitUsage, fmt::format("the message has {} bytes with its identity trailer; at most {} "
                                "are allowed",
                                annotations.message.size(), kMessageBytes));
  return annotations;
}

/// Tells a terminal how far the upload is.
class WatchedContents final : public ModuleContents {
 public:
  WatchedContents(ModuleContents& contents, std::uint64_t total, Console& console)
      : contents_(contents), total_(total), console_(console) {}

  Result<void> read(const Module& module, const Sink& sink) override {
    return contents_.read(module, [this, &sink](std::span<const std::byte> bytes) {
      sent_ += bytes.size();
      console_.progress(
          fmt::format("sent {} of {}", bytes_for_people(sent_), bytes_for_people(total_)));
      return sink(bytes);
    });
  }

 private:
  ModuleContents& contents_;
  std::uint64_t total_;
  Console& console_;
  std::uint64_t sent_ = 0;
};

/// The token of the build's assets; none where it has none.
Result<std::optional<std::string>> send_assets(const Build& build, OneBuild& source,
                                               const WorkerId& worker, VersionsApi& api,
                                               Session& session) {
  if (build.assets == nullptr) return std::nullopt;
  TRY_ASSIGN(AssetReaders readers, source.open_assets(build));
  Console& console = session.console();
  SystemClock clock;
  AssetPace pace;
  AssetUpload upload{.assets = *build.assets, .readers = readers, .progress = {}};
  upload.progress = [&](const AssetProgress& now) {
    const auto left = pace.left(now.bytes, now.of_bytes, clock.tick());
    console.progress(fmt::format("assets: {} of {} sent, {} of {}{}", now.files, now.of_files,
                                 bytes_for_people(now.bytes), bytes_for_people(now.of_bytes),
                                 left ? ", about " + for_people(*left) + " left" : ""));
    return true;
  };
  TRY_ASSIGN(auto token, api.upload_assets(worker, upload));
  return token;
}

std::unexpected<int> explain(const Failure& failure, Session& session) {
  if (failure.kind == FailureKind::unknown_outcome) {
    session.console().error(failure.sentence());
    return session.fail(kExitFailed,
                        "the version may exist: look with `rolloutctl versions list` before "
                        "trying again");
  }
  return session.fail(failure);
}

/// What would be sent, for a person who may still say no.
void announce(const VersionsCreate& command, const Build& build, const Annotations& annotations,
              Session& session) {
  Console& console = session.console();
  console.say(fmt::format("create a version of {}: {}, {}, digest {}{}", command.worker,
                          counted(build.modules.size(), "module"), bytes_for_people(build.bytes),
                          build.digest.brief(), command.deploy ? ", deployed at once" : ""));
  if (build.assets != nullptr)
    console.say(fmt::format("  assets   {}, {}", counted(build.assets->files.size(), "file"),
                            bytes_for_people(build.assets->bytes)));
  if (!annotations.tag.empty()) console.say("  tag      " + annotations.tag);
  if (!command.message.empty()) console.say("  message  " + command.message);
}

/// Looks for the version that carries the digest, and lets the transport refuse the rest.
struct Rehearsal {
  std::vector<Version> existing;
  std::uint64_t held_back = 0;
};

int report(const Rehearsal& rehearsal, const Build& build, const Annotations& annotations,
           Session& session) {
  const auto& existing = rehearsal.existing;
  if (session.json()) {
    Json data = report_frame();
    data["dry_run"] = true;
    data["digest"] = build.digest.hex();
    data["tag"] = annotations.tag;
    data["message"] = annotations.message;
    data["existing"] = existing.empty() ? Json() : version_to_json(existing.front());
    session.console().print_json(data);
  } else if (existing.empty()) {
    session.console().print("no version carries this digest: it would be a new one");
  } else {
    session.console().print(fmt::format(
        "{} carries this digest already ({}): it would be a second one of the same build",
        version_label(existing.front().number, existing.front().annotations.tag),
        existing.front().id.text()));
  }
  session.console().say(
      fmt::format("dry run: 0 writes were sent, {} held back", rehearsal.held_back));
  return kExitOk;
}

void report(const Version& version, const Build& build, const WorkerId& worker, Session& session) {
  if (session.json()) {
    Json data = report_frame();
    data["version"] = version_to_json(version);
    data["digest"] = build.digest.hex();
    session.console().print_json(data);
    return;
  }
  session.console().print(fmt::format("{} of {} created: {}",
                                      version_label(version.number, version.annotations.tag),
                                      worker.text(), version.id.text()));
}

/// What the daemon would take over from the version before.
Result<Inherited> heritage_of(const Build& build, const WorkerConfig* configured,
                              const WorkerId& worker, VersionsApi& api) {
  const Secrets secrets = configured == nullptr ? Secrets::inherit : configured->secrets;
  if (!needs_the_version_before(build, secrets)) return Inherited{};
  TRY_ASSIGN(const auto before, api.latest(worker));
  auto taken = inherited(build, secrets, before ? &*before : nullptr);
  if (taken) return std::move(*taken);
  return std::unexpected(Failure{.kind = FailureKind::invalid,
                                 .during = fmt::format("create a version of {}", worker.text()),
                                 .detail = std::move(taken).error()});
}

}  // namespace

OrExit<int> run(const VersionsCreate& command, Session& session) {
  SystemClock clock;
  const WorkerId worker(command.worker);
  TRY_ASSIGN(const Config config, session.config());
  const auto found = std::ranges::find(config.workers, worker, &WorkerConfig::id);
  const WorkerConfig* configured = found == config.workers.end() ? nullptr : &*found;
  TRY_ASSIGN(const AccountConfig* account, choose_account(command, config, configured, session));
  OneBuild source(
      {.worker = worker, .dir = command.dir, .main = command.main, .configured = configured},
      clock);
  TRY_ASSIGN(const Build build, session.check(source.read()));
  TRY_ASSIGN(const Annotations annotations, annotate(command, build, session));
  announce(command, build, annotations, session);
  const bool dry_run = command.writes == Writes::dry_run;
  if (!dry_run) TRY(session.agree(command.consent, "Create it?", "nothing was created"));
  TRY_ASSIGN(const auto api, open_account(*account, command.writes, clock, session));
  Rehearsal rehearsal;
  if (dry_run) {
    TRY_ASSIGN(const Listing listing, session.check(api->list(worker)));
    rehearsal.existing = carriers(listing, build.digest);
  }
  TRY_ASSIGN(Inherited heritage, session.check(heritage_of(build, configured, worker, *api)));
  TRY_ASSIGN(const auto contents, session.check(source.open(build)));
  WatchedContents watched(*contents, build.bytes, session.console());
  const auto create = [&]() -> Result<Version> {
    TRY_ASSIGN(auto token, send_assets(build, source, worker, *api, session));
    const Bundle bundle{.main_module = build.main_module,
                        .modules = build.modules,
                        .settings = build.settings,
                        .inherited = std::move(heritage),
                        .assets_jwt = std::move(token),
                        .annotations = annotations};
    return api->create(worker, bundle, watched, command.deploy ? Deploy::yes : Deploy::no);
  };
  const Result<Version> version = create();
  session.console().end_progress();
  if (dry_run && !version && !api->traffic().blocked_writes.empty()) {
    for (const auto& [operation, count] : api->traffic().blocked_writes)
      rehearsal.held_back += count;
    return report(rehearsal, build, annotations, session);
  }
  if (!version) return explain(version.error(), session);
  report(*version, build, worker, session);
  return kExitOk;
}

}  // namespace rollout
