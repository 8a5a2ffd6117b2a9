// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/module_rules.h"

#include <algorithm>
#include <set>

namespace rollout {
namespace {

/// Source: wrangler 4, `DEFAULT_MODULE_RULES`.
const ModuleRule kOwnRules[] = {
    {"text/plain", {"**/*.txt", "**/*.html", "**/*.sql"}},
    {"application/octet-stream", {"**/*.bin"}},
    {"application/wasm", {"**/*.wasm", "**/*.wasm?module"}},
};

/// Answers rule by rule: one that does not fall through ends all later ones of its type.
class Matching final {
 public:
  explicit Matching(std::string_view path) : path_(path) {}

  bool by(const ModuleRule& rule) {
    if (ended_.contains(rule.content_type)) return false;
    if (!rule.fallthrough) ended_.insert(rule.content_type);
    return std::ranges::any_of(
        rule.globs, [this](const std::string& glob) { return matches_glob(path_, glob); });
  }

 private:
  std::string_view path_;
  std::set<std::string_view> ended_;
};

}  // namespace

bool matches_glob(std::string_view path, std::string_view glob) {
  while (!glob.empty()) {
    if (glob.starts_with("**/")) {
      const std::string_view rest = glob.substr(3);
      for (;;) {
        if (matches_glob(path, rest)) return true;
        const auto slash = path.find('/');
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
      }
    }
    if (glob == "**") return true;
    if (glob.front() == '*') {
      glob.remove_prefix(1);
      for (;;) {
        if (matches_glob(path, glob)) return true;
        if (path.empty() || path.front() == '/') return false;
        path.remove_prefix(1);
      }
    }
    if (path.empty() || path.front() != glob.front()) return false;
    path.remove_prefix(1);
    glob.remove_prefix(1);
  }
  return path.empty();
}

std::optional<std::string> type_by_rules(std::span<const ModuleRule> rules, std::string_view path) {
  Matching matching(path);
  for (const ModuleRule& rule : rules) {
    if (matching.by(rule)) return rule.content_type;
  }
  return std::nullopt;
}

std::span<const ModuleRule> default_module_rules() {
  return kOwnRules;
}

}  // namespace rollout
