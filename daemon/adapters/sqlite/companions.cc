// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/companions.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

namespace rollout {
namespace {

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

/// Of one length whatever the numbers, so that it is rewritten in place within one sector.
std::string text_of(const Mark& mark) {
  return fmt::format("rolloutd-journal {:>32} {:020}\n", mark.identity, mark.commits);
}

Failure failed(const std::string& path, std::string_view what) {
  return {.kind = FailureKind::local,
          .during = fmt::format("{} {}", what, path),
          .detail = std::system_category().message(errno)};
}

bool write_all(int descriptor, std::string_view text) {
  return ::pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

bool sync_directory_of(const std::string& path) {
  const Descriptor directory(std::filesystem::absolute(path).parent_path().string(),
                             O_RDONLY | O_DIRECTORY);
  return directory.open() && ::fsync(directory.number()) == 0;
}

}  // namespace

Stamp::Stamp(std::string journal) : path_(std::move(journal) += kStampSuffix) {}

bool Stamp::exists() const {
  return ::access(path_.c_str(), F_OK) == 0;
}

std::optional<Mark> Stamp::read() const {
  const Descriptor file(path_, O_RDONLY);
  std::array<char, 128> bytes{};
  const ssize_t size = file.open() ? ::read(file.number(), bytes.data(), bytes.size()) : -1;
  constexpr std::size_t kSize = 71, kIdentity = 17, kCommits = 50;
  if (size != static_cast<ssize_t>(kSize)) return std::nullopt;
  const std::string_view text(bytes.data(), kSize);
  Mark mark{.identity = std::string(text.substr(kIdentity, 32)), .commits = 0};
  std::from_chars(text.data() + kCommits, text.data() + kSize, mark.commits);
  return text_of(mark) == text ? std::optional(mark) : std::nullopt;
}

Result<void> Stamp::create(const Mark& mark) const {
  const Descriptor file(path_, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.open() || !write_all(file.number(), text_of(mark)) || ::fsync(file.number()) != 0 ||
      !sync_directory_of(path_)) {
    return std::unexpected(failed(path_, "write"));
  }
  return {};
}

void Stamp::update(const Mark& mark) const {
  const Descriptor file(path_, O_WRONLY);
  // A stamp that stays behind is a weaker guard and nothing worse: the journal itself is written.
  if (file.open() && write_all(file.number(), text_of(mark)) && ::fdatasync(file.number()) == 0) {
    return;
  }
}

Reserve::Reserve(std::string journal) : path_(std::move(journal) + ".reserve") {}

bool Reserve::hold() {
  if (held_) return true;
  const Descriptor file(path_, O_WRONLY | O_CREAT);
  held_ = file.open() && ::posix_fallocate(file.number(), 0, kReserveBytes) == 0;
  // Half a reserve is none, and on a full disk it would take the room that is needed elsewhere.
  if (!held_) ::unlink(path_.c_str());
  return held_;
}

bool Reserve::release() {
  held_ = false;
  return ::unlink(path_.c_str()) == 0;
}

Result<std::string> move_aside(const std::string& journal) {
  std::string target;
  for (int n = 1; target.empty() || ::access(target.c_str(), F_OK) == 0; ++n) {
    target = fmt::format("{}.corrupt-{}", journal, n);
  }
  for (const char* suffix : {"-journal", ""}) {
    const std::string from = journal + suffix;
    if (::rename(from.c_str(), (target + suffix).c_str()) != 0 && errno != ENOENT) {
      return std::unexpected(failed(from, "move aside"));
    }
  }
  if (!sync_directory_of(journal)) return std::unexpected(failed(journal, "sync the directory of"));
  return target;
}

}  // namespace rollout
