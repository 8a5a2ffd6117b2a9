// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "daemon/app/session.h"
#include "daemon/app/text.h"

namespace rollout {
namespace {

constexpr std::size_t kIdShown = 8;

std::string serving(const Json& pass) {
  std::string text = text_member(pass, "active_tag");
  for (const Json& share : list_member(pass, "serving"))
    text += fmt::format("{}{} {}", text.empty() ? "" : " ",
                        text_member(share, "version_id").substr(0, kIdShown),
                        percent(share.value("percent", 0.0)));
  return text.empty() ? "nothing" : text;
}

/// What a person waits for comes before how it was.
std::string summary(const Json& worker) {
  if (const Json* upload = find_member(worker, "upload")) {
    return fmt::format("uploads assets: {} of {}, {} of {}", count_member(*upload, "files"),
                       counted(count_member(*upload, "of_files"), "file"),
                       bytes_for_people(count_member(*upload, "bytes")),
                       bytes_for_people(count_member(*upload, "of_bytes")));
  }
  const Json* problem = find_member(worker, "problem");
  return problem == nullptr ? text_member(worker, "summary") : text_member(*problem, "message");
}

std::vector<std::string> row(const Json& worker) {
  const Json* pass = find_member(worker, "pass");
  return {text_member(worker, "worker"),
          text_member(worker, "condition"),
          pass == nullptr ? "" : serving(*pass),
          pass == nullptr ? "" : fmt::format("{}", count_member(*pass, "versions")),
          text_member(worker, "next_look"),
          summary(worker)};
}

/// Leaves the Workers that were named; the error is the sentence about one that is unknown.
std::expected<void, std::string> keep_only(const std::vector<std::string>& names, Json& data) {
  if (names.empty()) return {};
  std::vector<std::string> known;
  for (const Json& worker : list_member(data, "workers"))
    known.push_back(text_member(worker, "worker"));
  for (const std::string& name : names)
    if (std::ranges::find(known, name) == known.end())
      return std::unexpected(unknown_worker_sentence(name, known));
  Json kept = Json::array();
  for (const Json& worker : list_member(data, "workers"))
    if (std::ranges::find(names, text_member(worker, "worker")) != names.end())
      kept.push_back(worker);
  data["workers"] = std::move(kept);
  return {};
}

bool in_one_of(const std::vector<std::string>& conditions, const Json& data) {
  return std::ranges::any_of(list_member(data, "workers"), [&conditions](const Json& worker) {
    return std::ranges::find(conditions, text_member(worker, "condition")) != conditions.end();
  });
}

void show(const Json& data, Session& session) {
  if (session.json()) return session.console().print_json(data);
  std::vector<std::vector<std::string>> rows = {
      {"WORKER", "CONDITION", "SERVING", "VERSIONS", "NEXT LOOK", "SUMMARY"}};
  for (const Json& worker : list_member(data, "workers")) rows.push_back(row(worker));
  if (rows.size() > 1) session.console().print(align(rows));
  session.console().say(text_member(data, "headline"));
  if (const Json* problem = find_member(data, "watch_problem"))
    session.console().say(text_member(*problem, "message"));
}

/// Waits for the time to look again. False where nobody reads any more.
bool is_read_on() {
  pollfd output{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  constexpr std::chrono::milliseconds kPeriod = std::chrono::seconds(1);
  return poll(&output, 1, static_cast<int>(kPeriod.count())) == 0;
}

}  // namespace

OrExit<int> run(const ShowStatus& command, Session& session) {
  Json shown;
  do {
    Json data;
    TRY_ASSIGN(const int exit, session.ask(Json{{"op", "status"}}, data));
    if (const auto kept = keep_only(command.workers, data); !kept)
      return session.fail(kExitUsage, kept.error());
    if (data != shown) {
      if (command.watch) session.console().begin_screen();
      show(data, session);
      session.console().flush();
      shown = std::move(data);
    }
    if (exit != kExitOk) return exit;
    if (in_one_of(command.fail_on, shown)) return kExitFailed;
  } while (command.watch && is_read_on());
  return kExitOk;
}

}  // namespace rollout
