// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/script_imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daemon/codec/script_reader.h"

namespace rollout {
namespace {

using Kind = ScriptToken::Kind;

std::size_t line_of(std::string_view script, std::size_t at) {
  const auto before = script.substr(0, at);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

class Scan {
 public:
  Scan(std::string_view script, const std::function<void(std::string_view)>& on_text)
      : script_(script), reader_(script), on_text_(on_text) {}

  ScriptImports run() {
    for (ScriptToken token = next(); token.kind != Kind::end;) token = consider(token);
    if (const auto& unfinished = reader_.unfinished()) {
      found_.unfinished = fmt::format("ends in the middle of {} that begins in line {}",
                                      unfinished->what, line_of(script_, unfinished->at));
    }
    return std::move(found_);
  }

 private:
  ScriptToken next() {
    ScriptToken token = reader_.next();
    if (token.kind == Kind::text) on_text_(token.text);
    return token;
  }

  /// Returns the token that is to be looked at next.
  ScriptToken consider(const ScriptToken& token) {
    const bool property = after_dot_;
    after_dot_ = token.is(Kind::sign, ".");
    if (token.kind != Kind::word || property) return next();
    const bool import = token.text == "import";
    if (!import && token.text != "from" && token.text != "require") return next();
    const ScriptToken after = next();
    if (token.text != "from" && after.is(Kind::sign, "(")) return argument(import);
    if (token.text != "require" && after.kind == Kind::text) add(after);
    return after;
  }

  /// Of `import(` or `require(`.
  ScriptToken argument(bool import) {
    const ScriptToken first = next();
    if (first.kind != Kind::text) {
      found_.computed = true;
      return first;
    }
    const ScriptToken second = next();
    if (!second.is(Kind::sign, ")") && !second.is(Kind::sign, ",")) {
      found_.computed = true;
    } else if (import) {
      add(first);
    }
    return second;
  }

  void add(const ScriptToken& text) {
    if (text.text.find('\\') != std::string_view::npos) {
      found_.computed = true;
    } else {
      found_.imports.push_back({std::string(text.text), line_of(script_, text.at)});
    }
  }

  std::string_view script_;
  ScriptReader reader_;
  const std::function<void(std::string_view)>& on_text_;
  ScriptImports found_;
  bool after_dot_ = false;
};

}  // namespace

ScriptImports scan_imports(std::string_view script,
                           const std::function<void(std::string_view)>& on_text) {
  return Scan(script, on_text).run();
}

std::string resolve_import(std::string_view module_name, std::string_view specifier) {
  if (!is_relative(specifier)) return std::string(specifier);
  const auto folder = std::filesystem::path(module_name).parent_path();
  const std::string name = (folder / specifier).lexically_normal().string();
  return name.starts_with("..") ? "" : name;
}

bool is_relative(std::string_view specifier) {
  return specifier.starts_with("./") || specifier.starts_with("../");
}

}  // namespace rollout
