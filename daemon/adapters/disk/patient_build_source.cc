// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/patient_build_source.h"

#include <fmt/format.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <vector>

#include "daemon/adapters/disk/names.h"
#include "daemon/core/model/ensure.h"

namespace rollout {

/// What outlives its owner while a reader hangs.
struct PatientBuildSource::Shared {
  explicit Shared(std::unique_ptr<BuildSource> source) : inner(std::move(source)) {}

  std::unique_ptr<BuildSource> inner;
  std::mutex mutex;
  std::condition_variable returned;
  std::multiset<WorkerId> reading;  ///< Guarded by `mutex`.
};

namespace {

constexpr std::size_t kOneReader = 1;
constexpr std::size_t kAssetReaders = 16;

/// Puts the question in a thread of its own. None where no answer came in time, or an earlier
/// reader of this Worker still hangs.
template <class Answer, class Shared>
std::optional<Answer> ask(const std::shared_ptr<Shared>& shared, const WorkerConfig& worker,
                          std::function<Answer(BuildSource&)> question) {
  const auto answer = std::make_shared<std::optional<Answer>>();  // Guarded by the mutex.
  std::unique_lock lock(shared->mutex);
  if (shared->reading.contains(worker.id)) return std::nullopt;
  shared->reading.insert(worker.id);
  const auto read = [shared, answer, question = std::move(question), id = worker.id] {
    Answer found = question(*shared->inner);
    const std::scoped_lock locked(shared->mutex);
    *answer = std::move(found);
    shared->reading.erase(shared->reading.find(id));
    shared->returned.notify_all();
  };
  try {
    std::thread(read).detach();
  } catch (const std::system_error&) {  // No more threads: as bad as a reader that hangs.
    shared->reading.erase(shared->reading.find(worker.id));
    return std::nullopt;
  }
  shared->returned.wait_for(lock, worker.timeout, [&answer] { return answer->has_value(); });
  return std::move(*answer);
}

std::string hanging(const WorkerConfig& worker) {
  return fmt::format(
      "{} could not be read within {}; its disk or network file system may hang. It "
      "is read again when the reader has returned",
      shown(worker.build->path), for_people(worker.timeout));
}

Failure hangs(const WorkerConfig& worker, std::string during) {
  return {.kind = FailureKind::local, .during = std::move(during), .detail = hanging(worker)};
}

/// What a reader hands to the one that waits for it: a piece at a time.
struct Handover {
  std::vector<std::byte> piece;
  bool full = false;      ///< `piece` waits to be taken.
  bool unwanted = false;  ///< Nobody waits any more.
  std::optional<Result<void>> ended;
};

}  // namespace

/// Reads in a thread of its own, hands out in the caller's.
class PatientBuildSource::Contents final : public ModuleContents {
 public:
  Contents(std::shared_ptr<Shared> shared, WorkerConfig worker,
           std::unique_ptr<ModuleContents> inner, std::size_t readers)
      : shared_(std::move(shared)),
        worker_(std::move(worker)),
        inner_(std::move(inner)),
        readers_(readers) {}

  Result<void> read(const Module& module, const Sink& sink) override {
    const auto handover = std::make_shared<Handover>();  // Guarded by the mutex.
    std::unique_lock lock(shared_->mutex);
    if (!start(module, handover)) return std::unexpected(too_slow(module));
    while (wait(lock, [&] { return handover->full || handover->ended; })) {
      if (!handover->full) return *handover->ended;
      const std::vector<std::byte> piece = std::move(handover->piece);
      handover->full = false;
      shared_->returned.notify_all();
      lock.unlock();
      const bool more = handover->unwanted || sink(piece);
      lock.lock();
      if (!more) handover->unwanted = true;
    }
    handover->unwanted = true;
    shared_->returned.notify_all();
    return std::unexpected(too_slow(module));
  }

 private:
  bool start(const Module& module, const std::shared_ptr<Handover>& handover) {
    if (shared_->reading.count(worker_.id) >= readers_) return false;
    shared_->reading.insert(worker_.id);
    const auto read = [shared = shared_, inner = inner_, module, handover, id = worker_.id] {
      Result<void> result = inner->read(module, [&](std::span<const std::byte> bytes) {
        std::unique_lock lock(shared->mutex);
        shared->returned.wait(lock, [&] { return !handover->full || handover->unwanted; });
        if (handover->unwanted) return false;
        handover->piece.assign(bytes.begin(), bytes.end());
        handover->full = true;
        shared->returned.notify_all();
        return true;
      });
      const std::scoped_lock lock(shared->mutex);
      handover->ended = std::move(result);
      shared->reading.erase(shared->reading.find(id));
      shared->returned.notify_all();
    };
    try {
      std::thread(read).detach();
    } catch (const std::system_error&) {  // No more threads: as bad as a reader that hangs.
      shared_->reading.erase(shared_->reading.find(worker_.id));
      return false;
    }
    return true;
  }

  template <class Ready>
  bool wait(std::unique_lock<std::mutex>& lock, const Ready& ready) {
    return shared_->returned.wait_for(lock, worker_.timeout, ready);
  }

  Failure too_slow(const Module& module) const {
    return hangs(worker_, fmt::format("read {} of {}", shown(module.name), worker_.id.text()));
  }

  std::shared_ptr<Shared> shared_;
  WorkerConfig worker_;
  std::shared_ptr<ModuleContents> inner_;
  std::size_t readers_;  ///< Of this Worker at once; each may hang.
};

PatientBuildSource::PatientBuildSource(std::unique_ptr<BuildSource> inner)
    : shared_(std::make_shared<Shared>(std::move(inner))) {}

Sightings PatientBuildSource::look(const WorkerConfig& worker) {
  ENSURE(worker.build.has_value(), "only a Worker with a build root can be looked at");
  auto seen = ask<Sightings>(
      shared_, worker,
      std::function<Sightings(BuildSource&)>([worker](BuildSource& s) { return s.look(worker); }));
  if (seen) return std::move(*seen);
  Sightings none;
  none.unavailable = hanging(worker);
  return none;
}

Result<std::unique_ptr<ModuleContents>> PatientBuildSource::open(const WorkerConfig& worker,
                                                                 const Build& build) {
  return open_with(worker, kOneReader,
                   [worker, build](BuildSource& source) { return source.open(worker, build); });
}

Result<std::unique_ptr<ModuleContents>> PatientBuildSource::open_assets(const WorkerConfig& worker,
                                                                        const Build& build) {
  return open_with(worker, kAssetReaders, [worker, build](BuildSource& source) {
    return source.open_assets(worker, build);
  });
}

Result<std::unique_ptr<ModuleContents>> PatientBuildSource::open_with(
    const WorkerConfig& worker, std::size_t readers,
    const std::function<Result<std::unique_ptr<ModuleContents>>(BuildSource&)>& open) {
  using Opened = Result<std::unique_ptr<ModuleContents>>;
  auto opened = ask<Opened>(shared_, worker, open);
  if (!opened) {
    return std::unexpected(hangs(worker, fmt::format("open the build of {}", worker.id.text())));
  }
  if (!*opened) return std::unexpected(std::move(*opened).error());
  return std::make_unique<Contents>(shared_, worker, std::move(**opened), readers);
}

}  // namespace rollout
