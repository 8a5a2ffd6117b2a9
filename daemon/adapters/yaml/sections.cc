// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/sections.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/tree_json.h"
#include "daemon/codec/bindings.h"
#include "daemon/codec/settings_json.h"

namespace rollout {
namespace {

Layout layout_of(std::string_view word) {
  if (word == "per-build") return Layout::per_build;
  if (word == "link") return Layout::link;
  return Layout::in_place;
}

}  // namespace

ServiceConfig build_service(const View& service) {
  return {.state_dir = service.text("state_dir"),
          .socket = service.text("socket"),
          .listen = service.text("listen"),
          .history = service.count("history")};
}

AccountConfig build_account(const std::string& name, const View& account) {
  const View token = account.section("token");
  const View budget = account.section("budget");
  const View timing = account.section("timing");
  return {.name = AccountName(name),
          .id = AccountId(account.text("account_id")),
          .token = token.has("file") ? TokenSource(TokenFile{token.text("file")})
                                     : TokenSource(Credential{token.text("credential")}),
          .api = account.text("api"),
          .budget = {.rate = budget.rate("rate"),
                     .burst = static_cast<std::uint32_t>(budget.count("burst"))},
          .timing = {.t_max = timing.period("t_max"),
                     .list_lag = timing.period("list_lag"),
                     .rescan = timing.period("rescan"),
                     .relist = timing.period("relist")},
          .plan = account.text("plan") == "paid" ? AccountPlan::paid : AccountPlan::free};
}

BuildConfig build_build(const View& build) {
  const View ready = build.section("ready");
  BuildConfig out;
  out.path = build.text("path");
  out.layout = layout_of(build.text("layout"));
  out.ready = ready.has("quiet") ? Ready(ReadyQuiet{ready.period("quiet")}) : Ready(ReadyMarker{});
  if (build.has("main")) out.main = build.text("main");
  out.config = build.text("config");
  if (build.has("assets")) out.assets = build.text("assets");
  if (build.has("environment")) out.environment = build.text("environment");
  return out;
}

void check_token(const View& account, const std::string& path, Problems& problems) {
  const View token = account.section("token");
  if (token.whole() == nullptr || token.has("credential") != token.has("file")) return;
  problems.add(token.whole()->place, Mistake::token_source,
               fmt::format("{}.token: give one of credential and file, and one alone", path));
}

VersionSettings build_settings(const View& version, const std::string& path, Problems& problems) {
  if (version.whole() == nullptr) return {};
  const Node& node = *version.whole();
  const auto refuse = [&](const FieldError& error) {
    problems.add(find_pointer(node, error.pointer), Mistake::bad_setting,
                 fmt::format("{}{}: {}", path, pointer_path(error.pointer), error.message));
  };
  const Json json = to_json(node);
  auto settings = settings_from_json(json);
  if (!settings) {
    refuse(settings.error());
    return {};
  }
  if (const Json* bindings = find_member(json, "bindings")) {
    for (std::size_t i = 0; i < bindings->size(); ++i) {
      if (auto error = check_binding((*bindings)[i])) {
        error->pointer = fmt::format("/bindings/{}{}", i, error->pointer);
        refuse(*error);
      }
    }
  }
  return std::move(*settings);
}

}  // namespace rollout
