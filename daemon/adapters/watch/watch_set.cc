// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/watch/watch_set.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace rollout {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLevels = 32;  ///< Deeper builds are refused when they are read.

/// Something appeared while the ancestors were watched from the bottom up; start over, but not for
/// ever.
constexpr int kClimbs = 16;

bool is_missing(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

bool concerns_the_directory_itself(std::uint32_t mask) {
  return (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0;
}

std::string advice(int error) {
  if (error == ENOSPC) return "; raise fs.inotify.max_user_watches";
  if (error == EMFILE) return "; raise fs.inotify.max_user_instances, or the limit of open files";
  return "";
}

}  // namespace

WatchSet::WatchSet(std::vector<WatchedRoot> roots)
    : roots_(std::move(roots)), watches_of_(roots_.size()) {}

void WatchSet::arm_all() {
  inotify_ = Inotify();
  watches_.clear();
  watches_of_.assign(roots_.size(), {});
  problems_.clear();
  for (std::size_t index = 0; index < roots_.size(); ++index) arm(index);
}

WatchSet::News WatchSet::read() {
  News news;
  std::set<std::size_t> touched, armed;
  for (const InotifyEvent& event : inotify_.read()) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      news.lost = true;
      return news;
    }
    const auto watch = watches_.find(event.watch);
    if (watch == watches_.end()) continue;  // It was dropped: another directory's by now.
    const bool itself = concerns_the_directory_itself(event.mask);
    for (const Interest& interest : watch->second) {
      if (!itself && !interest.only.empty() && event.name != interest.only) continue;
      touched.insert(interest.root);
      if (itself || !interest.only.empty() || (event.mask & IN_ISDIR) != 0) {
        armed.insert(interest.root);
      }
    }
    if ((event.mask & IN_IGNORED) != 0) watches_.erase(watch);
  }
  news = arm_each(armed);
  for (const std::size_t index : touched) news.touched.insert(roots_[index].worker);
  return news;
}

WatchSet::News WatchSet::verify() {
  std::set<std::size_t> moved;
  for (const auto& [watch, interests] : watches_) {
    for (const Interest& interest : interests) {
      if (identify(interest.path) != interest.id) moved.insert(interest.root);
    }
  }
  return arm_each(moved);
}

WatchSet::News WatchSet::retry() {
  if (inotify_.descriptor() < 0) inotify_ = Inotify();
  std::set<std::size_t> roots;
  for (std::size_t index = 0; index < roots_.size(); ++index) {
    if (problems_.contains(roots_[index].worker)) roots.insert(index);
  }
  return arm_each(roots);
}

WatchSet::News WatchSet::arm_each(const std::set<std::size_t>& roots) {
  News news;
  for (const std::size_t index : roots) {
    arm(index);
    news.touched.insert(roots_[index].worker);
  }
  return news;
}

void WatchSet::arm(std::size_t index) {
  const WatchedRoot& root = roots_[index];
  problems_.erase(root.worker);
  // New watches first and old ones away afterwards: what is watched all along has no gap.
  std::vector<int> before;
  before.swap(watches_of_[index]);
  for (const int watch : before) {
    const auto found = watches_.find(watch);
    if (found == watches_.end()) continue;
    std::erase_if(found->second, [index](const Interest& i) { return i.root == index; });
  }
  watch_above(index, root.path);
  std::string directory = root.path;
  if (root.layout == Layout::link) {
    std::error_code error;
    const fs::path target = fs::canonical(root.path, error);
    if (!error && target != root.path) {
      directory = target;
      watch_above(index, directory);
    }
  }
  watch_below(index, directory, 0);
  for (const int watch : before) {
    const auto found = watches_.find(watch);
    if (found == watches_.end() || !found->second.empty()) continue;
    inotify_.remove(watch);
    watches_.erase(found);
  }
}

void WatchSet::watch_above(std::size_t index, const std::string& path) {
  for (int climb = 0; climb < kClimbs; ++climb) {
    fs::path child = path;
    int error = add(index, child.parent_path(), child.filename());
    while (is_missing(error) && child.parent_path().has_relative_path()) {
      child = child.parent_path();
      error = add(index, child.parent_path(), child.filename());
    }
    if (error != 0) return note_problem(index, child.parent_path(), error);
    struct stat found{};
    if (child == path || ::stat(child.c_str(), &found) != 0) return;
  }
}

void WatchSet::watch_below(std::size_t index, const std::string& path, int level) {
  const int error = add(index, path, "");
  if (is_missing(error)) return;  // The watch above tells when it comes.
  if (error != 0) return note_problem(index, path, error);
  if (level >= kMaxLevels) return;
  std::error_code ended;
  for (auto entry = fs::directory_iterator(path, ended); entry != fs::end(entry);
       entry.increment(ended)) {
    // As wrangler and the reader of builds do, leave these two alone.
    const std::string name = entry->path().filename();
    if (name == ".git" || name == "node_modules") continue;
    std::error_code gone;
    if (!entry->is_symlink(gone) && entry->is_directory(gone)) {
      watch_below(index, entry->path(), level + 1);
    }
  }
}

int WatchSet::add(std::size_t index, const std::string& path, const std::string& only) {
  // Ancestors are what their names lead to; the root and what is below it are never links.
  const auto watch =
      inotify_.add(path, only.empty() ? Inotify::Links::refuse : Inotify::Links::follow);
  if (!watch) return watch.error();
  watches_[*watch].push_back({index, path, only, identify(path)});
  watches_of_[index].push_back(*watch);
  return 0;
}

void WatchSet::note_problem(std::size_t index, const std::string& path, int error) {
  problems_.emplace(
      roots_[index].worker,
      fmt::format("{} cannot be watched: {}{}; {} is polled instead", path,
                  std::generic_category().message(error), advice(error), roots_[index].path));
}

WatchSet::FileId WatchSet::identify(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

}  // namespace rollout
