// SPDX-License-Identifier: Apache-2.0
// One file on its way: read, parsed, held against its table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/yaml/files.h"
#include "daemon/adapters/yaml/keys.h"
#include "daemon/adapters/yaml/node.h"
#include "daemon/adapters/yaml/problems.h"

namespace rollout {

class Document {
 public:
  /// Reads the file and finds its tree. Nothing is checked against a table yet.
  explicit Document(const std::string& path);
  /// Of a text that is known already.
  explicit Document(SourceText source);
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  const std::string& file() const { return source_.file; }
  const std::string& text() const { return source_.text; }
  /// Null where the file cannot be read or is no YAML.
  const Node* root() const { return root_ ? &*root_ : nullptr; }
  Problems& problems() { return problems_; }

  /// Moves all problems of the file to `errors`.
  void report(std::vector<ConfigError>& errors);

 private:
  std::vector<ConfigError> unreadable_;
  SourceText source_;
  Problems problems_;
  std::optional<Node> root_;
};

}  // namespace rollout
