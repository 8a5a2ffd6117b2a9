// SPDX-License-Identifier: Apache-2.0
// The bindings that a wrangler configuration declares, as the Versions API takes them.
// Source: wrangler 4 (`convertConfigToBindings`, `createWorkerUploadForm`) and the OpenAPI
// description of POST .../versions.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/codec/wrangler/document.h"
#include "daemon/core/model/settings.h"

namespace rollout {

/// A binding, and the pointer of the member that declares it.
struct DeclaredBinding {
  Binding binding;
  std::string pointer;
};

/// All bindings of one environment's configuration, sorted by name. What has no id yet (wrangler
/// would create the resource, or has) inherits the binding of that name from the version before.
std::expected<std::vector<DeclaredBinding>, DocumentProblem> declared_bindings(
    const Json& environment, const Lines& lines, std::string_view pointer);

/// Whether the member of a configuration declares bindings.
bool declares_bindings(std::string_view member);

}  // namespace rollout
