// SPDX-License-Identifier: Apache-2.0
// The modules of a build.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/disk/main_module.h"
#include "daemon/adapters/disk/marker.h"
#include "daemon/adapters/disk/module_selection.h"
#include "daemon/core/model/build.h"

namespace rollout {

inline constexpr std::uint64_t kMaxModuleBytes = 64 * 1024 * 1024;  ///< All modules together.

/// A file that is to be read as a module.
struct PlannedModule {
  const TreeEntry* entry;
  std::string name;
  std::string type;
  std::optional<Sha256> sha256 = {};   ///< Once it has been read.
  std::optional<Obstacle> fault = {};  ///< Its content is not what its name says.
};

/// Obstacles: EmptyBuild, TooLarge.
Readable<void> check_size(const BuildDirectory& build, const std::vector<PlannedModule>& planned);

/// Who names the main module, where somebody does: `build.main`.
struct NamedMain {
  std::optional<std::string> name;
  std::string said_by;
};

struct SurveyedModules {
  std::vector<Module> modules;  ///< Sorted by name.
  std::string main;
};

/// Where no marker lists them: the main module and all that it imports. Where wrangler's rules
/// choose the modules, or some import is computed, it is all that may be modules. Obstacles
/// besides: NoMainModule, TwoMains; NotWasm, NotUtf8 and IncompleteBuild for a module that is not
/// whole.
Readable<SurveyedModules> survey_modules(const BuildDirectory& build,
                                         const std::optional<ProjectFile>& project,
                                         const ModuleSelection& selection, const NamedMain& named);

/// The files that are neither modules nor assets nor the marker (which is null where there is
/// none).
std::vector<LeftOut> left_out_of(const BuildDirectory& build, const ModuleSelection& selection,
                                 const std::vector<Module>& modules, const Marker* marker);

}  // namespace rollout
