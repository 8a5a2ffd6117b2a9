// SPDX-License-Identifier: Apache-2.0
// The upload of static assets: sessions, one after the other, until nothing is missing.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/client.h"

namespace rollout {
namespace {

/// Without a single file accepted in between. As wrangler has it; waits of 1, 2, 4 and 8 seconds.
constexpr int kAttempts = 5;
constexpr Millis kFirstWait = std::chrono::seconds(1);
/// For longer than this the caller waits, who has other things to do.
constexpr Millis kLongestWait = std::chrono::minutes(1);

/// How long to wait before the next session; none where another one would not help.
std::optional<Millis> wait_after(const Failure& failure, int attempt) {
  if (attempt >= kAttempts) return std::nullopt;
  const Millis backoff = kFirstWait * (1 << (attempt - 1));
  switch (failure.kind) {
    case FailureKind::transient:
    case FailureKind::unauthorized:  // The session's hour is over.
      return backoff;
    case FailureKind::throttled: {
      const Millis asked = std::max(failure.retry_after.value_or(backoff), backoff);
      return asked <= kLongestWait ? std::optional(asked) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

/// Files by their hash, and how much of them is done.
class Tally {
 public:
  explicit Tally(const AssetSet& assets) {
    for (const Asset& asset : assets.files) files_.emplace(asset.hash, &asset);
    now_.of_files = files_.size();
    for (const auto& [hash, asset] : files_) now_.of_bytes += asset->file.size;
  }

  const std::map<std::string, const Asset*>& files() const { return files_; }
  /// What a session does not ask for is there.
  void begin(const UploadSession& session) {
    now_.files = now_.of_files;
    now_.bytes = now_.of_bytes;
    for (const auto& bucket : session.buckets) {
      for (const std::string& hash : bucket) {
        const auto found = files_.find(hash);
        if (found == files_.end()) continue;
        --now_.files;
        now_.bytes -= found->second->file.size;
      }
    }
  }
  AssetProgress with(const SessionOutcome& so_far) const {
    AssetProgress out = now_;
    out.files += so_far.files;
    out.bytes = std::min(out.bytes + so_far.bytes, out.of_bytes);
    return out;
  }
  AssetProgress whole() const {
    return {now_.of_files, now_.of_files, now_.of_bytes, now_.of_bytes};
  }

 private:
  std::map<std::string, const Asset*> files_;
  AssetProgress now_;
};

}  // namespace

AssetUploader::Options CloudflareApi::uploader_options(HttpExchange::Options exchange) const {
  return {.exchange = std::move(exchange),
          .meter = options_.meter,
          .target = fmt::format("/accounts/{}/workers/assets/upload",
                                percent_encode(options_.account.text())),
          .during = "upload assets",
          .timeout = options_.write_timeout,
          .max_answer = options_.max_answer};
}

Result<UploadSession> CloudflareApi::open_asset_session(const std::string& script,
                                                        const std::string& during,
                                                        const HttpBody& manifest) {
  UploadSession out;
  ApiCall call =
      a_write("assets",
              fmt::format("/accounts/{}/workers/scripts/{}/assets-upload-session",
                          percent_encode(options_.account.text()), percent_encode(script)),
              during, manifest);
  call.repeat = Repeat::harmless;
  call.read = [&](const Json* answer) -> Wire<void> {
    if (answer == nullptr) return std::unexpected("`result` is missing");
    TRY_ASSIGN(out, session_from_json(*answer));
    return {};
  };
  TRY(caller_.call(call));
  return out;
}

Result<std::string> CloudflareApi::upload_assets(const WorkerId& worker, AssetUpload& upload) {
  const std::string during = fmt::format("upload assets of {}", worker.text());
  TRY_ASSIGN(const std::string script, script_name(worker));
  const HttpBody manifest = text_body("application/json", manifest_to_text(upload.assets));
  Tally tally(upload.assets);
  bool go_on = true;
  const auto tell = [&](const AssetProgress& now) { return go_on = go_on && upload.progress(now); };
  for (int attempt = 1;; ++attempt) {
    TRY_ASSIGN(const UploadSession session, open_asset_session(script, during, manifest));
    tally.begin(session);
    tell(tally.with({}));
    if (session.buckets.empty()) return session.token;
    SessionOutcome outcome;
    if (go_on) {
      outcome =
          uploader_.send(session, tally.files(), upload.readers,
                         [&](const SessionOutcome& so_far) { return tell(tally.with(so_far)); });
    }
    if (outcome.completion) {
      tell(tally.whole());
      return std::move(*outcome.completion);
    }
    Failure failure = outcome.failure.value_or(
        Failure{.kind = FailureKind::transient, .detail = "the last file brought no token"});
    failure.during = during;
    if (outcome.files > 0) attempt = 1;
    const auto wait = wait_after(failure, attempt);
    if (failure.kind == FailureKind::unauthorized) failure.kind = FailureKind::transient;
    if (!go_on || !wait || !uploader_.wait(*wait)) return std::unexpected(std::move(failure));
  }
}

std::optional<Tick> CloudflareApi::deadline() const {
  return std::max(caller_.deadline(), uploader_.deadline());
}

}  // namespace rollout
