// SPDX-License-Identifier: Apache-2.0
// Which directories are watched for which Workers.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/adapters/watch/inotify.h"
#include "daemon/core/model/ids.h"
#include "daemon/core/plan/config.h"

namespace rollout {

struct WatchedRoot {
  WorkerId worker;
  std::string path;  ///< Absolute.
  Layout layout = Layout::in_place;
};

/// Watches, for each root, its parent (for the root's own name; while that is missing, the nearest
/// ancestor that exists) and every directory below it; for a link the parent of the link, and the
/// directory that it leads to. A watch follows a directory, not a path: whenever a name above or
/// below may lead elsewhere, the root is armed again. A watch is always added before the directory
/// is listed, parents first, so that nothing appears unseen in between. Not thread-safe.
class WatchSet final {
 public:
  /// Nothing is watched until `arm_all`.
  explicit WatchSet(std::vector<WatchedRoot> roots);

  /// A new descriptor, and every root armed on it.
  void arm_all();
  int descriptor() const { return inotify_.descriptor(); }

  struct News {
    std::set<WorkerId> touched;
    bool lost = false;  ///< The kernel's queue ran over: only `arm_all` helps.
  };
  /// Takes what is pending. Touched roots are armed again where that is needed.
  News read();
  /// Finds what inotify does not tell: a path that leads elsewhere by now (a mount, a swapped link
  /// among the ancestors). Roots with problems are left alone.
  News verify();
  /// Arms the roots with problems again.
  News retry();

  /// Roots that are not (fully) watched, and why, in a sentence.
  const std::map<WorkerId, std::string>& problems() const { return problems_; }

 private:
  struct FileId {
    std::uint64_t device = 0, inode = 0;
    auto operator<=>(const FileId&) const = default;
  };
  struct Interest {
    std::size_t root;
    std::string path;
    std::string only;  ///< The one name that matters; empty: all do.
    FileId id;
  };

  void arm(std::size_t index);
  News arm_each(const std::set<std::size_t>& roots);
  void watch_above(std::size_t index, const std::string& path);
  void watch_below(std::size_t index, const std::string& path, int level);
  /// An errno, or 0.
  int add(std::size_t index, const std::string& path, const std::string& only);
  void note_problem(std::size_t index, const std::string& path, int error);
  static FileId identify(const std::string& path);

  std::vector<WatchedRoot> roots_;
  Inotify inotify_;
  std::map<int, std::vector<Interest>> watches_;
  std::vector<std::vector<int>> watches_of_;  ///< By root.
  std::map<WorkerId, std::string> problems_;
};

}  // namespace rollout
