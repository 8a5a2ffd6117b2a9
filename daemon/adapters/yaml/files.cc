// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "daemon/adapters/yaml/mistakes.h"
#include "daemon/adapters/yaml/reader.h"

namespace rollout {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

ConfigError unreadable(const std::string& path, const std::string& why) {
  return {.code = std::string(to_string(Mistake::unreadable)),
          .message = "cannot be read: " + why,
          .file = path,
          .line = 0,
          .column = 0,
          .excerpt = {}};
}

std::string last_error() {
  return std::error_code(errno, std::system_category()).message();
}

}  // namespace

FileRead read_file(const std::string& path, std::vector<ConfigError>& errors) {
  FileRead out{.source = {path, {}}, .readable = false};
  // O_NONBLOCK: a FIFO in the directory must not hang the load.
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (fd.get() < 0 || fstat(fd.get(), &status) != 0) {
    errors.push_back(unreadable(path, last_error()));
    return out;
  }
  if (!S_ISREG(status.st_mode)) {
    errors.push_back(unreadable(path, "it is no regular file"));
    return out;
  }
  std::array<char, 16 * 1024> buffer{};
  // One byte more than allowed is enough to know that the file is too large.
  while (out.source.text.size() <= kYamlBytes) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      errors.push_back(unreadable(path, last_error()));
      return out;
    }
    if (got == 0) break;
    out.source.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (out.source.text.starts_with(kByteOrderMark)) {
    out.source.text.erase(0, kByteOrderMark.size());
  }
  out.readable = true;
  return out;
}

std::vector<std::string> list_yaml(const std::string& directory, std::vector<ConfigError>& errors) {
  std::vector<std::string> paths;
  std::error_code failed;
  std::filesystem::directory_iterator entry(directory, failed);
  if (failed == std::errc::no_such_file_or_directory) return paths;
  for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    if (name.ends_with(".yaml")) paths.push_back(entry->path().string());
    if (name.ends_with(".yml")) {
      errors.push_back({.code = std::string(to_string(Mistake::wrong_extension)),
                        .message = "would be overlooked; rename it to end in .yaml",
                        .file = entry->path().string(),
                        .line = 0,
                        .column = 0,
                        .excerpt = {}});
    }
  }
  if (failed) errors.push_back(unreadable(directory, failed.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace rollout
