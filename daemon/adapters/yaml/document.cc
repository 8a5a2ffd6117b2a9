// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/document.h"

#include <iterator>
#include <utility>

#include "daemon/adapters/yaml/reader.h"

namespace rollout {

Document::Document(const std::string& path) : problems_(source_) {
  FileRead file = read_file(path, unreadable_);
  source_ = std::move(file.source);
  if (file.readable) root_ = read_yaml(source_, problems_);
}

Document::Document(SourceText source) : source_(std::move(source)), problems_(source_) {
  root_ = read_yaml(source_, problems_);
}

void Document::report(std::vector<ConfigError>& errors) {
  auto found = problems_.take();
  std::move(unreadable_.begin(), unreadable_.end(), std::back_inserter(errors));
  std::move(found.begin(), found.end(), std::back_inserter(errors));
  unreadable_.clear();
}

}  // namespace rollout
