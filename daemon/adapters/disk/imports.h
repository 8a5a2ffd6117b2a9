// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollout {

/// The relative paths that an ES module imports (`import x from "./y.js"`, `import "./y.js"`,
/// `import("./y.js")`, `export * from "./y.js"`), as names of modules: resolved against the
/// importing module's own name. A scan for the words, no parser: it reads what bundlers write.
std::vector<std::string> relative_imports(std::string_view module_name, std::string_view code);

}  // namespace rollout
