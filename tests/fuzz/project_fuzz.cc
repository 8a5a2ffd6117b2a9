// SPDX-License-Identifier: Apache-2.0
// A project's wrangler configuration, as JSON with comments and as TOML: what is read has its lines
// within the text, and its settings are those of a request.
#include "daemon/codec/wrangler/project.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/codec/settings_json.h"
#include "daemon/core/model/ensure.h"
#include "tests/fuzz/fuzz.h"

namespace rollout {
namespace {

void read_as(Syntax syntax, std::string_view input) {
  const auto lines = std::ranges::count(input, '\n') + 1;
  const auto project = read_project(input, syntax, std::nullopt);
  if (!project) {
    ENSURE(!project.error().message.empty(), "a refused configuration without a sentence");
    ENSURE(project.error().line >= 1 && project.error().line <= lines, "an error outside the text");
    return;
  }
  for (const auto& [setting, line] : project->lines) {
    ENSURE(line >= 1 && line <= lines, "a setting outside the text");
  }
  const Json written = settings_to_json(project->settings);
  const auto again = settings_from_json(written);
  ENSURE(again && *again == project->settings, "settings that read otherwise than written");
}

}  // namespace

void fuzz_one(std::string_view input) {
  read_as(Syntax::jsonc, input);
  read_as(Syntax::toml, input);
}

}  // namespace rollout
