// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/app/session.h"
#include "daemon/app/text.h"

namespace rollout {

OrExit<int> run(const Reload& /*command*/, Session& session) {
  Json data;
  TRY_ASSIGN(const int exit, session.ask(Json{{"op", "reload"}}, data));
  if (session.json()) {
    session.console().print_json(data);
    return exit;
  }
  const Json& changes = list_member(data, "changes");
  session.console().print(fmt::format("generation {} is in force{}",
                                      count_member(data, "generation"),
                                      changes.empty() ? "; nothing changed" : ""));
  for (const Json& change : changes) session.console().print("  " + change.get<std::string>());
  return exit;
}

}  // namespace rollout
