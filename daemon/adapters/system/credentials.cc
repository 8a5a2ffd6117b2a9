// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/system/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace rollout {
namespace {

constexpr std::size_t kLongest = 4096;
/// Short texts are no tokens, and to redact them by value would tear holes into every log line.
constexpr std::size_t kShortest = 8;
constexpr mode_t kWidest = 0640;
/// Where the shipped unit loads its credentials from; read directly where systemd gave none.
constexpr std::string_view kCredentials = "/etc/rolloutd/credentials";

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

std::unexpected<Failure> failed(FailureKind kind, std::string during, std::string detail) {
  Failure failure;
  failure.kind = kind;
  failure.during = std::move(during);
  failure.detail = std::move(detail);
  return std::unexpected(std::move(failure));
}

std::unexpected<Failure> no_token(FailureKind kind, std::string detail) {
  return failed(kind, "read the token", std::move(detail));
}

/// Where a token is, and how a person is told of it.
struct Place {
  std::string path;
  std::string key;   ///< With the path.
  std::string cure;  ///< What to do where it is not there.
};

Result<Place> place_of(const TokenSource& source) {
  constexpr const char* kCure = "write the token into it";
  if (const auto* file = std::get_if<TokenFile>(&source))
    return Place{file->path, fmt::format("`token: {{ file: {} }}`", file->path), kCure};
  const std::string& name = std::get<Credential>(source).name;
  if (name.empty() || name.contains('/') || name.starts_with('.')) {
    return no_token(FailureKind::invalid, fmt::format("`{}` is no name of a credential", name));
  }
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
  const bool loaded = directory != nullptr && *directory != '\0';
  const std::string path = fmt::format("{}/{}", loaded ? directory : kCredentials, name);
  return Place{path, fmt::format("`token: {{ credential: {} }}`, {}", name, path),
               loaded ? fmt::format("let the unit load it: LoadCredential={}:{}/{}", name,
                                    kCredentials, name)
                      : kCure};
}

std::unexpected<Failure> unreadable(const Place& place, int error) {
  return no_token(FailureKind::local,
                  fmt::format("{}: {}; {}", place.key, reason_of(error),
                              error == ENOENT                     ? place.cure
                              : error == EACCES || error == EPERM ? "let this user read it"
                                                                  : "name the file that holds it"));
}

class Descriptor final {
 public:
  explicit Descriptor(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Keeps the text's pages out of the swap. It may fail where the limit is low, and then the token
/// is used all the same: `token_warnings` has said so.
void lock_pages(const std::string& text) {
  static_cast<void>(mlock(text.data(), text.capacity()));
}

void wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
}

/// Tried on memory of its own: locks do not stack, and unlocking must not touch a token's page.
bool memory_can_be_locked() {
  void* page = mmap(nullptr, kLongest, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  const bool locked = mlock(page, kLongest) == 0;
  munmap(page, kLongest);
  return locked;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool fits_a_header(char c) {
  return c > ' ' && c < '\x7f';
}

}  // namespace

Result<Secret> read_token(const TokenSource& source) {
  TRY_ASSIGN(const Place place, place_of(source));
  const Descriptor file(place.path);
  if (file.get() < 0) return unreadable(place, errno);
  std::string raw(kLongest + 1, '\0');
  lock_pages(raw);
  std::size_t size = 0;
  while (size < raw.size()) {
    const ssize_t got = read(file.get(), raw.data() + size, raw.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(place, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  const auto begin = std::find_if_not(raw.begin(), raw.end(), is_space);
  auto end = raw.begin() + static_cast<std::ptrdiff_t>(size);
  while (end > begin && is_space(*(end - 1))) --end;
  const std::string_view token(begin, std::max(begin, end));

  std::string complaint;
  if (size > kLongest) {
    complaint = fmt::format("it is longer than {} bytes", kLongest);
  } else if (token.size() < kShortest) {
    complaint =
        fmt::format("it has {} characters, a token has at least {}", token.size(), kShortest);
  } else if (!std::all_of(token.begin(), token.end(), fits_a_header)) {
    complaint = "it holds white space or characters that are no part of a token";
  }
  std::string value(complaint.empty() ? token : std::string_view{});
  lock_pages(value);
  wipe(raw);
  if (!complaint.empty()) {
    return no_token(FailureKind::invalid,
                    fmt::format("{} holds no token: {}; write the token and nothing else into it",
                                place.key, complaint));
  }
  return Secret(std::move(value));
}

std::optional<std::string> token_mode_warning(const TokenSource& source) {
  const auto place = place_of(source);
  struct stat status{};
  if (!place || stat(place->path.c_str(), &status) != 0) return std::nullopt;
  if ((status.st_mode & 0777 & ~kWidest) == 0) return std::nullopt;
  return fmt::format("{} has mode {:04o}: more may read it than should; chmod it to 0640 or less",
                     place->path, status.st_mode & 07777);
}

std::vector<std::string> token_warnings(const TokenSource& source) {
  std::vector<std::string> warnings;
  if (auto warning = token_mode_warning(source)) warnings.push_back(*std::move(warning));
  if (!memory_can_be_locked()) {
    warnings.emplace_back(
        "no memory may be locked, so the token may be swapped out; LimitMEMLOCK= allows it");
  }
  return warnings;
}

Result<void> harden_process() {
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return failed(FailureKind::local, "forbid core dumps", reason_of(errno));
  }
  return {};
}

}  // namespace rollout
