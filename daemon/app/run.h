// SPDX-License-Identifier: Apache-2.0
// Runs one command of rolloutctl. Each is in the file of the command's name.
#pragma once

#include <expected>

#include "daemon/app/commands.h"

namespace rollout {

class Session;
/// A value, or the exit code of a command that has already said what went wrong.
template <class T>
using OrExit = std::expected<T, int>;
OrExit<int> run(const ConfigCheck& command, Session& session);
OrExit<int> run(const ConfigShow& command, Session& session);
OrExit<int> run(const ConfigSchema& command, Session& session);
OrExit<int> run(const PolicyPreview& command, Session& session);
OrExit<int> run(const PolicyReplay& command, Session& session);
OrExit<int> run(const PolicyDiff& command, Session& session);
OrExit<int> run(const PolicyTest& command, Session& session);
OrExit<int> run(const PolicyTag& command, Session& session);
OrExit<int> run(const BuildInspect& command, Session& session);
OrExit<int> run(const MarkBuild& command, Session& session);
OrExit<int> run(const ShowVersion& command, Session& session);
OrExit<int> run(const VersionsList& command, Session& session);
OrExit<int> run(const VersionsGet& command, Session& session);
OrExit<int> run(const VersionsDelete& command, Session& session);
OrExit<int> run(const VersionsCreate& command, Session& session);
OrExit<int> run(const ShowPlan& command, Session& session);
OrExit<int> run(const ShowStatus& command, Session& session);
OrExit<int> run(const Reconcile& command, Session& session);
OrExit<int> run(const Explain& command, Session& session);
OrExit<int> run(const SetPin& command, Session& session);
OrExit<int> run(const DropPin& command, Session& session);
OrExit<int> run(const Suspend& command, Session& session);
OrExit<int> run(const Resume& command, Session& session);
OrExit<int> run(const ApplyPlan& command, Session& session);
OrExit<int> run(const Reload& command, Session& session);

}  // namespace rollout
