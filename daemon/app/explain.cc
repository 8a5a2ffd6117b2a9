// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "daemon/app/render.h"
#include "daemon/app/session.h"

namespace rollout {

OrExit<int> run(const Explain& command, Session& session) {
  if (command.subject.size() == 2 && command.subject.front() != "version")
    return session.fail(kExitUsage,
                        "a subject is `version` and one version, such as: explain "
                        "version v31");
  Json data;
  TRY_ASSIGN(const int exit, session.ask(ExplainCommand{.worker = WorkerId(command.worker),
                                                        .version = command.subject.back()},
                                         data));
  if (session.json())
    session.console().print_json(data);
  else
    session.console().print(render_explanation(data, session.console()));
  return exit;
}

}  // namespace rollout
