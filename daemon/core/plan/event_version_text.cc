// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/core/plan/event_text.h"

namespace rollout {
namespace {

/// `v42 "1.9.0"`, or `v42` where there is no tag.
std::string title(std::uint64_t number, std::string_view tag) {
  if (tag.empty()) return fmt::format("v{}", number);
  return fmt::format("v{} \"{}\"", number, clause(tag));
}
std::string title(const Version& version) {
  return title(version.number, version.annotations.tag);
}

std::string size_for_people(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024);
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1024 * 1024));
}

void add_version(Telling& telling, const VersionId& id, std::uint64_t number,
                 std::string_view tag) {
  telling.fields.emplace_back("VERSION_ID", id.text());
  telling.fields.emplace_back("VERSION_NUMBER", std::to_string(number));
  if (!tag.empty()) telling.fields.emplace_back("TAG", tag);
}

/// A sentence about one version and the build that it carries.
Telling about(std::string sentence, const Version& version, const BundleDigest& digest) {
  Telling telling{std::move(sentence), {{"BUILD", digest.hex()}}};
  add_version(telling, version.id, version.number, version.annotations.tag);
  return telling;
}

}  // namespace

Telling tell(const BuildDetected& body) {
  return {fmt::format("something changed in {}", body.root), {{"ROOT", body.root}}};
}

Telling tell(const BuildSettled& body) {
  const bool confirmed = body.confidence == Confidence::confirmed;
  return {fmt::format("build {} is finished, {}: {} module{}, {}, {} file{} left out",
                      body.digest.brief(), confirmed ? "as declared" : "as it has been quiet",
                      body.modules, body.modules == 1 ? "" : "s", size_for_people(body.bytes),
                      body.left_out, body.left_out == 1 ? "" : "s"),
          {{"BUILD", body.digest.hex()},
           {"MODULES", std::to_string(body.modules)},
           {"BYTES", std::to_string(body.bytes)},
           {"LEFT_OUT", std::to_string(body.left_out)},
           {"CONFIDENCE", confirmed ? "confirmed" : "unconfirmed"}}};
}

Telling tell(const AssetsUploading& body) {
  const std::string done = fmt::format("{} of {} file{}, {} of {}", body.files, body.of_files,
                                       body.of_files == 1 ? "" : "s", size_for_people(body.bytes),
                                       size_for_people(body.of_bytes));
  Telling telling{
      fmt::format("assets of build {}: {} are with Cloudflare{}", body.digest.brief(), done,
                  body.left ? fmt::format(", about {} left", for_people(*body.left)) : ""),
      {{"BUILD", body.digest.hex()},
       {"FILES", std::to_string(body.files)},
       {"FILES_OF", std::to_string(body.of_files)},
       {"BYTES", std::to_string(body.bytes)},
       {"BYTES_OF", std::to_string(body.of_bytes)}}};
  if (body.left) telling.fields.emplace_back("LEFT_MS", std::to_string(body.left->count()));
  return telling;
}

Telling tell(const BuildRejected& body) {
  return {fmt::format("the build in {} cannot become a version ({}): {}", body.root, body.reason,
                      clause(body.detail)),
          {{"ROOT", body.root}, {"REASON", body.reason}}};
}

Telling tell(const VersionCreated& body) {
  const auto& startup = body.version.startup_time;
  Telling telling =
      about(fmt::format("created {} from build {} in {}{}", title(body.version),
                        body.digest.brief(), for_people(body.took),
                        startup ? fmt::format(", it starts in {}", for_people(*startup)) : ""),
            body.version, body.digest);
  telling.fields.emplace_back("DURATION_MS", std::to_string(body.took.count()));
  if (startup) telling.fields.emplace_back("STARTUP_MS", std::to_string(startup->count()));
  return telling;
}

Telling tell(const VersionDeduplicated& body) {
  return about(fmt::format("build {} is already {}, so there is nothing to do", body.digest.brief(),
                           title(body.version)),
               body.version, body.digest);
}

Telling tell(const VersionCreateFailed& body) {
  const char* outcome = body.failure.kind == FailureKind::unknown_outcome
                            ? "it is not known whether a version was created"
                            : "no version was created";
  Telling telling{fmt::format("{} from build {}: {}; {}", outcome, body.digest.brief(),
                              clause(body.failure.sentence()), clause(body.next)),
                  {{"BUILD", body.digest.hex()}}};
  add_failure(telling, body.failure);
  return telling;
}

Telling tell(const VersionAdopted& body) {
  return about(fmt::format("the answer of a create was lost, and its version was found by the "
                           "digest of build {}: it is {}, no second one is made",
                           body.digest.brief(), title(body.version)),
               body.version, body.digest);
}

Telling tell(const VersionDuplicate& body) {
  std::vector<std::string> others;
  for (const Version& other : body.others) others.push_back(title(other));
  Telling telling =
      about(fmt::format("build {} exists more than once: {} counts, and so {} of no "
                        "use: {}",
                        body.digest.brief(), title(body.kept),
                        others.size() == 1 ? "one is" : fmt::format("{} are", others.size()),
                        fmt::join(others, ", ")),
            body.kept, body.digest);
  telling.fields.emplace_back("DUPLICATES", std::to_string(others.size()));
  return telling;
}

