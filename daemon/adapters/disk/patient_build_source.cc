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

#include "daemon/adapters/disk/names.h"
#include "daemon/core/model/ensure.h"

namespace rollout {

/// What outlives its owner while a reader hangs.
struct PatientBuildSource::Shared {
  explicit Shared(std::unique_ptr<BuildSource> source) : inner(std::move(source)) {}

  std::unique_ptr<BuildSource> inner;
  std::mutex mutex;
  std::condition_variable returned;
  std::set<WorkerId> reading;  ///< Guarded by `mutex`.
};

namespace {

/// Puts the question in a thread of its own. None where no answer came in time, or an earlier
/// reader of this Worker still hangs.
template <class Answer, class Shared>
std::optional<Answer> ask(const std::shared_ptr<Shared>& shared, const WorkerConfig& worker,
                          std::function<Answer(BuildSource&)> question) {
  const auto answer = std::make_shared<std::optional<Answer>>();  // Guarded by the mutex.
  std::unique_lock lock(shared->mutex);
  if (!shared->reading.insert(worker.id).second) return std::nullopt;
  const auto read = [shared, answer, question = std::move(question), id = worker.id] {
    Answer found = question(*shared->inner);
    const std::scoped_lock locked(shared->mutex);
    *answer = std::move(found);
    shared->reading.erase(id);
    shared->returned.notify_all();
  };
  try {
    std::thread(read).detach();
  } catch (const std::system_error&) {  // No more threads: as bad as a reader that hangs.
    shared->reading.erase(worker.id);
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

}  // namespace

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
  using Opened = Result<std::unique_ptr<ModuleContents>>;
  auto opened = ask<Opened>(shared_, worker,
                            std::function<Opened(BuildSource&)>(
                                [worker, build](BuildSource& s) { return s.open(worker, build); }));
  if (opened) return std::move(*opened);
  return std::unexpected(Failure{.kind = FailureKind::local,
                                 .during = fmt::format("open the build of {}", worker.id.text()),
                                 .detail = hanging(worker)});
}

}  // namespace rollout
