// SPDX-License-Identifier: Apache-2.0
// Sends the buckets of one upload session over several connections at once.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/cloudflare/caller.h"
#include "daemon/adapters/cloudflare/wire_assets.h"
#include "daemon/ports/versions_api.h"

namespace rollout {

/// What a session comes to: each file that was accepted, the token if all are there, and why not.
struct SessionOutcome {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  std::optional<std::string> completion;
  std::optional<Failure> failure;
};

/// The connections of one upload. Requests of a session carry its token and end with it; the first
/// that fails lets no further one begin, since only a new session knows what is still missing.
class AssetUploader {
 public:
  struct Options {
    HttpExchange::Options exchange;
    std::shared_ptr<Meter> meter;
    std::string target;  ///< `/accounts/{id}/workers/assets/upload`
    std::string during;
    Millis timeout{};  ///< Of a request; and one second for each MiB of its body.
    std::uint64_t max_answer = 0;
  };

  AssetUploader(Options options, Clock& clock);

  /// `files` holds each asset by its hash. `progressed` is called about once a second by this
  /// thread, with what has been sent of requests that are not answered yet counted in; where it is
  /// false no further request begins.
  using Progressed = std::function<bool(const SessionOutcome& so_far)>;
  SessionOutcome send(const UploadSession& session,
                      const std::map<std::string, const Asset*>& files,
                      std::vector<std::unique_ptr<ModuleContents>>& readers,
                      const Progressed& progressed);

  /// Waits, as between two sessions. False where it was stopped meanwhile.
  bool wait(Millis time);

  // From any thread.

  /// Ends requests and waits at once. Nothing is sent any more.
  void stop();
  /// When what is going on is over at the latest; none where nothing is.
  std::optional<Tick> deadline() const;

 private:
  struct Sending;
  void work(Sending& sending, Caller& caller, ModuleContents& contents);
  Result<std::optional<std::string>> send_bucket(Sending& sending, Caller& caller,
                                                 ModuleContents& contents,
                                                 const std::vector<std::string>& bucket);

  Options options_;
  Clock& clock_;
  mutable std::mutex mutex_;  // Everything below.
  std::condition_variable changed_;
  std::vector<Caller*> callers_;
  std::optional<Tick> busy_until_;
  bool stopped_ = false;
};

}  // namespace rollout
