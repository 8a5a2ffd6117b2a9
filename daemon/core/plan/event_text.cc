// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/event_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

std::string_view word(Mode mode) {
  return mode == Mode::observe ? "observe" : "enforce";
}

std::string_view word(PassFinished::Result result) {
  switch (result) {
    case PassFinished::Result::changed:
      return "changed";
    case PassFinished::Result::noop:
      return "noop";
    case PassFinished::Result::error:
      return "error";
  }
  ensure_failed("an unknown result of a pass", std::source_location::current());
}

std::string place(const ConfigError& error) {
  if (error.line == 0) return error.file;
  return fmt::format("{}:{}:{}", error.file, error.line, error.column);
}

}  // namespace

std::string clause(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' || c == '\r' ? ' ' : c;
  const auto last = out.find_last_not_of(" .");
  out.resize(last == std::string::npos ? 0 : last + 1);
  out.erase(0, out.find_first_not_of(' '));
  return out;
}

void add_failure(Telling& telling, const Failure& failure) {
  telling.fields.emplace_back("REASON", to_string(failure.kind));
  if (failure.http_status != 0) {
    telling.fields.emplace_back("HTTP_STATUS", std::to_string(failure.http_status));
  }
  if (failure.code != 0) telling.fields.emplace_back("CF_CODE", std::to_string(failure.code));
  if (!failure.cf_ray.empty()) telling.fields.emplace_back("CF_RAY", failure.cf_ray);
}

Telling tell(const DaemonStarted& body) {
  return {fmt::format("rolloutd {} is ready in {} mode with {} worker{}", body.version,
                      word(body.mode), body.workers, body.workers == 1 ? "" : "s"),
          {{"DAEMON_VERSION", body.version},
           {"MODE", std::string(word(body.mode))},
           {"WORKERS", std::to_string(body.workers)}}};
}

Telling tell(const DaemonStopping& body) {
  const std::string in_flight = clause(body.in_flight);
  return {fmt::format("rolloutd is stopping; {}",
                      in_flight.empty() ? "nothing is in flight" : in_flight),
          {{"IN_FLIGHT", in_flight}}};
}

Telling tell(const ConfigLoaded& body) {
  const std::string changes = fmt::format("{}", fmt::join(body.changes, "; "));
  return {fmt::format("the configuration is in force, {} change{}{}", body.changes.size(),
                      body.changes.size() == 1 ? "" : "s",
                      body.changes.empty() ? "" : ": " + clause(changes)),
          {{"CHANGES", std::to_string(body.changes.size())}}};
}

Telling tell(const ConfigReloadFailed& body) {
  std::vector<std::string> errors;
  for (const ConfigError& error : body.errors) {
    const std::string where = place(error);
    errors.push_back(where.empty() ? clause(error.message)
                                   : fmt::format("{}: {}", where, clause(error.message)));
  }
  Telling telling{
      fmt::format("the reload was refused with {} error{} and the configuration stays "
                  "as it was; nothing is pruned until a reload succeeds: {}",
                  errors.size(), errors.size() == 1 ? "" : "s", fmt::join(errors, "; ")),
      {{"ERRORS", std::to_string(errors.size())}}};
  if (!body.errors.empty()) {
    telling.fields.emplace_back("REASON", body.errors.front().code);
    telling.fields.emplace_back("PLACE", place(body.errors.front()));
  }
  return telling;
}

Telling tell(const ApiThrottled& body) {
  return {fmt::format("Cloudflare's rate limit is near or reached, calls wait for {}: {}",
                      for_people(body.wait), clause(body.detail)),
          {{"DURATION_MS", std::to_string(body.wait.count())}}};
}

Telling tell(const ApiUnavailable& body) {
  Telling telling{
      fmt::format("Cloudflare cannot be reached, attempt {}, next try in {}: {}", body.attempts,
                  for_people(body.next_try), clause(body.failure.sentence())),
      {{"ATTEMPT", std::to_string(body.attempts)},
       {"DURATION_MS", std::to_string(body.next_try.count())}}};
  add_failure(telling, body.failure);
  return telling;
}

Telling tell(const ApiRecovered& body) {
  return {fmt::format("Cloudflare answers again after {}", for_people(body.after)),
          {{"DURATION_MS", std::to_string(body.after.count())}}};
}

Telling tell(const AuthFailed& body) {
  Telling telling{fmt::format("Cloudflare refuses the token{} and all writes have stopped, next "
                              "probe in {}: {}",
                              body.writing ? " for writing" : "", for_people(body.next_probe),
                              clause(body.failure.sentence())),
                  {{"DURATION_MS", std::to_string(body.next_probe.count())}}};
  add_failure(telling, body.failure);
  return telling;
}

Telling tell(const AuthChecked& body) {
  return {body.expires ? fmt::format("the token ends at {}", format_rfc3339(*body.expires))
                       : "the token has no end",
          {}};
}

Telling tell(const AuthExpiring& body) {
  return {fmt::format("the token ends in {}, at {}; make a new one and put it in its place",
                      for_people(body.left), format_rfc3339(body.expires)),
          {{"DURATION_MS", std::to_string(body.left.count())}}};
}

Telling tell(const SourceUnreadable& body) {
  return {fmt::format("the build directory {} cannot be read: {}", body.root, clause(body.detail)),
          {{"ROOT", body.root}}};
}

Telling tell(const WatchOverflow& /*body*/) {
  return {"events of the file system were lost, so every build directory is looked at again", {}};
}

Telling tell(const WatchDegraded& body) {
  return {
      fmt::format("the build directories of {} worker{} are not wholly watched, so their builds "
                  "are found by the rescan: {}",
                  body.workers, body.workers == 1 ? "" : "s", clause(body.detail)),
      {{"WORKERS", std::to_string(body.workers)}}};
}

Telling tell(const WatchRecovered& /*body*/) {
  return {"every build directory is watched again", {}};
}

Telling tell(const StateRecovered& body) {
  return {fmt::format("the journal was opened after a loss: {}", clause(body.detail)), {}};
}

Telling tell(const JournalDegraded& body) {
  return {fmt::format("the journal cannot be written, so no version is created or deleted: {}",
                      clause(body.detail)),
          {}};
}

Telling tell(const PassFinished& body) {
  std::vector<std::string> kept_by;
  for (const auto& [reason, count] : body.kept_by) {
    kept_by.push_back(fmt::format("{}={}", reason, count));
  }
  return {fmt::format("the pass took {} and {}; {} version{}, {} active, {} kept, {} prunable, {} "
                      "foreign; next look in {}; {}: {}",
                      for_people(body.took),
                      body.result == PassFinished::Result::changed ? "changed something"
                      : body.result == PassFinished::Result::noop  ? "changed nothing"
                                                                   : "failed",
                      body.versions, body.versions == 1 ? "" : "s", body.active, body.kept,
                      body.prunable, body.foreign, for_people(body.next_look), body.condition,
                      clause(body.summary)),
          {{"RESULT", std::string(word(body.result))},
           {"DURATION_MS", std::to_string(body.took.count())},
           {"VERSIONS", std::to_string(body.versions)},
           {"ACTIVE", std::to_string(body.active)},
           {"KEPT", std::to_string(body.kept)},
           {"PRUNABLE", std::to_string(body.prunable)},
           {"FOREIGN", std::to_string(body.foreign)},
           {"KEPT_BY", fmt::format("{}", fmt::join(kept_by, " "))},
           {"NEXT_LOOK_MS", std::to_string(body.next_look.count())},
           {"CONDITION", body.condition}}};
}

}  // namespace rollout
