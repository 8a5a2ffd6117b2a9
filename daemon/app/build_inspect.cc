// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/request_body.h"
#include "daemon/adapters/system/host.h"
#include "daemon/adapters/system/system_clock.h"
#include "daemon/app/one_build.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_build.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/policy/rendering.h"

namespace rollout {
namespace {

/// Tag and message as the Worker's policy gives them; null where it has none. What a policy
/// requires and the build lacks is told in their place.
Json annotations(const Build& build, const std::optional<WorkerConfig>& worker) {
  if (!worker || !worker->tagging) return nullptr;
  const TaggingPolicy& policy = *worker->tagging;
  const auto made = render_in_detail(policy, build,
                                     all_facts(build, policy.name, worker->id.text(), host_name()));
  if (!made) return {{"policy", policy.name.text()}, {"refused", made.error().detail}};
  return {
      {"policy", policy.name.text()},
      {"tag", made->tag.text},
      {"message", with_trailer(made->message.text, {build.digest, policy.name, build.confidence})}};
}

/// Without what it will inherit, which only Cloudflare knows.
Result<std::uint64_t> request_size(OneBuild& source, const Build& build, const Json& annotated) {
  TRY_ASSIGN(const auto contents, source.open(build));
  Annotations written;
  if (annotated.is_object()) {
    written.tag = annotated.value("tag", "");
    written.message = annotated.value("message", "");
  }
  const Bundle bundle{.main_module = build.main_module,
                      .modules = build.modules,
                      .settings = build.settings,
                      .inherited = {},
                      .assets_jwt = std::nullopt,
                      .annotations = written};
  return CreateBody(bundle, *contents).size();
}

}  // namespace

OrExit<int> run(const BuildInspect& command, Session& session) {
  SystemClock clock;
  TRY_ASSIGN(const auto worker, configured_worker(command.worker, session));
  OneBuild source({.worker = WorkerId(command.worker),
                   .dir = command.dir,
                   .main = command.main.empty() ? std::nullopt : std::optional(command.main),
                   .configured = worker ? &*worker : nullptr},
                  clock);
  TRY_ASSIGN(const Build build, session.check(source.read()));
  Json data = build_to_json(build);
  data["annotations"] = annotations(build, worker);
  TRY_ASSIGN(data["request_bytes"],
             session.check(request_size(source, build, data["annotations"])));
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(render_build(data));
  return kExitOk;
}

}  // namespace rollout
