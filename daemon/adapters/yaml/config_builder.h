// SPDX-License-Identifier: Apache-2.0
// rolloutd.yaml and conf.d -> `Config`. What one key means for another is checked here.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/adapters/yaml/document.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/view.h"
#include "daemon/core/plan/config.h"

namespace rollout {

/// All policies of a configuration, by kind and name. Broken ones are known by name too, so that a
/// reference to one is not an error of its own.
class PolicyShelf {
 public:
  /// Loads the file's policy. Adds its problems, and one where the name is taken.
  void add(Document& document);

  template <class Policy>
  using Shelf = std::map<std::string, std::shared_ptr<const Policy>>;
  const Shelf<RetentionPolicy>& retention() const { return retention_; }
  const Shelf<TaggingPolicy>& tagging() const { return tagging_; }
  /// Names of files (less `.yaml`) of which it is unknown what they hold.
  const std::set<std::string>& unreadable() const { return unreadable_; }

 private:
  Shelf<RetentionPolicy> retention_;
  Shelf<TaggingPolicy> tagging_;
  std::map<std::pair<PolicyKind, std::string>, std::string> places_;
  std::set<std::string> unreadable_;
};

/// Takes documents one by one; references are resolved at the end, whatever file they stand in.
class ConfigBuilder {
 public:
  /// rolloutd.yaml itself. Called at most once, before `finish`.
  void add_main(Document& document);
  /// A file of conf.d.
  void add_more(Document& document);
  /// Resolves references and reports in the documents that were added. The result means something
  /// only where no document has a problem.
  Config finish(const PolicyShelf& policies);

 private:
  struct Entry {
    Document* document;
    View view;
    std::string path;  ///< `workers.shop-api`
  };

  void collect(Document& document, const Table& table);
  void add_account(Document& document, const KeyValue& member, const Table& table);
  WorkerConfig build_worker(const Entry& entry, const PolicyShelf& policies);
  void check_account_once(const AccountConfig& account, Document& document, const Place& place);
  void check_account(const Entry& entry);
  void check_once(const Entry& entry, const WorkerConfig& worker);

  Config config_;
  std::optional<View> defaults_;
  std::map<std::string, std::string> accounts_;  // Name -> where it stands.
  /// Name -> the account that it stands under first, and where.
  std::map<std::string, std::pair<std::string, std::string>> workers_;
  std::vector<Entry> entries_;
  bool accounts_complete_ = true;  // Every file could be read.
};

}  // namespace rollout
