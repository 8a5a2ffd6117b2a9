// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rollout {

/// What a JavaScript module says of other modules.
struct ScriptImports {
  /// `import x from "./y.js"`, `import "./y.js"`, `import("./y.js")`, `export * from "./y.js"`.
  struct Import {
    std::string specifier;  ///< As written.
    std::size_t line = 0;
  };
  std::vector<Import> imports;

  /// Some `import()` or `require()` computes its argument: any module may be meant.
  bool computed = false;

  /// The script ends too early: `it ends in the middle of a template that begins in line 3`; or "".
  std::string unfinished;
};

/// Tells each string literal of the script to `on_text`. Bundlers hide `require` behind names of
/// their own, so what no literal names is not imported, unless `computed`.
ScriptImports scan_imports(std::string_view script,
                           const std::function<void(std::string_view)>& on_text);

/// The module that `specifier` means in the module of this name; "" where it leads out of the
/// build.
std::string resolve_import(std::string_view module_name, std::string_view specifier);

bool is_relative(std::string_view specifier);

}  // namespace rollout
