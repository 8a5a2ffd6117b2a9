// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/app/program.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_version.h"

namespace rollout {

OrExit<int> run(const ShowVersion& /*command*/, Session& session) {
  if (session.json()) {
    Json data = report_frame();
    data["version"] = program_version();
    session.console().print_json(data);
  } else {
    session.console().print(fmt::format("rolloutctl {}", program_version()));
  }
  return kExitOk;
}

}  // namespace rollout
