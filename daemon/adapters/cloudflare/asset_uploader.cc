// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/asset_uploader.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace rollout {
namespace {

constexpr Millis kTick = std::chrono::seconds(1);
/// Between two looks of the thread that waits, and with room for a busy machine.
constexpr Millis kPatience = std::chrono::seconds(10);

Failure interrupted(const std::string& during) {
  return {.kind = FailureKind::transient,
          .during = during,
          .detail = "something else is to be done first; the rest is sent later"};
}

Failure stopping(const std::string& during) {
  return {.kind = FailureKind::transient,
          .during = during,
          .detail = "not sent, because the program stops"};
}

/// Counts what passes, so that a slow request is seen to move.
class CountedContents final : public ModuleContents {
 public:
  CountedContents(ModuleContents& contents, std::atomic<std::uint64_t>& passed)
      : contents_(contents), passed_(passed) {}

  Result<void> read(const Module& module, const Sink& sink) override {
    return contents_.read(module, [&](std::span<const std::byte> bytes) {
      passed_ += bytes.size();
      bytes_ += bytes.size();
      return sink(bytes);
    });
  }
  /// The request is over: what is accepted is counted elsewhere.
  void settle() {
    passed_ -= bytes_;
    bytes_ = 0;
  }

 private:
  ModuleContents& contents_;
  std::atomic<std::uint64_t>& passed_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

/// One session; guarded by the uploader's mutex, what is constant aside.
struct AssetUploader::Sending {
  const UploadSession& session;
  const std::map<std::string, const Asset*>& files;
  std::vector<std::vector<std::string>> buckets;  ///< Constant.
  std::atomic<std::uint64_t> passed{0};           ///< By requests that are not answered yet.
  std::size_t next = 0;
  std::size_t working = 0;
  SessionOutcome outcome{};
};

AssetUploader::AssetUploader(Options options, Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

Result<std::optional<std::string>> AssetUploader::send_bucket(
    Sending& sending, Caller& caller, ModuleContents& contents,
    const std::vector<std::string>& bucket) {
  std::vector<const Asset*> files;
  for (const std::string& hash : bucket) {
    const auto found = sending.files.find(hash);
    if (found != sending.files.end()) {
      files.push_back(found->second);
      continue;
    }
    return std::unexpected(Failure{.kind = FailureKind::invalid,
                                   .during = options_.during,
                                   .detail = "a file was asked for that the manifest lacks"});
  }
  AssetBody content(sending.session.mode, std::move(files), contents);
  const HttpBody body{.content_type = content.content_type(),
                      .size = content.size(),
                      .write = [&content](const BodySink& sink) { return content.write(sink); }};
  std::optional<std::string> completion;
  ApiCall call;
  call.op = "upload";
  call.method = HttpMethod::post;
  call.repeat = Repeat::harmless;
  call.quota = Quota::free;
  call.target = sending.session.mode == UploadMode::single
                    ? fmt::format("{}/{}", options_.target, bucket.front())
                    : options_.target + "?base64=true";
  call.during = options_.during;
  call.timeout = options_.timeout + std::chrono::seconds(body.size >> 20U);
  call.max_answer = options_.max_answer;
  call.body = &body;
  call.read = [&completion](const Json* result) -> Wire<void> {
    TRY_ASSIGN(completion, completion_from_json(result));
    return {};
  };
  TRY(caller.call(call));
  return completion;
}

void AssetUploader::work(Sending& sending, Caller& caller, ModuleContents& contents) {
  CountedContents counted(contents, sending.passed);
  std::unique_lock lock(mutex_);
  while (!stopped_ && !sending.outcome.failure && sending.next < sending.buckets.size()) {
    const auto& bucket = sending.buckets[sending.next++];
    lock.unlock();
    auto sent = send_bucket(sending, caller, counted, bucket);
    counted.settle();
    lock.lock();
    if (!sent) {
      if (!sending.outcome.failure) sending.outcome.failure = std::move(sent).error();
      break;
    }
    if (*sent) sending.outcome.completion = std::move(**sent);
    sending.outcome.files += bucket.size();
    for (const std::string& hash : bucket) {
      sending.outcome.bytes += sending.files.at(hash)->file.size;
    }
  }
  --sending.working;
  changed_.notify_all();
}

SessionOutcome AssetUploader::send(const UploadSession& session,
                                   const std::map<std::string, const Asset*>& files,
                                   std::vector<std::unique_ptr<ModuleContents>>& readers,
                                   const Progressed& progressed) {
  Sending sending{.session = session, .files = files, .buckets = session.buckets};
  if (session.mode == UploadMode::single) {
    sending.buckets.clear();
    for (const auto& bucket : session.buckets) {
      for (const std::string& hash : bucket) sending.buckets.push_back({hash});
    }
  }
  const std::size_t count = std::min(readers.size(), sending.buckets.size());
  std::vector<std::unique_ptr<Caller>> callers;
  for (std::size_t i = 0; i < count; ++i) {
    callers.push_back(std::make_unique<Caller>(options_.exchange, Access::full, options_.meter,
                                               Secret(session.token), clock_));
  }
  std::unique_lock lock(mutex_);
  if (stopped_) {
    sending.outcome.failure = stopping(options_.during);
    return sending.outcome;
  }
  for (const auto& caller : callers) callers_.push_back(caller.get());
  sending.working = count;
  busy_until_ = clock_.tick() + kPatience;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] { work(sending, *callers[i], *readers[i]); });
  }
  while (!changed_.wait_for(lock, kTick, [&sending] { return sending.working == 0; })) {
    busy_until_ = clock_.tick() + kPatience;
    SessionOutcome so_far{.files = sending.outcome.files,
                          .bytes = sending.outcome.bytes + sending.passed.load(),
                          .completion = std::nullopt,
                          .failure = std::nullopt};
    lock.unlock();
    const bool go_on = progressed(so_far);
    lock.lock();
    if (!go_on && !sending.outcome.failure) sending.outcome.failure = interrupted(options_.during);
  }
  callers_.clear();
  busy_until_.reset();
  if (stopped_ && !sending.outcome.completion && !sending.outcome.failure) {
    sending.outcome.failure = stopping(options_.during);
  }
  lock.unlock();
  threads.clear();
  return std::move(sending.outcome);
}

bool AssetUploader::wait(Millis time) {
  std::unique_lock lock(mutex_);
  busy_until_ = clock_.tick() + time + kPatience;
  const bool ended = changed_.wait_for(lock, time, [this] { return stopped_; });
  busy_until_.reset();
  return !ended;
}

void AssetUploader::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (Caller* caller : callers_) caller->stop();
  changed_.notify_all();
}

std::optional<Tick> AssetUploader::deadline() const {
  const std::lock_guard lock(mutex_);
  return busy_until_;
}

}  // namespace rollout
