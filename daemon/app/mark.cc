// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/disk/write_marker.h"
#include "daemon/app/render.h"
#include "daemon/app/session.h"
#include "daemon/app/text.h"
#include "daemon/codec/report/report_build.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {

OrExit<int> run(const MarkBuild& command, Session& session) {
  const bool dry_run = command.writes == Writes::dry_run;
  TRY_ASSIGN(const MarkSummary summary,
             session.check(write_marker(
                 {.dir = command.dir,
                  .git = command.git ? MarkOptions::Git::yes : MarkOptions::Git::no,
                  .main = command.main,
                  .publish = dry_run ? MarkOptions::Publish::no : MarkOptions::Publish::yes})));
  if (session.json()) {
    Json data = report_frame();
    data["path"] = summary.path;
    data["modules"] = summary.modules;
    data["assets"] = summary.assets;
    data["bytes"] = summary.bytes;
    data["left_out"] = left_out_to_json(summary.left_out);
    data["main"] = summary.marker.main ? Json(*summary.marker.main) : Json();
    if (dry_run) data["dry_run"] = true;
    session.console().print_json(data);
    return kExitOk;
  }
  session.console().print(fmt::format(
      "{}: {}, {}{}{}{}", summary.path, counted(summary.modules, "module"),
      bytes_for_people(summary.bytes), summary.marker.main ? ", main " + *summary.marker.main : "",
      summary.assets == 0 ? "" : ", " + counted(summary.assets, "static file"),
      summary.left_out.empty()
          ? ""
          : fmt::format(", {} left out", counted(summary.left_out.size(), "file"))));
  if (!summary.left_out.empty())
    session.console().print(render_left_out(left_out_to_json(summary.left_out)));
  if (dry_run) session.console().say("dry run: no marker was written");
  return kExitOk;
}

}  // namespace rollout
