// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/schema.h"
#include "daemon/app/session.h"

namespace rollout {

OrExit<int> run(const ConfigSchema& command, Session& session) {
  const Table& table = command.document == "retention" ? retention_table()
                       : command.document == "tagging" ? tagging_table()
                                                       : rolloutd_table();
  std::string schema = json_schema(table);
  if (schema.ends_with('\n')) schema.pop_back();
  session.console().print(schema);
  return kExitOk;
}

}  // namespace rollout