Telling tell(const IdentityLost& body) {
  return about(fmt::format("{} was created from build {}, but Cloudflare did not keep the last "
                           "line of its message; nothing of this Worker is pruned",
                           title(body.version), body.digest.brief()),
               body.version, body.digest);
}

Telling tell(const ForeignIdentity& body) {
  Telling telling =
      about(fmt::format("{} carries build {}, but somebody else made it: {}; it is adopted, and no "
                        "second one is made",
                        title(body.version), body.digest.brief(), body.because),
            body.version, body.digest);
  telling.fields.emplace_back("REASON", body.because);
  return telling;
}

Telling tell(const VersionGone& body) {
  return {fmt::format("version {} is no longer listed, and it was not deleted by this rolloutd: "
                      "somebody did, with `rolloutctl versions delete`, the dashboard or another "
                      "tool",
                      body.number),
          {{"VERSION_ID", std::string(body.version.text())},
           {"VERSION_NUMBER", std::to_string(body.number)}}};
}

Telling tell(const PrunePlanned& body) {
  std::string sentence = fmt::format("plan {} keeps {}, deletes {} and lets {} wait", body.plan_id,
                                     body.keep, body.remove, body.waiting);
  if (!body.stops.empty()) {
    sentence += fmt::format("; nothing is deleted now: {}",
                            clause(fmt::format("{}", fmt::join(body.stops, "; "))));
  }
  return {std::move(sentence),
          {{"PLAN_ID", body.plan_id},
           {"KEEP", std::to_string(body.keep)},
           {"REMOVE", std::to_string(body.remove)},
           {"WAITING", std::to_string(body.waiting)},
           {"STOPS", std::to_string(body.stops.size())}}};
}

Telling tell(const PruneMarked& body) {
  const std::string next =
      body.would_go_on ? fmt::format("; it would be deleted from {} on, were the mode enforce",
                                     format_rfc3339(*body.would_go_on))
                       : " and goes after the grace period";
  Telling telling{fmt::format("{} is no longer needed{}: {}", title(body.number, body.tag), next,
                              clause(body.because)),
                  {}};
  add_version(telling, body.version, body.number, body.tag);
  return telling;
}

Telling tell(const PruneUnmarked& body) {
  Telling telling{
      fmt::format("{} stays after all: {}", title(body.number, {}), clause(body.because)), {}};
  add_version(telling, body.version, body.number, {});
  return telling;
}

Telling tell(const PruneDeleted& body) {
  Telling telling{
      fmt::format("deleted {}{}{}: {}", title(body.number, body.tag),
                  body.age ? ", " + for_people(*body.age) + " old" : "",
                  body.plan_id.empty() ? "" : ", by plan " + body.plan_id, clause(body.reason)),
      {{"REASON", body.reason}}};
  if (!body.plan_id.empty()) telling.fields.emplace_back("PLAN_ID", body.plan_id);
  add_version(telling, body.version, body.number, body.tag);
  if (body.age) telling.fields.emplace_back("AGE_MS", std::to_string(body.age->count()));
  return telling;
}

Telling tell(const PruneRefused& body) {
  Telling telling{fmt::format("{} not deleted ({}): {}",
                              body.version ? fmt::format("version {} was", body.version->text())
                                           : "versions were",
                              body.code, clause(body.detail)),
                  {{"REASON", body.code}}};
  if (body.version) telling.fields.emplace_back("VERSION_ID", body.version->text());
  return telling;
}

Telling tell(const PruneApproved& body) {
  return {fmt::format("{} approved plan {}, which deletes {}, until {}", body.actor, body.plan_id,
                      body.remove, format_rfc3339(body.until)),
          {{"PLAN_ID", body.plan_id},
           {"ACTOR", body.actor},
           {"REMOVE", std::to_string(body.remove)},
           {"UNTIL", format_rfc3339(body.until)}}};
}

Telling tell(const WorkerSuspended& body) {
  Telling telling{
      fmt::format("{} suspended automation{}: {}", body.actor,
                  body.until ? " until " + format_rfc3339(*body.until) : "", clause(body.reason)),
      {{"ACTOR", body.actor}, {"REASON", body.reason}}};
  if (body.until) telling.fields.emplace_back("UNTIL", format_rfc3339(*body.until));
  return telling;
}

Telling tell(const WorkerResumed& body) {
  return {fmt::format("{} resumed automation", body.actor), {{"ACTOR", body.actor}}};
}

Telling tell(const VersionPinned& body) {
  return {
      fmt::format("{} pinned version {}: {}", body.actor, body.version.text(), clause(body.reason)),
      {{"VERSION_ID", std::string(body.version.text())},
       {"ACTOR", body.actor},
       {"REASON", body.reason}}};
}

Telling tell(const VersionUnpinned& body) {
  return {fmt::format("{} unpinned version {}", body.actor, body.version.text()),
          {{"VERSION_ID", std::string(body.version.text())}, {"ACTOR", body.actor}}};
}

}  // namespace rollout
